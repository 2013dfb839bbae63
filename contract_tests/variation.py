"""Values on both sides of every constraint of a schema, each with one thing varied in an otherwise minimal whole."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import Enum
from typing import Any

from letta_contract.spec import Schema

from .minimal import alternatives, full, is_tag, merged, minimal
from .values import Variation, each_wrong, fitting, of_other_types, one_wrong, unfitting

_PROSE = ("description", "example", "default", "deprecated", "title", "x-contract-level", "discriminator")
_TRIED_AGAIN = 2  # operations, beside the first, that are tried on what is wrong inside each variant of a union


class _Known(Enum):
    """Whether a schema was varied before: not at all, on another operation, on this one once, or there more often."""

    NOT = "not"
    ELSEWHERE = "elsewhere"
    HERE = "here"
    OFTEN = "often"


class Variations:
    """Varies schemas; what was varied before gets little that fits, and of what does not, one of each kind."""

    def __init__(self) -> None:
        self._before: set[str] = set()
        self._here: Counter[str] = Counter()
        self._elsewhere: Counter[str] = Counter()  # the operations that have a union, beside the first
        self._enums: dict[str, list[Any]] = {}  # every value of the enums of one sort
        self._unions: list[Schema] = []

    def know(self, schema: Schema) -> None:
        """Take a schema for one that was varied before."""
        for _ in self.of(schema):
            pass

    def of(self, schema: Schema) -> Iterator[Variation]:
        """Every variation of a schema's values, fitting and not; whether one fits is for the contract to say."""
        self._before |= self._here.keys()
        self._here = Counter()
        self.learn(schema)
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
        elif alternatives(schema):
            yield from self._union(schema, name, depth)
        elif _Known.NOT is not self._known(schema):
            yield from fitting(schema)
            wrong = list(one_wrong(schema))[: 1 if depth > 1 else None]
            wrong += [one for one in of_other_types(schema) if one.name == "a fraction"]
            wrong += [*unfitting(schema), *self._of_others(name, schema)]
            yield from (replace(one, again=depth > 1 or number > 0) for number, one in enumerate(wrong))
        elif schema.get("type") == "array":
            yield from self._array(schema, depth)
        else:
            yield from fitting(schema)
            yield from unfitting(schema)
            yield from self._of_others(name, schema)
            yield from of_other_types(schema)

    def _known(self, schema: Schema) -> _Known:
        key = _key(schema)
        self._here[key] += 1
        if self._here[key] > 1:
            return _Known.HERE if self._here[key] == 2 else _Known.OFTEN
        return _Known.ELSEWHERE if key in self._before else _Known.NOT

    def _object(self, schema: Schema, depth: int) -> Iterator[Variation]:
        known = self._known(schema)
        yield Variation((), "as little as may be", minimal(schema))
        if schema.get("nullable"):
            yield Variation((), "null", None, "null")
        yield from of_other_types(schema) if known is _Known.NOT else one_wrong(schema)
        if known is _Known.NOT or not depth:
            yield Variation((), "with an unknown key", {**minimal(schema), "no_such_key": [1]}, "")
        for name, part in schema["properties"].items():
            whole = minimal(schema, having=name)
            if name in whole:
                without = {key: value for key, value in whole.items() if key != name}
                yield Variation((name,), "missing", without, "required")
                for other, value in _choices(schema) if name in schema.get("required", ()) else ():
                    if other != name:
                        beside = f"no {name}, with {other} {value}"
                        yield Variation((), beside, {**without, other: value}, "required", again=True)
            again = known in (_Known.HERE, _Known.OFTEN)
            for one in self._of(part, name, depth + 1):
                value = {**whole, name: one.value}
                yield replace(one, pointer=(name, *one.pointer), value=value, again=one.again or again)

    def _union(self, schema: Schema, name: str, depth: int) -> Iterator[Variation]:
        tag = schema.get("discriminator", {}).get("propertyName")
        known = self._known(schema)
        parts = alternatives(schema)
        if known is _Known.NOT or not tag:  # what is wrong with the tag is wrong whatever else is there
            for number, part in enumerate(parts):
                yield from (one for one in self._of(part, name, depth) if not number or one.pointer != (tag,))
        elif known is _Known.ELSEWHERE:
            yield from (Variation((), _tag(part, tag), full(part, last=True)) for part in parts)
            self._elsewhere[_key(schema)] += 1
            if self._elsewhere[_key(schema)] <= _TRIED_AGAIN:
                for part in _unlike(parts):
                    yield from (replace(one, name=f"{one.name}, {_tag(part, tag)}") for one in each_wrong(part))
        else:
            yield Variation((), _tag(parts[0], tag), minimal(parts[0]))
            for part in parts if known is _Known.HERE else ():
                inside = (one for one in self._of(part, depth=depth) if one.pointer and one.pointer != (tag,))
                yield from (replace(one, again=True) for one in inside if one.constraint != "required")
        if tag:
            yield from self._tags(schema, tag, known)
        elif known is _Known.NOT:
            yield from of_other_types({})

    def _tags(self, schema: Schema, tag: str, known: _Known) -> Iterator[Variation]:
        """A union with a tag that it does not know, or that is none."""
        least = minimal(alternatives(schema)[0])
        if known is _Known.OFTEN:
            yield _bare(schema, tag) or Variation((), "a number", 1.5, again=True)
            return
        if known is not _Known.NOT:
            yield Variation((), "a number", 1.5, again=True)
        unknown = "no-such-thing" if known is _Known.NOT else "constructor"  # which every object has, in JavaScript
        yield Variation((tag,), "unknown", {**least, tag: unknown}, "enum", again=known is _Known.HERE)
        yield from self._strangers(schema, tag)
        if known is not _Known.HERE:
            yield Variation((tag,), "null", {**least, tag: None}, "null")
        if known is _Known.ELSEWHERE and tag in least:
            yield Variation((tag,), "missing", {key: least[key] for key in least if key != tag}, "required")

    def _strangers(self, schema: Schema, tag: str) -> Iterator[Variation]:
        """A variant that a union lacks, where one that is much like it has it."""
        own = {_tag(part, tag): _key(part) for part in alternatives(schema)}
        for union in self._unions:
            variants = {_tag(part, tag): part for part in alternatives(union)}
            others = [name for name in variants if name not in own]
            if others and any(own.get(name) == _key(part) for name, part in variants.items()):
                for name in dict.fromkeys((others[0], others[-1])):
                    least = minimal(variants[name])
                    yield Variation((tag,), f"{name}, which is another's", least, "enum", again=True)
                return

    def _of_others(self, name: str, schema: Schema) -> Iterator[Variation]:
        """A value that an enum lacks, where another of its name has it."""
        if len(schema.get("enum", ())) > 1:
            others = dict.fromkeys(value for value in self._enums.get(_sort(name), ()) if value not in schema["enum"])
            for value in list(others)[:2]:
                yield Variation((), f"{value}, which is another's", value, "enum", again=True)

    def learn(self, schema: Schema, name: str = "") -> None:
        """Remember the enums and the unions of a schema."""
        schema = merged(schema)
        if not is_tag(schema):
            self._enums.setdefault(_sort(name), []).extend(schema.get("enum", ()))
        if "discriminator" in schema:
            self._unions.append(schema)
        for key, part in schema.get("properties", {}).items():
            self.learn(part, key)
        for part in [*alternatives(schema), *([schema["items"]] if "items" in schema else [])]:
            self.learn(part, name)

    def _array(self, schema: Schema, depth: int) -> Iterator[Variation]:
        yield Variation((), "empty", [])
        if schema.get("nullable"):
            yield Variation((), "null", None, "null")
        yield from of_other_types(schema)
        for variation in self._of(schema["items"], depth=depth + 1):
            yield replace(variation, pointer=(0, *variation.pointer), value=[variation.value])
        least = minimal(schema["items"])
        yield Variation((1,), "a wrong second item", [least, [[]]])
        # What is wrong inside of it: who looks at the first item only does not see that either.
        for inside in _within(schema["items"]):
            again = replace(inside, name=f"{inside.name}, in the second item", again=True)
            yield replace(again, pointer=(1, *inside.pointer), value=[least, inside.value])


