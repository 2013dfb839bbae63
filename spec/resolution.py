"""The split document made one, by prance, which nothing else here uses."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import references, shape
from .external import External
from .references import Place, Tree


@dataclass(frozen=True)
class Resolution:
    """A document with no `$ref` left: `shared` holds one object for every use of a `$ref`, `text` is its JSON."""

    tree: Tree
    shared: dict[str, Any]
    text: str
    stamps: dict[Path, int]


_resolutions: dict[Path, Resolution] = {}


def resolve(root: Path) -> Resolution:
    """Read and resolve a document; once, until one of its files changes.

    Nothing is fetched from a network. Raises SpecError, with file and line, for what cannot be resolved.
    """
    root = root.resolve()
    known = _resolutions.get(root)
    if known and known.stamps == _stamps(known.stamps):
        return known
    tree = references.follow(root)
    shape.check(tree)
    external = External()
    files = {path: _prepared(tree, external, (path, ()), content) for path, content in tree.files.items()}
    shared = _resolved(root, files)
    stamps = _stamps([*tree.files, *external.files])
    resolution = _resolutions[root] = Resolution(tree, shared, json.dumps(shared), stamps)
    return resolution


def _prepared(tree: Tree, external: External, place: Place, value: Any) -> Any:
    """A copy in which each `$ref` is absolute and each `externalValue` has become the `value` that it names."""
    path, pointer = place
    if place in tree.goals:
        goal, steps = tree.goals[place]
        fragment = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
        return {"$ref": f"{goal.as_uri()}#{fragment}"}
    if isinstance(value, dict):
        return {
            key: _prepared(tree, external, (path, (*pointer, key)), child)
            for key, child in external.inlined(place, value).items()
        }
    if isinstance(value, list):
        return [_prepared(tree, external, (path, (*pointer, index)), child) for index, child in enumerate(value)]
    return value


def _resolved(root: Path, files: dict[Path, Any]) -> dict[str, Any]:
    from prance.util.resolver import RefResolver  # type: ignore[import-untyped]
    from prance.util.url import absurl, urlresource  # type: ignore[import-untyped]

    # prance reads YAML in pure Python; it takes from this cache what libyaml has read already.
    cache = {(urlresource(absurl(path.as_uri())), True): content for path, content in files.items()}
    resolver = RefResolver(files[root], root.as_uri(), reference_cache=cache)
    resolver.resolve_references()
    document: dict[str, Any] = resolver.specs
    return document


def _stamps(paths: Iterable[Path]) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns if path.exists() else 0 for path in paths}
