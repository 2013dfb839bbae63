from __future__ import annotations

import pytest
from letta_contract.contract_tests.proxy import proxy_for, shown


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("environment", "url", "expected"),
    [
        ({}, "https://host", None),
        ({"HTTPS_PROXY": "http://p:1"}, "https://host", "http://p:1"),
        ({"https_proxy": "http://p:1"}, "https://host", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1"}, "http://host", None),
        ({"HTTP_PROXY": "p:1"}, "http://host", "http://p:1"),
        ({"ALL_PROXY": "http://p:1"}, "https://host", "http://p:1"),
        ({"ALL_PROXY": "http://p:1", "HTTP_PROXY": "http://q:2"}, "http://host", "http://q:2"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "other, host"}, "https://host:8443", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".example.com"}, "https://a.example.com", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "example.com"}, "https://notexample.com", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, "https://host", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "::1"}, "http://[::1]:8283", None),
    ],
)
def test_proxy_is_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], url: str, expected: str | None
) -> None:
    """The variable of the scheme comes first, ALL_PROXY after it, and NO_PROXY names the exceptions."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(url) == expected


def test_password_of_a_proxy_is_not_shown() -> None:
    """Messages have the proxy's address, and nobody's name or password."""
    assert shown("http://name:hush@p:3128") == "http://p:3128"
    assert shown("http://p:3128/") == "http://p:3128"
