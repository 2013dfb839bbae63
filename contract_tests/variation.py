"""Values on both sides of every constraint of a schema, each with one thing varied in an otherwise minimal whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from letta_contract.spec import Schema

_PROSE = ("description", "example", "default", "deprecated", "title", "x-contract-level", "discriminator")
_WRONG: dict[str, dict[str, Any]] = {
    "string": {"a number": 1.5, "a list": []},
    "integer": {"a string": "abc", "a fraction": 1.5, "a list": []},
    "number": {"a string": "abc", "an object": {}},
    "boolean": {"a string": "abc", "a list": []},
    "array": {"a string": "abc", "an object": {}},
    "object": {"a string": "abc", "a list": []},
    "": {"a number": 1.5, "an object": {}, "a string": "abc", "a list": [], "null": None},
}
_MINIMAL: dict[str, Any] = {"string": "text", "integer": 1, "number": 0.5, "boolean": True}
_DATE = "2026-02-03T04:05:06Z"


@dataclass(frozen=True)
class Variation:
    """A whole value in which the part at `pointer` was varied as `name` says, on one side of `constraint`."""

    pointer: tuple[str | int, ...]
    name: str
    value: Any
    constraint: str = "type"

    @property
    def label(self) -> str:
        """What was varied, and how."""
        place = ".".join(str(step) for step in self.pointer)
        return f"{place}: {self.name}" if place else self.name


class _Known(Enum):
    """Whether a schema was varied before: not at all, on another operation, or on this one."""

    NOT = "not"
    ELSEWHERE = "elsewhere"
    HERE = "here"


class Variations:
    """Varies schemas; what was varied before, on another operation, gets one wrong value and each variant only."""

    def __init__(self) -> None:
        self._before: set[str] = set()
        self._here: set[str] = set()
        self._named: set[tuple[str, str]] = set()  # what was varied here under the same name, as in another variant

    def of(self, schema: Schema) -> Iterator[Variation]:
        """Every variation of a schema's values, fitting and not; whether one fits is for the contract to say."""
        self._before |= self._here
        self._here = set()
        self._named = set()
        seen: set[str] = set()
        for variation in self._of(schema):
            key = json.dumps(variation.value, sort_keys=True)
            if key not in seen:
                seen.add(key)
                yield variation

    def _of(self, schema: Schema, name: str = "", depth: int = 0) -> Iterator[Variation]:
        schema = merged(schema)
        if "properties" in schema:
            yield from self._object(schema, depth)
        elif _alternatives(schema):
            yield from self._union(schema, depth)
        elif _Known.NOT is not self._known(schema):
            named = (name, _key(schema))
            yield from _inside(schema)
            if named not in self._named:
                yield from list(_one_wrong(schema))[-1 if depth > 1 else 0 :]
            self._named.add(named)
        elif schema.get("type") == "array":
            yield from self._array(schema, depth)
        else:
            yield from _inside(schema)
            yield from _outside(schema)
            yield from _wrong(schema)

    def _known(self, schema: Schema) -> _Known:
        key = _key(schema)
        known = _Known.HERE if key in self._here else _Known.ELSEWHERE if key in self._before else _Known.NOT
        self._here.add(key)
        return known

    def _object(self, schema: Schema, depth: int) -> Iterator[Variation]:
        known = self._known(schema)
        yield Variation((), "as little as may be", minimal(schema))
        if schema.get("nullable"):
            yield Variation((), "null", None, "null")
        yield from _wrong(schema) if known is _Known.NOT else _one_wrong(schema)
        for place, (name, part) in enumerate(schema["properties"].items()):
            whole = minimal(schema, having=name)
            if name in whole:
                without = {key: value for key, value in whole.items() if key != name}
                yield Variation((name,), "missing", without, "required")
            if known is _Known.HERE or (known is _Known.ELSEWHERE and place and not _alternatives(part)):
                continue  # one wrong field shows whether the schema is looked at, and unions are tried by variant
            for variation in self._of(part, name, depth + 1):
                yield replace(variation, pointer=(name, *variation.pointer), value={**whole, name: variation.value})

    def _union(self, schema: Schema, depth: int) -> Iterator[Variation]:
        tag = schema.get("discriminator", {}).get("propertyName")
        known = self._known(schema)
        for number, part in enumerate(_alternatives(schema)[: 1 if known is _Known.HERE else None]):
            if known is not _Known.NOT and tag:
                yield Variation((), _tag(part, tag), minimal(part))
            else:  # what is wrong with the tag is wrong whatever else is there
                yield from (one for one in self._of(part, depth=depth) if not number or one.pointer != (tag,))
        if tag and known is not _Known.HERE:
            yield Variation((tag,), "unknown", {**minimal(_alternatives(schema)[0]), tag: "no-such-thing"}, "enum")
            yield Variation((tag,), "null", {**minimal(_alternatives(schema)[0]), tag: None}, "null")
        elif known is _Known.NOT:
            yield from _wrong({})

    def _array(self, schema: Schema, depth: int) -> Iterator[Variation]:
        yield Variation((), "empty", [])
        if schema.get("nullable"):
            yield Variation((), "null", None, "null")
        yield from _wrong(schema)
        for variation in self._of(schema["items"], depth=depth + 1):
            yield replace(variation, pointer=(0, *variation.pointer), value=[variation.value])
        yield Variation((1,), "a wrong second item", [minimal(schema["items"]), [[]]])


