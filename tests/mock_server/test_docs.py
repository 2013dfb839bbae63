import re
from typing import Any

import pytest


def test_document_is_shown_without_anything_from_elsewhere(examples: Any) -> None:
    """Swagger UI works in a train: each address that the page names is one of ours, and is there."""
    page = examples.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    addresses = re.findall(r'(?:href|src|url)[=:]\s*"([^"]+)"', page.text)
    assert len(addresses) == 4
    for address in addresses:
        assert address.startswith("/")
        assert examples.get(address).status_code == 200


def test_policy_keeps_everything_else_out(examples: Any) -> None:
    """A browser would refuse what the page might ask of others."""
    assert "default-src 'none'" in examples.get("/docs").headers["content-security-policy"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/docs/", 200),
        ("GET", "/docs/swagger-ui.css", 200),
        ("GET", "/docs/../openapi.yaml", 404),
        ("GET", "/docs/%2e%2e/%2e%2e/__init__.py", 404),
        ("GET", "/docs/swagger-ui.js", 404),
        ("GET", "/docsify", 404),
        ("POST", "/docs", 405),
        ("OPTIONS", "/docs", 200),
    ],
)
def test_nothing_else_of_the_package_is_served(examples: Any, method: str, path: str, status: int) -> None:
    """Only the files that the page needs."""
    assert examples.request(method, path).status_code == status
