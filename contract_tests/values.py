"""Values of one schema, fitting and not: each with what was varied, and on which side of which constraint."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from letta_contract.spec import Schema

from .minimal import is_tag, merged, minimal

_WRONG: dict[str, dict[str, Any]] = {
    "string": {"a number": 1.5, "a list": []},
    "integer": {"a string": "abc", "a fraction": 1.5, "a list": []},
    "number": {"a string": "abc", "an object": {}},
    "boolean": {"a string": "abc", "a list": []},
    "array": {"a string": "abc", "an object": {}},
    "object": {"a string": "abc", "a list": []},
    "": {"a number": 1.5, "an object": {}, "a string": "abc", "a list": [], "null": None},
}


@dataclass(frozen=True)
class Variation:
    """A whole value in which the part at `pointer` was varied as `name` says, on one side of `constraint`.

    `again` says that a schema like it was varied at another place: what is wrong is tried here, too, but not what fits.
    """

    pointer: tuple[str | int, ...]
    name: str
    value: Any
    constraint: str = "type"
    again: bool = False

    @property
    def label(self) -> str:
        """What was varied, and how."""
        place = ".".join(str(step) for step in self.pointer)
        return f"{place}: {self.name}" if place else self.name


def fitting(schema: Schema) -> Iterator[Variation]:
    """Values of a scalar, or of an array, that fit."""
    if "enum" in schema:
        for value in schema["enum"]:
            yield Variation((), json.dumps(value), value, "enum")
        return
    yield Variation((), "as it should be", minimal(schema))
    if schema.get("type") == "string" and not schema.keys() & {"format", "pattern", "minLength"}:
        yield Variation((), "empty", "")
    if schema.get("type") == "boolean":
        yield Variation((), "false", value=False)
    if schema.get("nullable"):
        yield Variation((), "null", None, "null")
    if "minimum" in schema:
        yield Variation((), "its minimum", schema["minimum"], "minimum")
    if schema.get("type") == "object":
        yield Variation((), "with a key", {"key": "value"})


def unfitting(schema: Schema) -> Iterator[Variation]:
    """Values of the right type that do not fit."""
    if "enum" in schema:
        yield Variation((), "no value of it", "no-such-value", "enum")
    if "minimum" in schema:
        yield Variation((), "below its minimum", schema["minimum"] - 1, "minimum")
    if schema.get("format") == "date-time":
        yield Variation((), "no date", "yesterday", "format")


def of_other_types(schema: Schema) -> Iterator[Variation]:
    """Values of other types; null where it is not allowed."""
    for name, value in _WRONG[schema.get("type", "")].items():
        yield Variation((), name, value, "null" if value is None else "type")
    if not schema.get("nullable"):
        yield Variation((), "null", None, "null")


def one_wrong(schema: Schema) -> Iterator[Variation]:
    """A value of another type, and null where it is not allowed: what each field may get wrong on its own."""
    wrong = list(of_other_types(schema))
    yield wrong[0]
    yield from (one for one in wrong[1:] if one.value is None)


def each_wrong(schema: Schema) -> Iterator[Variation]:
    """Every field of an object, at any depth, wrong in one way."""
    for name, field in schema["properties"].items():
        if is_tag(field):
            continue
        part, whole = merged(field), minimal(schema, having=name)
        wrong = each_wrong(part) if "properties" in part else [next(iter((*unfitting(part), *one_wrong(part))))]
        for one in wrong:
            yield replace(one, pointer=(name, *one.pointer), value={**whole, name: one.value}, again=True)