def tags(schema: Schema) -> set[str]:
    """The names of the properties that tell a union's variants apart, anywhere in a schema."""
    found = {schema["discriminator"]["propertyName"]} if "discriminator" in schema else set()
    inner = [*schema.get("properties", {}).values(), *_alternatives(schema), *schema.get("allOf", ())]
    for part in [*inner, *([schema["items"]] if "items" in schema else [])]:
        found |= tags(part)
    return found


def _key(schema: Schema) -> str:
    return json.dumps({name: part for name, part in schema.items() if name not in _PROSE}, sort_keys=True)


def minimal(schema: Schema, having: str | None = None) -> Any:
    """The smallest value that fits; of an object whose forms differ in what they require, the form with `having`."""
    schema = merged(schema)
    if "properties" in schema:
        required = [*schema.get("required", ()), *_form(schema, having).get("required", ())]
        return {name: minimal(schema["properties"][name]) for name in required}
    if _alternatives(schema):
        return minimal(_alternatives(schema)[0])
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [minimal(schema["items"])] if schema.get("minItems") else []
    if schema.get("format") == "date-time":
        return _DATE
    return {} if schema.get("type") == "object" else _MINIMAL.get(schema.get("type", ""), "text")


def merged(schema: Schema) -> Schema:
    """A schema with what its allOf says drawn into it."""
    if "allOf" not in schema:
        return schema
    whole: Schema = {key: value for key, value in schema.items() if key != "allOf"}
    for part in map(merged, schema["allOf"]):
        whole["properties"] = {**part.get("properties", {}), **whole.get("properties", {})}
        whole["required"] = list(dict.fromkeys([*part.get("required", ()), *whole.get("required", ())]))
        whole = {**part, **whole}
    return whole


def _form(schema: Schema, having: str | None) -> Schema:
    forms: list[Schema] = [form for form in schema.get("anyOf", ()) if "required" in form]
    return next((form for form in forms if having in form["required"]), forms[-1] if forms else {})


def _alternatives(schema: Schema) -> list[Schema]:
    found: list[Schema] = schema.get("oneOf") or schema.get("anyOf") or []
    return found


def _tag(schema: Schema, tag: str | None) -> str:
    values = merged(schema).get("properties", {}).get(tag, {}).get("enum", [""]) if tag else [""]
    return str(values[0])


def _inside(schema: Schema) -> Iterator[Variation]:
    """Values of a scalar, or of an array, that fit."""
    if "enum" in schema:
        for value in schema["enum"]:
            yield Variation((), json.dumps(value), value, "enum")
        return
    yield Variation((), "as it should be", minimal(schema))
    if schema.get("type") == "boolean":
        yield Variation((), "false", value=False)
    if schema.get("nullable"):
        yield Variation((), "null", None, "null")
    if "minimum" in schema:
        yield Variation((), "its minimum", schema["minimum"], "minimum")
    if schema.get("type") == "object":
        yield Variation((), "with a key", {"key": "value"})


def _outside(schema: Schema) -> Iterator[Variation]:
    """Values of the right type that do not fit."""
    if "enum" in schema:
        yield Variation((), "no value of it", "no-such-value", "enum")
    if "minimum" in schema:
        yield Variation((), "below its minimum", schema["minimum"] - 1, "minimum")
    if schema.get("format") == "date-time":
        yield Variation((), "no date", "yesterday", "format")


def _wrong(schema: Schema) -> Iterator[Variation]:
    """Values of other types; null where it is not allowed."""
    for name, value in _WRONG[schema.get("type", "")].items():
        yield Variation((), name, value, "null" if value is None else "type")
    if not schema.get("nullable"):
        yield Variation((), "null", None, "null")


def _one_wrong(schema: Schema) -> Iterator[Variation]:
    """A value of another type, and null where it is not allowed: what each field may get wrong on its own."""
    wrong = list(_wrong(schema))
    yield wrong[0]
    yield from (one for one in wrong[1:] if one.value is None)
