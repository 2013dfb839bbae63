"""`letta-contract spec show`: operations as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from . import short
from .operation import Operation, Part, Schema

_PLACES: tuple[Part, ...] = ("path", "query", "header")


def show(operation: Operation) -> RenderableType:
    """One operation: what it is, where it is written, its parameters, its body, and what it answers."""
    head = Text.assemble((f"{operation.method} {operation.path}", "bold"), "  ", _level(operation))
    parts: list[RenderableType] = [head, Text(operation.id), Text(operation.summary), Text(operation.source, "dim")]
    description = operation.raw.get("description")
    if description:
        parts += [Text(), Text(description.strip())]
    parts += _section("Parameters", _parameters(operation))
    body = operation.body_schema
    if body is not None:
        need = "required" if operation.body_required else "optional"
        parts += _section(f"Body  application/json, {need}", _fields(body) or [[short.type_of(body)]])
    parts += _section("Answers", list(_answers(operation)))
    parts += [Text(), Text("* required", "dim")]
    return Group(*parts)


def table(operations: Sequence[Operation]) -> RenderableType:
    """All of them, one line each."""
    return _grid([[o.id, o.method, o.path, _level(o), Text(o.source, "dim")] for o in operations])


def _parameters(operation: Operation) -> list[list[Any]]:
    return [
        [place, *_field(name, _schema(parameter), parameter, required=parameter.get("required", False))]
        for place in _PLACES
        for name, parameter in operation.parameters(place).items()
    ]


def _schema(parameter: dict[str, Any]) -> Schema:
    described = next(iter(parameter.get("content", {}).values()), parameter)
    schema: Schema = described.get("schema", {})
    return schema


def _fields(schema: Schema) -> list[list[Any]]:
    return [
        _field(name, field, field, required=required) for name, (field, required) in short.fields_of(schema).items()
    ]


def _field(name: str, schema: Schema, about: dict[str, Any], *, required: bool) -> list[Any]:
    notes = [short.limits_of(schema)]
    if "should" in (about.get("x-contract-level"), schema.get("x-contract-level")):
        notes.append("SHOULD")
    if about.get("deprecated"):
        notes.append("deprecated")
    return [Text(f"{name}*" if required else name, "bold" if required else ""), short.type_of(schema), _joined(notes)]


def _answers(operation: Operation) -> Iterator[list[Any]]:
    for status, response in operation.raw["responses"].items():
        label = status
        for name, media_type in response.get("content", {"no body": {}}).items():
            when = media_type.get("x-when")
            condition = f"{name} when {when['body']} is {str(when['is']).lower()}" if when else name
            yield [label, condition, ", ".join(media_type.get("examples", {}))]
            label = ""


def _section(title: str, rows: list[list[Any]]) -> list[RenderableType]:
    return [Text(), Text(title, "bold"), Padding(_grid(rows), (0, 0, 0, 2))] if rows else []


def _grid(rows: list[list[Any]]) -> Table:
    grid = Table.grid(padding=(0, 2))
    for row in rows:
        grid.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    for column in grid.columns:
        column.overflow = "fold"  # a pattern or path cut short is no use
    return grid


def _level(operation: Operation) -> Text:
    return Text(operation.level.upper(), "green" if operation.level == "must" else "yellow")


def _joined(notes: list[str]) -> str:
    return ", ".join(note for note in notes if note)
