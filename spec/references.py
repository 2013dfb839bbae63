"""Every `$ref` of the split document, followed before it is resolved: a broken one is named by file and line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from . import source
from .errors import SpecError
from .source import Pointer

Place = tuple[Path, Pointer]


@dataclass(frozen=True)
class Tree:
    """The files that a root document leads to, read, by absolute path, and the goal of each `$ref` in them."""

    root: Path
    files: dict[Path, Any] = field(default_factory=dict)
    goals: dict[Place, Place] = field(default_factory=dict)

    def value(self, place: Place) -> Any:
        """What stands at a place, as written; raises LookupError, TypeError or ValueError where nothing does."""
        path, pointer = place
        if path not in self.files:
            self.files[path] = source.read(path)
        value = self.files[path]
        for step in pointer:
            value = value[step]
        return value

    def locate(self, pointer: Pointer) -> Place:
        """Where the value at `pointer` of the resolved document is written; its nearest parent where nothing is."""
        return self._walk(pointer)[0]

    def locate_key(self, pointer: Pointer) -> Place:
        """Where the last key of `pointer` stands; not where a `$ref` below it leads."""
        path, steps = self.locate(pointer[:-1])
        return path, (*steps, pointer[-1])

    def at(self, pointer: Pointer) -> Any:
        """The value at `pointer` of the resolved document, as written; None where nothing is."""
        place, found = self._walk(pointer)
        return self.value(place) if found else None

    def shown(self, pointer: Pointer) -> tuple[str, int]:
        """File and line of the value at `pointer` of the resolved document."""
        path, steps = self.locate(pointer)
        return source.shown(path), source.line_of(path, steps)

    def _walk(self, pointer: Pointer) -> tuple[Place, bool]:
        place = self._goal_of((self.root, ()))
        for step in pointer:
            below: Place = (place[0], (*place[1], step))
            try:
                self.value(below)
            except (LookupError, TypeError, ValueError):
                return place, False
            place = self._goal_of(below)
        return place, True

    def _goal_of(self, place: Place) -> Place:
        while place in self.goals:
            place = self.goals[place]
        return place


def follow(root: Path) -> Tree:
    """Read a document and all that it refers to.

    Raises SpecError for a reference that leads nowhere, to a network, or back to itself.
    """
    tree = Tree(root)
    try:
        _follow(tree, (root, ()), (), set())
    except RecursionError as error:
        raise SpecError(
            "nested too deeply, or a YAML anchor that holds itself. Take it apart.",
            file=source.shown(root),
            rule="no-recursion",
        ) from error
    return tree


def _follow(tree: Tree, target: Place, trail: tuple[Place, ...], done: set[Place]) -> None:
    """Visit every reference below `target`; `trail` holds the places of those that led there."""
    if target in done:
        return
    path, pointer = target
    for place, reference in _references(tree.value(target), pointer):
        here = (path, place)
        goal = tree.goals[here] = _goal(tree, here, reference)
        steps = (*trail, here)
        if any(step[0] == goal[0] and step[1][: len(goal[1])] == goal[1] for step in steps):
            raise _error(
                here,
                f"$ref {reference!r} leads back to itself. Take the cycle out: a recursive schema cannot be resolved.",
                rule="no-recursion",
            )
        _follow(tree, goal, steps, done)
    done.add(target)


def _goal(tree: Tree, here: Place, reference: Any) -> Place:
    if not isinstance(reference, str):
        raise _error(here, "$ref is not text. Write `$ref: file.yaml#/Name`.")
    parts = urlsplit(reference)
    if parts.scheme or parts.netloc:
        raise _error(here, f"$ref {reference!r} is not a file. Copy what it names into the tree.")
    path = Path(os.path.normpath(here[0].parent / unquote(parts.path))) if parts.path else here[0]
    if not path.is_file():
        raise _error(here, f"$ref {reference!r} names a file that is not there. Mend the path.")
    goal: Place = (path, ())
    for step in _steps(parts.fragment):
        try:
            # A list's steps are numbers in places, so that one place has one name.
            goal = (path, (*goal[1], int(step) if isinstance(tree.value(goal), list) else step))
            tree.value(goal)
        except (LookupError, TypeError, ValueError):
            file = source.shown(path)
            raise _error(
                here, f"$ref {reference!r} leads nowhere: {file} has no {step!r} there. Mend the part after '#'."
            ) from None
    return goal


def _references(value: Any, place: Pointer) -> Iterator[tuple[Pointer, Any]]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield place, value["$ref"]
            return
        for key, child in value.items():
            yield from _references(child, (*place, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _references(child, (*place, index))


def _steps(fragment: str) -> list[str]:
    steps = unquote(fragment).removeprefix("/").split("/") if fragment else []
    return [step.replace("~1", "/").replace("~0", "~") for step in steps]


def _error(here: Place, message: str, rule: str = "refs-resolve") -> SpecError:
    path, pointer = here
    line = source.line_of(path, (*pointer, "$ref"))
    return SpecError(message, file=source.shown(path), line=line, rule=rule)
