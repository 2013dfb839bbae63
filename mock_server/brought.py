"""What a user brings with `--spec` and `--fixtures`: checked before it is served, and put where it belongs.

What is shipped was checked when it was made; nothing here is imported for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from letta_contract.spec import ROOT, EventStream, LettaContractError, SpecError, lint, resolution, source
from letta_contract.spec.external import External
from letta_contract.spec.lint_examples import stream_problems
from letta_contract.spec.references import Place, Tree
from letta_contract.spec.shape import METHODS
from letta_contract.spec.validation import Validator

_SHOWN = 10
_FOLDERS = ("examples", "streams", "seeds")
Json = dict[str, Any]
Key = tuple[str, str]


class BroughtError(LettaContractError):
    """Examples that a user brought break the contract; the first ten faults are named by file and line."""

    def __init__(self, faults: list[str]) -> None:
        more = f"\n… and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        count = "a fault" if len(faults) == 1 else f"{len(faults)} faults"
        listed = "\n".join(faults[:_SHOWN])
        super().__init__(f"{count} in what was brought; mend what is named, then start again:\n{listed}{more}")


def check_document(path: Path) -> None:
    """Raises BroughtError where examples or defaults of a document break their schemas, or the document OpenAPI."""
    if path.resolve() != ROOT.resolve():
        problems = lint.lint(path, lint.EXAMPLES)
        if problems:
            raise BroughtError([str(problem) for problem in problems])


def bring(folder: Path, document: Json, path: Path) -> None:
    """Put the examples and streams of a folder into a document, which came from `path`; raises BroughtError.

    One of the same family and name as an example of the document takes its place wherever that is shown. One with a
    new name is shown beside those of its family, wherever it fits. A stream is an example of the family `streams`.
    """
    if not any((folder / name).is_dir() for name in _FOLDERS):
        there = ", ".join(f"{name}/" for name in _FOLDERS)
        raise BroughtError([f"{folder}: not a folder with any of {there} in it"])
    faults: list[str] = []
    brought = _read(folder, faults)
    tree = resolution.resolve(path).tree
    known: set[Key] = set()
    for medium, places in _media(document, tree):
        known |= {(place[0].stem, name) for place in places.values() for name in tree.files[place[0]]}
        for key, example in brought.items():
            example.put(medium, places, key)
    for (family, name), example in brought.items():
        if example.misfits or not (example.is_shown or (family, name) in known):
            problem = next(iter(example.misfits or example.elsewhere), f"no examples of a family {family!r} are shown")
            faults.append(f"{example.where}: {name}: {problem}")
    if faults:
        raise BroughtError(faults)


@dataclass
class _Example:
    """An Example Object from a user's file."""

    value: Json
    place: Place
    validator: Validator
    misfits: list[str] = field(default_factory=list)
    """What is wrong with it where the document has one of its name."""
    elsewhere: list[str] = field(default_factory=list)
    """What keeps it from being shown beside others of its family."""
    is_shown: bool = False

    @property
    def where(self) -> str:
        return f"{source.shown(self.place[0])}:{source.line_of(*self.place) if self.place[1] else 1}"

    def put(self, medium: Json, places: dict[str, Place], key: Key) -> None:
        """Show it in a media type, if this is one of its places."""
        family, name = key
        replaced = [known for known, place in places.items() if (place[0].stem, place[1]) == (family, (name,))]
        if not replaced and (name in places or family not in {place[0].stem for place in places.values()}):
            return
        problem = self._problem(medium)
        if problem:
            (self.misfits if replaced else self.elsewhere).append(problem)
        else:
            self.is_shown = True
            medium["examples"] |= dict.fromkeys(replaced or [name], self.value)

    def _problem(self, medium: Json) -> str | None:
        stream = EventStream.of(medium)
        if stream is not None:
            return next(stream_problems(stream, self.value["value"], self.validator), None)
        return self.validator.problem(medium.get("schema", {}), self.value["value"])


def _read(folder: Path, faults: list[str]) -> dict[Key, _Example]:
    validator, external = Validator(), External()
    found: dict[Key, _Example] = {}
    for path in sorted((folder / "examples").glob("*.yaml")):
        try:
            content = source.read(path)
            for name, raw in content.items() if isinstance(content, dict) else ():
                place: Place = (path.resolve(), (name,))
                value = external.inlined(place, raw) if isinstance(raw, dict) else {}
                if "value" in value:
                    found[path.stem, name] = _Example(value, place, validator)
                else:
                    faults.append(f"{source.shown(path)}:{source.line_of(path, (name,))}: {name}: has no `value`")
        except SpecError as error:
            faults.append(str(error))
    for path in sorted((folder / "streams").glob("*.sse")):
        try:
            value = {"summary": path.stem, "value": path.read_bytes().decode()}
        except (OSError, UnicodeError):
            faults.append(f"{source.shown(path)}:1: not UTF-8")
        else:
            found.setdefault(("streams", path.stem), _Example(value, (path.resolve(), ()), validator))
    return found


def _media(document: Json, tree: Tree) -> Iterator[tuple[Json, dict[str, Place]]]:
    """Every media type that shows examples, with the place in its family's file that each of them comes from."""
    for template, item in document["paths"].items():
        for method in (method for method in item if method in METHODS):
            parts: list[tuple[Any, Json]] = [(("requestBody",), item[method].get("requestBody", {}))]
            parts += [(("responses", status), part) for status, part in item[method]["responses"].items()]
            for pointer, part in parts:
                for name, medium in part.get("content", {}).items():
                    at = ("paths", template, method, *pointer, "content", name, "examples")
                    places = {known: tree.locate((*at, known)) for known in medium.get("examples", {})}
                    if places:
                        yield medium, places
