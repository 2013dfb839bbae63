import time
from typing import Any

import pytest
from letta_contract.mock_server.header import elements


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
