import socket
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest


def ask(api: Any, method: str, path: str) -> httpx.Response:
    return httpx.request(method, f"{api.base_url}{path}")


def test_options_are_told_without_a_token(guarded: Any) -> None:
    """OPTIONS names the methods of a path to anyone, with neither a body nor its media type."""
    response = ask(guarded, "OPTIONS", guarded.known)
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH"
    assert "content-type" not in response.headers


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("HEAD", 200), ("OPTIONS", 200), ("POST", 405)])
def test_document_has_methods_of_its_own(guarded: Any, method: str, status: int) -> None:
    """The document can be read, not changed; what else is asked of it is told what it has."""
    response = ask(guarded, method, "/openapi.json")
    assert response.status_code == status
    assert (response.headers.get("allow") == "GET, HEAD, OPTIONS") is (method in ("OPTIONS", "POST"))
    assert bool(response.content) is (method in ("GET", "POST"))


@pytest.mark.parametrize("method", ["HEAD", "PROPFIND"])
def test_what_has_no_get_has_no_head(examples: Any, method: str) -> None:
    """HEAD of a path to post to, and a method that nobody knows, are 405 with what there is."""
    response = ask(examples, method, f"{examples.known}/fork")
    assert response.status_code == 405
    assert response.headers["allow"] == "OPTIONS, POST"


def test_server_itself_has_options(examples: Any) -> None:
    """`OPTIONS *` asks whether there is a server, and there is."""
    url = urlsplit(str(examples.base_url))
    with socket.create_connection((url.hostname, url.port), timeout=5) as connection:
        connection.sendall(b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
