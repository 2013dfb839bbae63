"""Odd values: a server may take or refuse them, so nothing but its health is judged (TOL-2 to TOL-9)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

DEEPEST = 50  # levels of nesting that are still judged
LARGEST = 2**53
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
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def likeliest(oddities: Iterable[str]) -> str:
    """Of several oddities, the one that servers stumble over most; empty where there is none."""
    return min((oddity for oddity in oddities if oddity), key=_LIKELIEST.index, default="")


def odd_value(value: Any) -> str:
    """What the contract does not judge in a JSON value, at any depth; empty where it judges all of it."""
    return likeliest(_oddities(value, 0))


def odd_text(text: str) -> str:
    """The NUL or the lone surrogate of a string; empty where it has none."""
    if "\0" in text:
        return NUL
    return SURROGATE if any("\ud800" <= character <= "\udfff" for character in text) else ""


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


def _oddities(value: Any, depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        yield DEEP
        return
    match value:
        case str():
            yield odd_text(value)
        case float():
            yield BEYOND if not math.isfinite(value) else HUGE if abs(value) > LARGEST else ""
            yield WHOLE if value.is_integer() else ""
        case bool() | None:
            pass
        case int():
            yield HUGE if abs(value) > LARGEST else ""
        case list():
            for item in value:
                yield from _oddities(item, depth + 1)
        case dict():
            for key, item in value.items():
                yield odd_text(key)
                yield from _oddities(item, depth + 1)
        case _:
            yield BEYOND