def _sort(name: str) -> str:
    """What a field is about: the last word of its name."""
    return name.rsplit("_", 1)[-1]


def _key(schema: Schema) -> str:
    return json.dumps({name: part for name, part in schema.items() if name not in _PROSE}, sort_keys=True)


def _tag(schema: Schema, tag: str | None) -> str:
    values = merged(schema).get("properties", {}).get(tag, {}).get("enum", [""]) if tag else [""]
    return str(values[0])


def _bare(schema: Schema, tag: str) -> Variation | None:
    """A variant that says what it is, and lacks what it needs; None where none needs anything."""
    for part in map(merged, alternatives(schema)):
        for name in part.get("required", ()):
            if name != tag:
                return Variation((name,), "missing", {tag: _tag(part, tag)}, "required", again=True)
    return None


def _choices(schema: Schema) -> Iterator[tuple[str, Any]]:
    """Values of the enums of an object that are in none of its smallest values."""
    for name, part in schema["properties"].items():
        if name in schema.get("required", ()) and "enum" in part:
            yield from ((name, value) for value in part["enum"][1:] if value is not None)


def _within(schema: Schema) -> Iterator[Variation]:
    """What may be wrong within an object: a field that is missing, and a wrong value, of an enum if there is one."""
    part = merged(alternatives(schema)[0] if alternatives(schema) else schema)
    fields = {name: field for name, field in part.get("properties", {}).items() if not is_tag(field)}
    for name in [name for name in part.get("required", ()) if name in fields][-1:]:
        without = {key: value for key, value in minimal(part).items() if key != name}
        yield Variation((name,), "missing", without, "required")
    for name in sorted(fields, key=lambda name: "enum" not in fields[name])[:1]:
        wrong = next(iter((*unfitting(fields[name]), *one_wrong(fields[name]))))
        yield replace(wrong, pointer=(name,), value={**minimal(part, having=name), name: wrong.value})


def _unlike(parts: Iterable[Schema]) -> Iterator[Schema]:
    """The variants of a union that have a field, beside their tag, that none before them has."""
    known: set[str] = set()
    for part in map(merged, parts):
        fields = {_key({"name": name, "of": field}) for name, field in part.get("properties", {}).items()}
        if len(fields - known) > 1:
            yield part
        known |= fields
