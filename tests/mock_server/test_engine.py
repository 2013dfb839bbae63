import asyncio
from typing import Any

import pytest
from letta_contract.mock_server.engine import create_engine
from letta_contract.spec import Operation


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_405_names_every_method_of_the_path(examples: Any, method: str) -> None:
    """A method that the path does not have is 405, and Allow names all that it has, not just one (STATUS-18)."""
    response = examples.request(method, examples.known)
    assert response.status_code == 405
    assert {"GET", "PATCH", "DELETE"} <= set(response.headers["allow"].split(", "))
    assert "Allow" in response.json()["detail"]


@pytest.mark.parametrize("path", ["/v1/conversations//messages", "/v1/conversations//", "/v1/agents/", "/nothing"])
def test_unknown_path_is_404(examples: Any, path: str) -> None:
    """What is no path of the document is 404 with an error body (ID-8, ORDER-3)."""
    response = examples.get(path)
    assert response.status_code == 404
    assert isinstance(response.json()["detail"], str)


def test_collection_without_its_slash_redirects(examples: Any) -> None:
    """Without the slash at its end, the collection is a redirect to itself with it (OP-14)."""
    response = examples.get("/v1/conversations")
    assert response.status_code == 307
    assert response.headers["location"].endswith("/v1/conversations/")


def test_newline_behind_the_last_segment_is_no_route(examples: Any) -> None:
    """`/fork` and a newline is not `/fork`."""
    assert examples.post(f"{examples.known}/fork%0A").status_code == 404


def test_options_tells_what_is_allowed(examples: Any) -> None:
    """OPTIONS is answered with the methods of the path."""
    response = examples.options(f"{examples.known}/fork")
    assert response.status_code == 200
    assert response.headers["allow"] == "OPTIONS, POST"


def test_head_is_get_without_its_body(examples: Any) -> None:
    """HEAD answers the headers that GET would, and nothing behind them."""
    head, get = examples.request("HEAD", examples.known), examples.get(examples.known)
    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("GET", "/things/search", {"id": "search"}),
        ("POST", "/things/search", {}),
        ("GET", "/things/7.json", {"name": "7"}),
        ("GET", "/things/7", {"id": "7"}),
        ("GET", "/things/7/search", {"id": "7"}),
        ("GET", "/things/", None),
        ("GET", "/things/7/8/search", None),
    ],
)
def test_path_is_the_first_that_fits_and_has_the_method(method: str, path: str, found: dict[str, str] | None) -> None:
    """A fixed segment may be a parameter's value as well; what is in the document first counts."""
    seen = _Seen()
    there = ["GET /things/{name}.json", "POST /things/search", "GET /things/{id}", "GET /things/{id}/search"]
    operations = [_operation(*one.split()) for one in there]
    compiled: Any = dict.fromkeys((operation.id for operation in operations), seen)
    scope = {"type": "http", "method": method, "path": path, "headers": [], "query_string": b"", "root_path": ""}
    asyncio.run(create_engine(operations, compiled, seen)(scope, None, None))  # type: ignore[arg-type]
    assert seen.parameters == found


class _Seen:
    """An application that keeps what it was called with."""

    parameters: dict[str, str] | None = None

    async def __call__(self, scope: Any, _receive: Any, _send: Any) -> None:
        self.parameters = scope.get("path_params")


def _operation(method: str, path: str) -> Operation:
    names = [part.partition("}")[0] for part in path.split("{")[1:]]
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    raw = {"operationId": f"{method} {path}", "parameters": parameters, "responses": {}}
    return Operation.of(path, method.lower(), {method.lower(): raw}, "")
