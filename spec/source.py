"""The split document as files: what they say, and on which line they say it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from .errors import SpecError

Pointer = tuple[str | int, ...]

ROOT = Path(__file__).parent
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc]  # libyaml where it is there, so known only at run time
    """YAML with JSON's scalars: a date stays a string, and only true and false are booleans."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in _SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def read(path: Path) -> Any:
    """What one file of the document says, as JSON values.

    Raises SpecError, with file and line, where it is missing or not YAML.
    """
    try:
        return yaml.load(path.read_bytes(), _Loader)  # noqa: S506  # a safe loader, only stricter
    except OSError as error:
        raise SpecError(f"{shown(path)}: {error.strerror}. Give the path of an OpenAPI document.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{shown(path)}:{mark.line + 1}" if mark else shown(path)
        problem = getattr(error, "problem", None) or str(error)
        raise SpecError(f"{place}: not YAML: {problem}. Mend this line.") from error


def line_of(path: Path, pointer: Pointer) -> int:
    """The line, from 1, on which the value at `pointer` begins in a file; of the nearest parent where it has none."""
    node = yaml.compose(path.read_bytes(), _Loader)
    line = 1
    for step in pointer:
        if isinstance(node, yaml.MappingNode):
            entry = next((pair for pair in node.value if pair[0].value == str(step)), None)
            if entry is None:
                break
            line, node = entry[0].start_mark.line + 1, entry[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def shown(path: Path) -> str:
    """A file's name as messages give it: from the document's own folder, else whole."""
    try:
        return path.resolve().relative_to(ROOT.parent.resolve()).as_posix()
    except ValueError:
        return str(path)
