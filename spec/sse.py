"""The events in the text of a `text/event-stream`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Event:
    """One event: its data lines joined, and its name where it has one."""

    data: str
    name: str | None = None


def events(text: str) -> Iterator[Event]:
    """Every complete event; comments, ids and what no blank line ends are left out, as browsers do."""
    data: list[str] = []
    name: str | None = None
    for line in _LINE_END.split(text.removeprefix("\ufeff")):
        if not line:
            if data:
                yield Event("\n".join(data), name)
            data, name = [], None
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            data.append(value)
        elif field == "event":
            name = value or None
