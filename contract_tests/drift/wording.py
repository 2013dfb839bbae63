"""A schema in a few words, the same words for both documents."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from .branch import ARRAY, NULL, OBJECT, Branch, Schema, branches

_MOST = 8  # names that are listed
_LONGEST = 120  # characters of a value


def type_of(schema: Schema) -> str:
    """Its types: `string | null`, `array of integer`, `3 objects by type`."""
    return types(branches(schema))


def types(found: Iterable[Branch]) -> str:
    """The types of some alternatives in alphabetical order, null last."""
    found = list(found)
    objects = sum(one.kind == OBJECT for one in found)
    words = {_word(one) for one in found if one.kind not in (OBJECT, NULL)}
    words |= {"object" if objects == 1 else f"{objects} kinds of object"} if objects else set()
    null = ["null"] if any(one.kind == NULL for one in found) else []
    return " | ".join([*sorted(words), *null]) or "nothing"


def _word(one: Branch) -> str:
    if one.kind != ARRAY or not one.items:
        return one.kind
    kinds = sorted({item.kind for item in branches(one.items)})
    return f"array of {' or '.join(kinds)}"


def listed(values: Iterable[str]) -> str:
    """Names with commas between; a long list is cut."""
    values = list(values)
    shown = ", ".join(values[:_MOST])
    return f"{shown} and {len(values) - _MOST} more" if len(values) > _MOST else shown


def value(given: Any) -> str:
    """A JSON value, in short."""
    text = given if isinstance(given, str) and given else json.dumps(given, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
