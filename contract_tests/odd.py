"""Odd values: a server may take or refuse them, so nothing but its health is judged (TOL-2 to TOL-9)."""

from __future__ import annotations

import math
import re
from typing import Any
from urllib.parse import unquote_to_bytes

DEEPEST = 50  # levels of nesting that are still judged
LARGEST = 2**53
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def odd_value(value: Any, depth: int = 0) -> bool:
    """Whether a JSON value holds anything that the contract does not judge, at any depth."""
    if depth > DEEPEST:
        return True
    match value:
        case str():
            return odd_text(value)
        case float():
            return not math.isfinite(value) or value.is_integer() or abs(value) > LARGEST
        case bool() | None:
            return False
        case int():
            return abs(value) > LARGEST
        case list():
            return any(odd_value(item, depth + 1) for item in value)
        case dict():
            return any(odd_text(key) or odd_value(item, depth + 1) for key, item in value.items())
    return True


def odd_text(text: str) -> bool:
    """Whether a string has a NUL or a lone surrogate."""
    return "\0" in text or any("\ud800" <= character <= "\udfff" for character in text)


def odd_escapes(encoded: str) -> bool:
    """Whether percent-encoded text has a broken escape, a NUL, or bytes that are not UTF-8."""
    if _ESCAPE.search(encoded):
        return True
    try:
        return odd_text(unquote_to_bytes(encoded).decode())
    except UnicodeDecodeError:
        return True
