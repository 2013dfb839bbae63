"""Whether what is documented is anything that a client accepts (RFC 9110 §12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .header import Part, elements
from .refusal import Refusal
from .reply import Headers

_MOST_KEPT = 64
_QUALITY = re.compile(r"[01](?:\.[0-9]{0,3})?", re.ASCII)


class Acceptance:
    """The media types that one status of an operation is documented with."""

    def __init__(self, media_types: Iterable[str]) -> None:
        self.media_types = [name.partition(";")[0].strip().lower() for name in media_types]
        # The official clients say that they accept JSON where they read a stream.
        streams = "text/event-stream" in self.media_types
        self._let_through = [*self.media_types, "application/json"] if streams else self.media_types
        self.fine: set[bytes | None] = {None, b"*/*"}
        """Headers that let one of them through: clients say the same each time, and need not be read again."""

    def check(self, headers: Headers) -> None:
        """Raises Refusal with 406 where none of them is accepted."""
        if not satisfied(headers, self._let_through):
            there = " and ".join(self.media_types)
            raise Refusal(406, f"Accept lets nothing through that there is: {there}. Accept that, or */*.")
        said = [value for name, value in headers if name == b"accept"]
        if len(said) == 1 and len(self.fine) < _MOST_KEPT:
            self.fine.add(said[0])


def satisfied(headers: Headers, media_types: list[str]) -> bool:
    """Whether the Accept headers let one of these media types through; those that say nothing readable let all."""
    ranges = [(name, _weight(parameters)) for (name, _), *parameters in elements(headers, b"accept") if "/" in name]
    return not ranges or not media_types or any(_quality(name, ranges) > 0 for name in media_types)


def _weight(parameters: list[Part]) -> float:
    """`q`; 1 where there is none that can be read. Other parameters are not compared."""
    text = dict(reversed(parameters)).get("q", "")
    return float(text) if _QUALITY.fullmatch(text) else 1.0


def _quality(media_type: str, ranges: list[tuple[str, float]]) -> float:
    """The weight that the most specific range gives."""
    for wanted in (media_type, media_type.partition("/")[0] + "/*", "*/*"):
        found = [quality for name, quality in ranges if name == wanted]
        if found:
            return max(found)
    return 0.0
