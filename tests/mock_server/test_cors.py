from typing import Any

import pytest
from letta_contract.mock_server import Settings
from letta_contract.mock_server.cors import cors_headers

QUESTION = {"origin": "http://localhost:3000", "access-control-request-method": "DELETE"}


def test_one_origin_is_named_and_kept_apart_by_caches() -> None:
    """Where not all origins are let in, a reply for one is none for another."""
    headers = dict(cors_headers("http://localhost:3000"))
    assert headers[b"access-control-allow-origin"] == b"http://localhost:3000"
    assert headers[b"vary"] == b"Origin"


def test_no_origin_gets_no_headers() -> None:
    """Without CORS, nothing speaks of it."""
    assert cors_headers(None) == []


def test_private_networks_may_be_asked_for(examples: Any) -> None:
    """A page of the internet may call a mock on loopback, if the browser asks."""
    response = examples.options(examples.known, headers=QUESTION | {"access-control-request-private-network": "true"})
    assert response.headers["access-control-allow-private-network"] == "true"


def test_each_cors_header_is_sent_once(examples: Any) -> None:
    """Browsers take two origins for none."""
    for headers in (QUESTION, {"origin": "http://localhost:3000"}):
        response = examples.options(examples.known, headers=headers)
        assert response.headers.get_list("access-control-allow-origin") == ["*"]


@pytest.mark.parametrize("cors", [None, "*"])
def test_other_options_are_answered_by_the_path(serving: Any, cors: str | None) -> None:
    """OPTIONS that asks for nothing tells the methods, with CORS and without."""
    with serving(Settings(cors=cors)) as api:
        assert "DELETE" in api.options(api.known).headers["allow"]
