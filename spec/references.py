"""Every `$ref` of the split document, followed before it is resolved, so that a broken one is named by file and line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from . import source
from .errors import SpecError
from .source import Pointer

Place = tuple[Path, Pointer]


def files(root: Path) -> dict[Path, Any]:
    """Every file that `root` leads to, read, by absolute path.

    Raises SpecError for a reference that leads nowhere, to a network, or back to itself.
    """
    walk = _Walk()
    walk.follow((root, ()), trail=())
    return walk.read


class _Walk:
    def __init__(self) -> None:
        self.read: dict[Path, Any] = {}
        self.done: set[Place] = set()

    def follow(self, target: Place, trail: tuple[Place, ...]) -> None:
        """Visit every reference below `target`; `trail` holds the places of those that led there."""
        if target in self.done:
            return
        path, pointer = target
        for place, reference in _references(self._value(path, pointer), pointer):
            goal = self._goal(path, place, reference)
            steps = (*trail, (path, place))
            if any(step[0] == goal[0] and step[1][: len(goal[1])] == goal[1] for step in steps):
                raise SpecError(
                    f"{_shown(path, place)}: $ref {reference!r} leads back to itself. "
                    "Take the cycle out: a recursive schema cannot be resolved."
                )
            self.follow(goal, steps)
        self.done.add(target)

    def _goal(self, path: Path, place: Pointer, reference: str) -> Place:
        parts = urlsplit(reference)
        if parts.scheme or parts.netloc:
            raise SpecError(f"{_shown(path, place)}: $ref {reference!r} is not a file. Copy what it names into the tree.")
        goal = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if not goal.is_file():
            raise SpecError(f"{_shown(path, place)}: $ref {reference!r} names a file that is not there. Mend the path.")
        pointer = _pointer(parts.fragment)
        try:
            self._value(goal, pointer)
        except (KeyError, IndexError, TypeError, ValueError):
            raise SpecError(
                f"{_shown(path, place)}: $ref {reference!r} leads nowhere: {source.shown(goal)} has no such key. "
                "Mend the part after '#'."
            ) from None
        return goal, pointer

    def _value(self, path: Path, pointer: Pointer) -> Any:
        if path not in self.read:
            self.read[path] = source.read(path)
        value = self.read[path]
        for step in pointer:
            value = value[int(step)] if isinstance(value, list) else value[step]
        return value


def _references(value: Any, place: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield place, value["$ref"]
            return
        for key, child in value.items():
            yield from _references(child, (*place, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _references(child, (*place, index))


def _pointer(fragment: str) -> Pointer:
    steps = unquote(fragment).split("/")[1:]
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def _shown(path: Path, pointer: Pointer) -> str:
    return f"{source.shown(path)}:{source.line_of(path, (*pointer, '$ref'))}"
