import time
from typing import Any

import pytest
from letta_contract.mock_server.header import documented, elements


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["a"], [[("a", "")]]),
        (["A=1"], [[("a", "1")]]),
        (["a=1, b=2", "c"], [[("a", "1")], [("b", "2")], [("c", "")]]),
        ([' a = "x, y; \\"z\\"" ;p; q = 2 '], [[("a", 'x, y; "z"'), ("p", ""), ("q", "2")]]),
        (['a=""', "b="], [[("a", "")], [("b", "")]]),
        (["text/*;q=0.5,*/*"], [[("text/*", ""), ("q", "0.5")], [("*/*", "")]]),
        ([", ,a,,"], [[("a", "")]]),
        (["=1, a=b=c, d e, ok"], [[("ok", "")]]),
        (['a="open, b=2'], [[("a", "open, b=2")]]),
        ([""], []),
    ],
)
def test_lists_are_read_as_rfc_9110_writes_them(texts: list[str], expected: Any) -> None:
    """Several headers are one list; quotes, spaces and empty elements are read, what is unreadable is left out."""
    headers = [(b"x", text.encode()) for text in texts] + [(b"y", b"z")]
    assert list(elements(headers, b"x")) == expected


@pytest.mark.parametrize("text", [b'"\\' * 30_000, b" " * 60_000 + b'"', b'a="' * 20_000, b";" * 60_000, b"=" * 60_000])
def test_no_header_takes_long(text: bytes) -> None:
    """The time to read one grows with its length and no faster."""
    started = time.perf_counter()
    list(elements([(b"x", text)], b"x"))
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ({"example": "a b"}, b"a b"),
        ({"example": 3, "schema": {"type": "integer"}}, b"3"),
        ({"examples": {"one": {"value": True}, "two": {"value": False}}}, b"true"),
        ({"schema": {"example": ["GET", "POST"]}}, b"GET,POST"),
        ({"schema": {"default": 0}}, b"0"),
    ],
)
def test_documented_header_is_its_example(header: Any, text: bytes) -> None:
    """Wherever OpenAPI lets it be given."""
    assert documented({"headers": {"X-Limit": header}}) == [(b"x-limit", text)]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Limit": {"schema": {"type": "integer"}}},
        {"X-Limit": {"example": "a\r\nset-cookie: b"}},
        {"X-Limit": {"example": "é"}},
        {"Content-Type": {"example": "text/plain"}, "content-length": {"example": 3}},
    ],
)
def test_header_that_cannot_be_sent_is_left_out(headers: Any) -> None:
    """One without an example, one that would be no single line, and what the body says of itself."""
    assert documented({"headers": headers}) == []
