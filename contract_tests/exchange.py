"""A request and what came back for it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .curl import NO_EXTRA, Extra, curl
from .request import Request


@dataclass(frozen=True)
class Reply:
    """A whole answer: header names in lower case, `seconds` until its last byte, `first_byte` until its head.

    `arrivals` tells when the body came: seconds since the request, and how many bytes there were by then.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes
    first_byte: float = 0.0
    seconds: float = 0.0
    arrivals: tuple[tuple[float, int], ...] = ()

    def header(self, name: str) -> str | None:
        """The first header of that (lower-case) name."""
        return next((value for key, value in self.headers if key == name), None)

    def listed(self, name: str) -> list[str]:
        """What a header lists, over all of its lines (RFC 9110 §5.3)."""
        return [item.strip() for key, value in self.headers if key == name for item in value.split(",") if item.strip()]

    @cached_property
    def media_type(self) -> str:
        """The Content-Type without its parameters, in lower case; empty where there is none."""
        return (self.header("content-type") or "").split(";")[0].strip().lower()

    @cached_property
    def json(self) -> Any:
        """The body as JSON; raises ValueError for anything that strict JSON is not (NaN, duplicate keys, not UTF-8)."""
        return strict_json(self.content.decode())


@dataclass(frozen=True)
class Fault:
    """There was no whole answer: `what` went wrong, in words, and what had come by then."""

    what: str
    refused: bool = False
    partial: Reply | None = None


@dataclass(frozen=True)
class Exchange:
    """One round trip; exactly one of `reply` and `fault` is there. `limited` says that a rate limit did not end."""

    request: Request
    reply: Reply | None
    fault: Fault | None = None
    base_url: str = field(default="", compare=False)
    with_token: bool = field(default=False, compare=False)
    extra: Extra = field(default=NO_EXTRA, compare=False)
    limited: bool = field(default=False, compare=False)

    @property
    def status(self) -> int:
        """The status of the reply; 0 where there is none."""
        return self.reply.status if self.reply else 0

    def curl(self) -> str:
        """The command that repeats the request."""
        stream = self.reply is not None and self.reply.media_type == "text/event-stream"
        return curl(self.request, self.base_url, token=self.with_token, stream=stream, extra=self.extra)


def strict_json(text: str) -> Any:
    """A value from JSON as RFC 8259 has it. Raises ValueError for anything else, and where no sense is that deep."""
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_unique)
    except RecursionError:
        raise ValueError("it is nested past any sense") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON (RFC 8259, section 6)")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"key {twice!r} stands twice in one object (RFC 8259, section 4)")
    return value
