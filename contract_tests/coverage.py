"""What of the document a run tried: every parameter and field, on both sides of each of its constraints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from letta_contract.spec import Operation, Schema

from .case import Result, Tried
from .expectation import Kind
from .minimal import merged
from .verdict import Verdict

State = Literal["tried", "tried elsewhere", "not tried", "not judged", "none"]
_BOUNDS = (
    *("format", "pattern", "minLength", "maxLength", "minimum", "maximum"),
    *("minItems", "maxItems"),
)
_PATHS = {"length": ("minLength", "maxLength"), "form": ("pattern",), "characters": ("pattern",)}


@dataclass(frozen=True)
class Covered:
    """One constraint of one place, with `value` in words, and what was tried on either side of it.

    "tried elsewhere" is the same constraint on another operation with the same field; "not judged" is a value that
    servers may take or refuse; "none" says that there is nothing on that side.
    """

    operation: str
    place: str
    constraint: str
    value: str
    inside: State
    outside: State


def place(steps: Iterable[str | int]) -> str:
    """A parameter or field in one word: `query.limit`, `body.messages[].role`."""
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def coverage(operations: Iterable[Operation], results: Iterable[Result]) -> tuple[Covered, ...]:
    """A line for every constraint of every parameter and field of these operations."""
    tried: dict[str, set[Tried]] = {}
    for result in results:
        found = tried.setdefault(result.case.operation, set())
        found.update(row.tried for row in result.rows if row.tried is not None and row.verdict is not Verdict.SKIP)
        found.update(_on_path(result))
    anywhere = {one for found in tried.values() for one in found}
    return tuple(
        Covered(
            operation.id,
            where,
            constraint,
            value,
            *(
                _state(where, constraint, side, tried.get(operation.id, set()), anywhere) if possible else "none"
                for side, possible in zip(_KINDS, sides, strict=True)
            ),
        )
        for operation in operations
        for where, constraint, value, sides in _constraints(operation)
    )


_KINDS = (Kind.ACCEPT, Kind.REFUSE)
_Line = tuple[str, str, str, tuple[bool, bool]]


def _state(where: str, constraint: str, kind: Kind, here: set[Tried], anywhere: set[Tried]) -> State:
    if _has(where, constraint, kind, here):
        return "tried"
    if _has(where, constraint, kind, anywhere):
        return "tried elsewhere"
    return "not judged" if _has(where, constraint, Kind.FREE, anywhere) else "not tried"


def _has(where: str, constraint: str, kind: Kind, tried: set[Tried]) -> bool:
    if Tried(where, "enum" if constraint == "tag" else constraint, kind) in tried:
        return True
    if kind is not Kind.ACCEPT or constraint not in ("type", "required", "tag"):
        return False
    # What is there is of its type, whatever else it is tried for; and what is required is there when its parent is.
    places = {where} if constraint == "type" else {where, where.rpartition(".")[0]}
    return any(one.place in places and one.kind is kind and one.constraint != "null" for one in tried)


def _on_path(result: Result) -> Iterator[Tried]:
    """What the cases on identifiers try, by their slug: each does so on both sides, or outside only."""
    stem, _, table = result.case.slug.rpartition("-")
    if table not in _PATHS or stem not in ("conversation-id", "agent-id") or not result.rows:
        return
    where = f"path.{stem.replace('-', '_')}"
    for constraint in _PATHS[table]:
        yield Tried(where, constraint, Kind.REFUSE)
        if any("well-formed" in row.name for row in result.rows):
            yield from (Tried(where, name, Kind.ACCEPT) for name in (constraint, "pattern"))


def _constraints(operation: Operation) -> Iterator[_Line]:
    for where in ("path", "query"):
        for name, parameter in operation.parameters("path" if where == "path" else "query").items():
            schema = parameter["schema"]
            item = schema["items"] if schema.get("type") == "array" else schema
            here = f"{where}.{name}"
            yield from _bounds(here, item)
            if where == "query":
                yield from _typed(here, item)
                if parameter.get("required"):
                    yield here, "required", "yes", (True, True)
    if operation.body_schema is not None:
        yield from _joined(_fields("body", operation.body_schema))


def _joined(lines: Iterable[_Line]) -> Iterator[_Line]:
    """One line a constraint, where the forms of a union have the same field."""
    found: dict[tuple[str, str], list[_Line]] = {}
    for line in lines:
        found.setdefault(line[:2], []).append(line)
    for (where, constraint), same in found.items():
        values = ", ".join(dict.fromkeys(value for _, _, value, _ in same))
        yield where, constraint, values, (any(line[3][0] for line in same), any(line[3][1] for line in same))


def _fields(where: str, schema: Schema) -> Iterator[_Line]:
    schema = merged(schema)
    parts = schema.get("oneOf") or schema.get("anyOf") or []
    if "properties" not in schema and parts:
        nullable = any(_only_null(part) for part in parts) or bool(schema.get("nullable"))
        yield where, "null", "allowed" if nullable else "refused", (nullable, not nullable)
        for part in parts:
            if not _only_null(part):
                yield from (line for line in _fields(where, part) if line[:2] != (where, "null"))
        return
    nullable = bool(schema.get("nullable"))
    yield where, "null", "allowed" if nullable else "refused", (nullable, not nullable)
    yield from _typed(where, schema)
    yield from _bounds(where, schema)
    for name, part in schema.get("properties", {}).items():
        if name in schema.get("required", ()):
            yield f"{where}.{name}", "required", "yes", (True, True)
        yield from _fields(f"{where}.{name}", part)
    if schema.get("type") == "array":
        yield from _fields(f"{where}[]", schema["items"])


def _typed(where: str, schema: Schema) -> Iterator[_Line]:
    if "enum" in schema:
        name = "tag" if len(schema["enum"]) == 1 else "enum"
        yield where, name, ", ".join(str(value) for value in schema["enum"] if value is not None), (True, True)
    elif schema.get("type"):
        # Every text of a query is a string.
        refusable = not (where.startswith("query.") and schema["type"] == "string")
        yield where, "type", str(schema["type"]), (True, refusable)


def _bounds(where: str, schema: Schema) -> Iterator[_Line]:
    for name in _BOUNDS:
        if name in schema:
            yield where, name, str(schema[name]), (True, True)


def _only_null(schema: Schema) -> bool:
    return bool(schema.get("enum") == [None])
