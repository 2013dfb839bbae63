"""The split document as files: what they say, and on which line they say it."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from .errors import SpecError

Pointer = tuple[str | int, ...]

ROOT = Path(__file__).parent
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"


class _Loader(_SafeLoader):  # type: ignore[misc]  # libyaml where it is there, so known only at run time
    """YAML with JSON's scalars (a date, `yes` or `12:30` stays a string), in which no key stands twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        seen: dict[str, Any] = {}
        for key, _ in node.value:
            # Keys from elsewhere were merged in, and may be overridden.
            if isinstance(key, yaml.ScalarNode) and node.start_mark.index <= key.start_mark.index < node.end_mark.index:
                first = seen.setdefault(key.value, key)
                if first is not key:
                    problem = f"the key {key.value!r} stands on line {first.start_mark.line + 1} already"
                    raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


_Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"null|~|", ["n", "~", ""]),
    ("bool", r"true|false", ["t", "f"]),
    ("int", r"-?(?:0|[1-9][0-9]*)", list("-0123456789")),
    ("float", r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", list("-0123456789")),
    ("merge", r"<<", ["<"]),
):
    _Loader.add_implicit_resolver(_TAG + tag, re.compile(f"^(?:{pattern})$"), first)
_Loader.yaml_constructors = {
    tag: construct
    for tag, construct in _SafeLoader.yaml_constructors.items()
    if tag is None or tag.removeprefix(_TAG) in {"null", "bool", "int", "float", "str", "seq", "map"}
}


def read(path: Path) -> Any:
    """What one file of the document says: a mapping or a list of JSON values.

    Raises SpecError, with file and line, where it is missing or not such YAML.
    """
    try:
        value = _parsed(path, path.read_bytes())
    except OSError as error:
        raise SpecError(f"{error.strerror}. Give the path of an OpenAPI document.", file=shown(path)) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        raise SpecError(
            f"not YAML as we read it: {problem}. Mend this line.",
            file=shown(path),
            line=mark.line + 1 if mark else 1,
            rule="yaml",
        ) from error
    except RecursionError as error:
        raise SpecError("nested too deeply. Take some levels out.", file=shown(path), rule="yaml") from error
    if not isinstance(value, dict | list):
        raise SpecError(
            "holds neither keys nor a list. Write `key: value` lines into it.", file=shown(path), rule="yaml"
        )
    return value


def _parsed(path: Path, text: bytes) -> Any:
    if path.suffix == ".json":
        try:
            return json.loads(text, object_pairs_hook=_unique)
        except ValueError:
            pass  # the reader below finds the line
    return yaml.load(text, _Loader)  # noqa: S506  # a safe loader, only stricter


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise ValueError("a key stands twice")
    return mapping


def line_of(path: Path, pointer: Pointer) -> int:
    """The line, from 1, on which the value at `pointer` begins in a file; of the nearest parent where it has none."""
    node = _node(path, path.stat().st_mtime_ns)
    line = 1
    for step in pointer:
        if isinstance(node, yaml.MappingNode):
            key = step if isinstance(step, str) else json.dumps(step)
            entry = next((pair for pair in node.value if pair[0].value == key), None)
            if entry is None:
                break
            line, node = entry[0].start_mark.line + 1, entry[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


@lru_cache(maxsize=64)
def _node(path: Path, _changed: int) -> Any:
    return yaml.compose(path.read_bytes(), _Loader)


def shown(path: Path) -> str:
    """A file's name as messages give it: from the contract's folder or the current one if it is below, else whole."""
    resolved = path.resolve()
    for folder in (ROOT.parent.resolve(), Path.cwd()):
        if resolved.is_relative_to(folder):
            return resolved.relative_to(folder).as_posix()
    return str(path)
