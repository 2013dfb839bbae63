"""Event streams, read from bytes (SSE-1 to SSE-10; the format is that of the HTML standard, section 9.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE_END = re.compile(r"\r\n|\r|\n")
_FIELDS = ("", "data", "event", "id", "retry")  # a comment is a field without a name


@dataclass(frozen=True)
class Event:
    """One event: its `data` lines joined, its name (empty where it has none), and the line, from 1, where it begins."""

    data: str
    name: str
    line: int


class StreamError(ValueError):
    """The bytes are not an event stream as the contract has it; the message says on which line."""


def read(content: bytes) -> list[Event]:
    """Every event of a whole stream. Raises StreamError where it is not UTF-8, has an unknown line, or stops midway."""
    return list(_events(content))


def _events(content: bytes) -> Iterator[Event]:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise StreamError(f"byte {error.start} is not UTF-8") from None
    block: list[tuple[int, str]] = []
    *lines, rest = _LINE_END.split(text.removeprefix("\ufeff"))  # what no line end follows is no line yet
    for number, line in enumerate(lines, 1):
        if line:
            block.append((number, line))
            continue
        event = _event(block)
        if event is not None:
            yield event
        block = []
    if any(not line.startswith(":") for line in (*(line for _, line in block), rest) if line):
        raise StreamError(f"line {len(lines) + bool(rest)}: the stream stops inside an event: no blank line ends it")


def _event(block: list[tuple[int, str]]) -> Event | None:
    """The event of the lines between two blank ones; None where they are comments."""
    fields: dict[str, list[str]] = {}
    for number, line in block:
        name, _, value = line.partition(":")
        if name not in _FIELDS:
            raise StreamError(f"line {number}: {line[:60]!r} is no field of an event stream")
        fields.setdefault(name, []).append(value.removeprefix(" "))
    if "data" in fields:
        return Event("\n".join(fields["data"]), fields.get("event", [""])[-1], block[0][0])
    if "event" in fields:
        raise StreamError(f"line {block[0][0]}: an event {fields['event'][-1]!r} without data")
    return None
