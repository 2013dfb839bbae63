from typing import Any

import httpx
import pytest
from letta_contract.mock_server import Settings
from letta_contract.mock_server.banner import banner


def test_quiet_banner_is_the_address() -> None:
    """One line, for programs to read."""
    assert banner(Settings(), 8284, quiet=True) == "Mock    http://127.0.0.1:8284"


@pytest.mark.parametrize(
    ("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"), ("::1", "[::1]"), ("a.example", "a.example")]
)
def test_address_can_be_opened(host: str, shown: str) -> None:
    """What listens everywhere is shown as where a browser finds it."""
    assert banner(Settings(host=host), 80, quiet=True) == f"Mock    http://{shown}:80"


def test_each_operation_has_a_line_that_works(examples: Any) -> None:
    """The examples of its parameters are filled in, so that the line can be clicked."""
    port = examples.base_url.port
    lines = [line.split() for line in banner(Settings(), port, quiet=False).splitlines() if line.startswith("  ")]
    calls = [words for words in lines if words[0].isupper() and len(words) == 2]
    assert len(calls) == 13
    for method, url in calls:
        body = {"input": "x"} if method == "POST" and url.endswith("/messages") else {}
        json = {"json": body} if method in ("POST", "PATCH") else {}
        assert httpx.request(method, url, **json).status_code == 200, (method, url)


def test_pages_for_people_are_named(examples: Any) -> None:
    """The one that controls it, and the one that shows its document."""
    said = banner(Settings(), examples.base_url.port, quiet=False).splitlines()
    pages = dict(line.split() for line in said if line.startswith(("Page", "Spec")))
    assert sorted(pages) == ["Page", "Spec"]
    for url in pages.values():
        assert httpx.get(url).headers["content-type"] == "text/html; charset=utf-8"


def test_banner_says_how_it_serves() -> None:
    """Mode, token and CORS, and never the token itself."""
    said = banner(Settings(stateful=True, token="s3cret", cors=None), 80, quiet=False)
    assert "in memory · token required · no CORS" in said
    assert "s3cret" not in said
    assert "documented examples · no token needed · CORS *" in banner(Settings(), 80, quiet=False)
