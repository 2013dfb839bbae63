"""Odd values: a server may take or refuse them, so nothing but its health is judged (TOL-2 to TOL-9)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

DEEPEST = 50  # levels of nesting that are still judged
LARGEST = 2**53 - 1  # what every reader of JSON holds exactly (RFC 8259 §6)
NUL = "a NUL"
SURROGATE = "a lone surrogate"
NO_TEXT = "bytes that are not UTF-8"
ESCAPE = "a broken escape"
HUGE = "a huge integer"
BEYOND = "a number beyond all measure"
DEEP = "nesting past any sense"
LOW = "a limit below one"
WHOLE = "a whole number written as a fraction"
# Where a request has several, the first of these is blamed for what it does to a server.
_LIKELIEST = (NUL, SURROGATE, NO_TEXT, ESCAPE, HUGE, BEYOND, DEEP, LOW, WHOLE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def likeliest(oddities: Iterable[str]) -> str:
    """Of several oddities, the one that servers stumble over most; empty where there is none."""
    return min((oddity for oddity in oddities if oddity), key=_LIKELIEST.index, default="")


def odd_value(value: Any) -> str:
    """What the contract does not judge in a JSON value, at any depth; empty where it judges all of it."""
    return likeliest(_oddities(value))


def odd_text(text: str) -> str:
    """The NUL or the lone surrogate of a string; empty where it has none."""
    if "\0" in text:
        return NUL
    return SURROGATE if not text.isascii() and _SURROGATE.search(text) else ""


def odd_escapes(encoded: str) -> str:
    """A broken escape, a NUL, or bytes that are not UTF-8 in percent-encoded text; empty where it has none."""
    content = unquote_to_bytes(encoded)
    if b"\0" in content:
        return NUL
    if _ESCAPE.search(encoded):
        return ESCAPE
    try:
        return odd_text(content.decode())
    except UnicodeDecodeError:
        return NO_TEXT


def _oddities(value: Any) -> Iterator[str]:
    level = [value]
    for _ in range(DEEPEST + 1):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below += item
                below += item.values()
            elif isinstance(item, list):
                below += item
            else:
                yield _odd_leaf(item)
        if not below:
            return
        level = below
    yield DEEP


def _odd_leaf(value: Any) -> str:
    match value:
        case str():
            return odd_text(value)
        case bool() | None:
            return ""
        case int():
            return HUGE if abs(value) > LARGEST else ""
        case float() if math.isfinite(value):
            return HUGE if abs(value) > LARGEST else WHOLE if value.is_integer() else ""
    return BEYOND
