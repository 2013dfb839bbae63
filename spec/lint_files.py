"""Rules about how the document is laid out in files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .references import Place, Tree
from .subject import Found, Subject

_TEMPLATE = re.compile(r"\{\{|\{%")


def paths_are_refs(subject: Subject) -> Iterator[Found]:
    """The root's paths are nothing but a `$ref` each."""
    for template, item in subject.tree.at(("paths",)).items():
        if list(item) != ["$ref"]:
            yield subject.found_at(
                (subject.tree.root, ("paths", template)),
                f"{template} stands here. Move it to a file under paths/ and $ref it.",
            )


def refs_are_relative(subject: Subject) -> Iterator[Found]:
    """A `$ref` is a relative path with forward slashes, then `#/` and a key."""
    for place in subject.tree.goals:
        reference = subject.tree.value(place)["$ref"]
        path, _, fragment = reference.partition("#")
        if path.startswith("/") or "\\" in path or (fragment and not fragment.startswith("/")):
            message = (
                f"$ref {reference!r} is not relative, with '/' between names. Write it as `../schemas/x.yaml#/Name`."
            )
            yield subject.found_at(_key(place, "$ref"), message)


def refs_stand_alone(subject: Subject) -> Iterator[Found]:
    """Nothing stands beside a `$ref`: OpenAPI 3.0 ignores it."""
    for place in subject.tree.goals:
        beside = [key for key in subject.tree.value(place) if key != "$ref"]
        if beside:
            yield subject.found_at(
                _key(place, beside[0]), f"{beside[0]!r} beside a $ref is ignored. Use allOf, or take it out."
            )


def no_templates(subject: Subject) -> Iterator[Found]:
    """No `{{` and no `{%`: servers that read the file take them for Jinja templates."""
    for path in subject.tree.files:
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            match = _TEMPLATE.search(line)
            if match:
                yield path, number, f"{match[0]!r} is a template to some readers. Write it otherwise."


def keys_are_used(subject: Subject) -> Iterator[Found]:
    """Every key of the split files is reached from the root, by a `$ref` or a YAML alias; every file too."""
    tree = subject.tree
    goals = set(tree.goals.values())
    for path, content in tree.files.items():
        if path == tree.root or (path, ()) in goals or not isinstance(content, dict):
            continue
        used = {pointer[0] for goal, pointer in goals if goal == path}
        aliased = {part for key in used for part in _parts(content[key])}
        for key in content:
            if key not in used and not aliased.intersection(_parts(content[key])):
                yield subject.found_at((path, (key,)), f"nothing refers to {key!r}. Refer to it, or take it out.")
    folders = {path.parent for path in tree.files} - {tree.root.parent}
    for folder in sorted(folders):
        for path in sorted({*folder.glob("*.yaml")} - set(tree.files)):
            yield path, 1, "nothing refers to this file. Refer to it, or take it out."


def _parts(value: Any) -> set[int]:
    """The identity of every object and list in a value; an alias has that of its anchor."""
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {part for child in children for part in _parts(child)} | ({id(value)} if children else set())


def components_are_used(subject: Subject) -> Iterator[Found]:
    """Every component is used by an operation; every security scheme by a `security`."""
    tree = subject.tree
    used = _reached(tree, (tree.root, ("paths",)))
    for kind, named in subject.resolved.get("components", {}).items():
        for name in named if isinstance(named, dict) else ():
            place: Place = (tree.root, ("components", kind, name))
            if kind == "securitySchemes":
                is_used = name in _schemes(subject)
            else:
                is_used = place in used or tree.locate(place[1]) in used
            if not is_used:
                yield subject.found_at(place, f"no operation uses the component {name!r}. Use it, or take it out.")


def _schemes(subject: Subject) -> set[str]:
    requirements = [subject.resolved.get("security", []), *(o.raw.get("security", []) for _, o in subject.operations)]
    return {name for requirement in requirements for one in requirement for name in one}


def _reached(tree: Tree, start: Place) -> set[Place]:
    """The goal of every reference that is found from `start` on, `start` not included."""
    reached: set[Place] = set()
    open_places = [start]
    while open_places:
        path, pointer = open_places.pop()
        for site, goal in tree.goals.items():
            if site[0] == path and site[1][: len(pointer)] == pointer and goal not in reached:
                reached.add(goal)
                open_places.append(goal)
    return reached


def _key(place: Place, key: str) -> Place:
    return place[0], (*place[1], key)
