from importlib.metadata import version
from typing import Any

import pytest

PREFLIGHT = {
    "origin": "http://localhost:3000",
    "access-control-request-method": "PATCH",
    "access-control-request-headers": "authorization,x-own",
}


@pytest.mark.parametrize("path", ["/v1/conversations/", "/v1/conversations/x", "/nothing", "/v1/conversations"])
def test_each_reply_says_that_it_is_a_mock(examples: Any, path: str) -> None:
    """No answer is mistaken for that of a real server, whatever its status."""
    assert examples.get(path).headers["x-mock-server"] == f"letta-contract/{version('letta-contract')}"


@pytest.mark.parametrize("path", ["/v1/conversations/", "/v1/conversations/x", "/nothing"])
def test_pages_of_any_origin_may_read_answers_and_errors(examples: Any, path: str) -> None:
    """CORS is on by default, for errors as well."""
    response = examples.get(path, headers={"origin": "http://localhost:3000"})
    assert response.headers["access-control-allow-origin"] == "*"


def test_preflight_is_answered(examples: Any) -> None:
    """A browser's question in advance is answered with what it asked for."""
    response = examples.options(examples.known, headers=PREFLIGHT)
    assert response.status_code == 200
    assert "PATCH" in response.headers["access-control-allow-methods"]
    assert "authorization" in response.headers["access-control-allow-headers"]


def test_preflight_needs_no_token(serving: Any) -> None:
    """Browsers send no token in advance."""
    from letta_contract.mock_server import Settings

    with serving(Settings(token="s3cret", cors="http://localhost:3000")) as api:
        assert api.options(api.known, headers=PREFLIGHT).status_code == 200
        refused = api.get(api.known, headers={"origin": "http://localhost:3000"})
        assert refused.status_code == 401
        assert refused.headers["access-control-allow-origin"] == "http://localhost:3000"


def test_cors_can_be_off(guarded: Any) -> None:
    """Without an origin to let in, no header lets one in."""
    response = guarded.get(guarded.known, headers={"origin": "http://localhost:3000"})
    assert "access-control-allow-origin" not in response.headers


def test_document_is_served_to_everyone(guarded: Any) -> None:
    """/openapi.json is the document, and needs no token."""
    response = guarded.get("/openapi.json")
    assert response.json()["paths"]["/v1/conversations/"]["post"]["operationId"] == "create_conversation"
