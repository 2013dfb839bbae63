from __future__ import annotations

import pytest
from letta_contract.contract_tests.event_stream import Event, StreamError, read


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_blank_line_ends_an_event(end: str) -> None:
    """Each of the three line ends of the format divides lines and, doubled, events."""
    assert read(f"data: a{end}{end}data: b{end}{end}".encode()) == [Event("a", "", 1), Event("b", "", 3)]


def test_data_lines_of_one_event_are_joined() -> None:
    """Several data lines are one datum with line feeds."""
    assert read(b"data: a\ndata: b\n\n") == [Event("a\nb", "", 1)]


@pytest.mark.parametrize(("line", "data"), [("data:a", "a"), ("data:  a ", " a "), ("data", ""), ("data:a:b", "a:b")])
def test_one_space_after_the_colon_is_no_data(line: str, data: str) -> None:
    """Exactly one space is taken off, and only the first colon divides."""
    assert read(f"{line}\n\n".encode()) == [Event(data, "", 1)]


def test_event_has_its_last_name_and_first_line() -> None:
    """An event is named by the last of its event lines, and found at its first line."""
    assert read(b"\n\nid: 1\nretry: 5\nevent: a\nevent: error\ndata: x\n\n") == [Event("x", "error", 3)]


def test_comments_are_no_events() -> None:
    """Comments may stand anywhere, alone and among the lines of an event."""
    assert read(b": hello\n\n: hi\ndata: a\n:\n\n:\n\n") == [Event("a", "", 3)]
    assert read(b"data: a\n\n: bye\n:") == [Event("a", "", 1)]


def test_byte_order_mark_is_no_data() -> None:
    """One byte order mark at the beginning is skipped."""
    assert read(b"\xef\xbb\xbfdata: a\n\n") == [Event("a", "", 1)]


def test_line_separators_of_unicode_end_no_line() -> None:
    """U+2028, U+0085 and form feeds, which JSON may hold, are data."""
    assert read("data: a\u2028b\u0085c\fd\n\n".encode()) == [Event("a\u2028b\u0085c\fd", "", 1)]


def test_empty_stream_has_no_events() -> None:
    """Nothing is an event stream without events."""
    assert read(b"") == []
    assert read(b"\n\n") == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"data: a", "line 1: the stream stops inside an event: no blank line ends it"),
        (b"data: a\n", "line 1: the stream stops inside an event: no blank line ends it"),
        (b"data: a\n\ndata: b\n", "line 3: the stream stops inside an event: no blank line ends it"),
        (b"data: a\n\n: b\ndata", "line 4: the stream stops inside an event: no blank line ends it"),
        (b"data: a\n{}\n\n", "line 2: '{}' is no field of an event stream"),
        (b"Data: a\n\n", "line 1: 'Data: a' is no field of an event stream"),
        (b"event: error\n\n", "line 1: an event 'error' without data"),
        (b"data: \xff\n\n", "byte 6 is not UTF-8"),
    ],
)
def test_what_is_no_event_stream_is_told_by_line(content: bytes, message: str) -> None:
    """A stream that breaks the format is refused, with the line where it does."""
    with pytest.raises(StreamError) as caught:
        read(content)
    assert str(caught.value) == message
