"""An OpenAPI document as its comparison walks it: values with their places, each `$ref` followed where it stands."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from letta_contract.contract_tests.errors import TargetError

Pointer = tuple[str | int, ...]


class Document:
    """A document with references inside, such as a server's own; `name` is its address or file.

    `memory` keeps what was found out about a schema, by the identity of its nodes.
    """

    def __init__(self, root: Any, name: str) -> None:
        self.root = root
        self.name = name
        self.memory: dict[Hashable, Any] = {}

    @property
    def top(self) -> Node:
        """The document as a node."""
        return Node(self, (), self.root)

    @cached_property
    def tells_null(self) -> bool:
        """Whether any schema says that null is allowed: Pydantic 1 never did, so that its silence says nothing."""
        values, seen = [self.root], set()
        while values:
            value = values.pop()
            if id(value) in seen:  # by an anchor of YAML
                continue
            seen.add(id(value))
            if isinstance(value, dict):
                if value.get("nullable") is True or value.get("type") == "null":
                    return True
                values.extend(value.values())
            elif isinstance(value, list):
                if "null" in value:
                    return True
                values.extend(value)
        return False

    def place(self, pointer: Pointer) -> str:
        """Where a value stands, for people: a JSON pointer."""
        return "#" + "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in pointer)

    def identity(self, pointer: Pointer) -> Hashable:
        """The same for two pointers that lead to one written value."""
        return pointer

    def goal(self, reference: Any, origin: Pointer) -> Node:
        """What a `$ref` at `origin` leads to, itself perhaps another. Raises TargetError where that is nothing here."""
        if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
            raise self._broken(reference, origin, "it leads out of the document. Join it into one file")
        steps = [unquote(step).replace("~1", "/").replace("~0", "~") for step in reference.split("/")[1:]]
        found = self._walk((), steps)
        if found is None and steps[:1] in (["$defs"], ["definitions"]):
            # A generator that did not hoist its definitions means those of the schema around the reference.
            around = (origin[:end] for end in range(len(origin), 0, -1))
            found = next((node for start in around if (node := self._walk(start, steps))), None)
        if found is None:
            raise self._broken(reference, origin, "nothing is there. Mend the document")
        return found

    def _walk(self, start: Pointer, steps: list[str]) -> Node | None:
        pointer, value = start, self._at(start)
        for step in steps:
            key: str | int = int(step) if isinstance(value, list) and step.isdecimal() else step
            try:
                value = value[key]
            except (LookupError, TypeError):
                return None
            pointer = (*pointer, key)
        return Node(self, pointer, value)

    def _at(self, pointer: Pointer) -> Any:
        value = self.root
        for step in pointer:
            value = value[step]
        return value

    def _broken(self, reference: Any, origin: Pointer, why: str) -> TargetError:
        return TargetError(f"{self.name}: the $ref {reference!r} at {self.place(origin)} is broken: {why}.")


@dataclass(frozen=True)
class Node:
    """A value of a document, with the pointer to it."""

    document: Document
    pointer: Pointer
    value: Any

    @property
    def place(self) -> str:
        """Where it is written, for people."""
        return self.document.place(self.pointer)

    @property
    def identity(self) -> Hashable:
        """The same for every use of one written value."""
        return self.document.identity(self.pointer)

    @property
    def keys(self) -> dict[str, Any]:
        """Its value where that is a mapping; else an empty one."""
        return self.value if isinstance(self.value, dict) else {}

    def below(self, *steps: str | int) -> Node:
        """The node that a few steps lead to, as it is written; each step has to be there."""
        value = self.value
        for step in steps:
            value = value[step]
        return Node(self.document, (*self.pointer, *steps), value)

    def child(self, key: str) -> Node | None:
        """The node below a key, its `$ref` followed; None where there is none."""
        return self.below(key).followed if key in self.keys else None

    def mapping(self, key: str) -> dict[str, Node]:
        """The nodes by name in the mapping below a key, references followed; without extensions, `x-…`."""
        value = self.keys.get(key)
        named = value if isinstance(value, dict) else {}
        return {str(name): self.below(key, name).followed for name in named if not str(name).startswith("x-")}

    def listing(self, key: str) -> list[Node]:
        """The nodes of the list below a key, as they are written."""
        value = self.keys.get(key)
        return [self.below(key, index) for index in range(len(value))] if isinstance(value, list) else []

    @property
    def followed(self) -> Node:
        """Where its `$ref` leads, at last; itself where it has none. Raises TargetError for one that leads nowhere."""
        node, trail = self, {self.pointer}
        while "$ref" in node.keys:
            node = self.document.goal(node.keys["$ref"], node.pointer)
            if node.pointer in trail:
                raise TargetError(f"{self.document.name}: the $ref at {self.place} leads back to itself. Mend it.")
            trail.add(node.pointer)
        return node
