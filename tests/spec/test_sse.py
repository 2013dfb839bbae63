from __future__ import annotations

from letta_contract.spec.sse import Event, events


def test_events_are_read_as_browsers_read_them() -> None:
    """Comments, ids and unknown fields are no data; lines are joined; one space after the colon is not part of it."""
    text = "\ufeff: hello\nid: 1\ndata: a\ndata:b\ndata:  c\n\nevent: error\r\ndata\r\n\r\n\n\ndata: x\r\rdata: lost"
    assert list(events(text)) == [Event("a\nb\n c"), Event("", "error"), Event("x")]


def test_only_line_feeds_and_carriage_returns_end_a_line() -> None:
    """Other separators, such as U+2028, are part of the data."""
    assert list(events("data: a\u2028b\x0bc\n\n")) == [Event("a\u2028b\x0bc")]
