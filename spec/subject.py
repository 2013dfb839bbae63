"""A document under the linter: its files, its resolved form, and the parts that rules are about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from . import resolution, source
from .operation import Operation, Schema
from .references import Place, Tree
from .shape import METHODS
from .source import Pointer

# Below these keys stand names of our own, not OpenAPI's words.
_MAPS = {
    "paths",
    "properties",
    "responses",
    "content",
    "headers",
    "parameters",
    "schemas",
    "requestBodies",
    "securitySchemes",
    "links",
    "callbacks",
    "variables",
    "turns",
}
_SCHEMA_MAPS = {"properties", "schemas"}
_SCHEMAS = {"schema", "items", "not", "additionalProperties", "allOf", "anyOf", "oneOf", "events"}
_DATA = {"example", "examples", "default", "enum", "x-when"}

Found = tuple[Path, int, str]


@dataclass(frozen=True)
class Node:
    """An object of the resolved document, where it stands first."""

    pointer: Pointer
    value: dict[str, Any]
    is_schema: bool


@dataclass(frozen=True)
class Subject:
    """`resolved` holds one object for every use of a `$ref`, so that nothing is judged twice."""

    tree: Tree
    resolved: dict[str, Any]

    @classmethod
    def of(cls, path: Path) -> Subject:
        """Load it; raises SpecError, with file and line, for what cannot be loaded."""
        resolved = resolution.resolve(path)
        return cls(resolved.tree, resolved.shared)

    def found(self, pointer: Pointer, message: str) -> Found:
        """A breach at `pointer` of the resolved document."""
        return self.found_at(self.tree.locate(pointer), message)

    def found_at(self, place: Place, message: str) -> Found:
        """A breach at a place of a file."""
        return place[0], source.line_of(*place), message

    @cached_property
    def operations(self) -> list[tuple[Pointer, Operation]]:
        """Every operation with its pointer."""
        return [
            (("paths", template, method), Operation.of(template, method, item, ""))
            for template, item in self.resolved["paths"].items()
            for method in item
            if method in METHODS
        ]

    @cached_property
    def nodes(self) -> list[Node]:
        """Every object that OpenAPI gives a meaning to: not the inside of examples, defaults and enums."""
        return list(_nodes(self.resolved, (), set(), is_schema=False))

    @property
    def schemas(self) -> Iterator[tuple[Pointer, Schema]]:
        """Every schema, each once."""
        return ((node.pointer, node.value) for node in self.nodes if node.is_schema)

    @property
    def media_types(self) -> Iterator[tuple[Pointer, dict[str, Any]]]:
        """Every Media Type Object, each once; the pointer ends in its name."""
        return ((node.pointer, node.value) for node in self.nodes if node.pointer[-2:-1] == ("content",))


def _nodes(value: Any, pointer: Pointer, seen: set[int], *, is_schema: bool) -> Iterator[Node]:
    if isinstance(value, list):
        for index, child in enumerate(value):
            yield from _nodes(child, (*pointer, index), seen, is_schema=is_schema)
    if not isinstance(value, dict) or id(value) in seen:
        return
    seen.add(id(value))
    yield Node(pointer, value, is_schema)
    for key, child in value.items():
        if key in _MAPS and isinstance(child, dict):
            for name, named in child.items():
                yield from _nodes(named, (*pointer, key, name), seen, is_schema=key in _SCHEMA_MAPS)
        elif key not in _DATA:
            yield from _nodes(child, (*pointer, key), seen, is_schema=key in _SCHEMAS)
