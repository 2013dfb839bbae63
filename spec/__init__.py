"""The contract: one hand-maintained OpenAPI document, resolved once for every consumer."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from . import references, source
from .errors import LettaContractError, SpecError
from .operation import Level, Operation, Schema

__all__ = [  # noqa: RUF022  # grouped by what they are for
    # The document
    "ROOT",
    "load",
    "operations",
    # What it is made of
    "Level",
    "Operation",
    "Schema",
    # Errors
    "LettaContractError",
    "SpecError",
]

ROOT = source.ROOT / "openapi.yaml"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def load(path: Path = ROOT) -> dict[str, Any]:
    """The whole document with every `$ref` replaced by a copy of its own, so that a consumer may change what it got.

    Nothing is fetched from a network, and nothing is validated: that is `letta-contract spec lint`.
    Raises SpecError, with file and line, for a file that is not YAML, a `$ref` that leads nowhere, a cycle, or a
    status code that is not a string.
    """
    document: dict[str, Any] = json.loads(_resolved(path.resolve()))
    return document


def operations(document: dict[str, Any], path: Path = ROOT) -> list[Operation]:
    """Every operation of a loaded document, in its order; `path` is where it came from, for their source lines."""
    return [
        Operation(
            id=raw["operationId"],
            method=method.upper(),
            path=template,
            level=raw.get("x-contract-level", "must"),
            source=_source(path, template, method),
            raw={**raw, "parameters": [*item.get("parameters", ()), *raw.get("parameters", ())]},
        )
        for template, item in document["paths"].items()
        for method, raw in item.items()
        if method in METHODS
    ]


@cache
def _resolved(root: Path) -> str:
    """The resolved document as JSON: reading that again is the fastest deep copy."""
    from prance.util.resolver import RefResolver
    from prance.util.url import absurl, urlresource

    read = references.files(root)
    for path, content in read.items():
        _check_statuses(path, content)
    # prance reads YAML in pure Python; it takes from this cache what libyaml has read already.
    known = {(urlresource(absurl(str(path))), True): content for path, content in read.items()}
    resolver = RefResolver(read[root], str(root), reference_cache=known)
    resolver.resolve_references()
    return json.dumps(resolver.specs)


def _check_statuses(path: Path, value: Any, place: source.Pointer = ()) -> None:
    if isinstance(value, dict):
        for key, child in value.items():
            if place[-1:] == ("responses",) and not isinstance(key, str):
                line = source.line_of(path, (*place, key))
                raise SpecError(f"{source.shown(path)}:{line}: status code {key} is a number. Quote it: '{key}'.")
            _check_statuses(path, child, (*place, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            _check_statuses(path, child, (*place, index))


@cache
def _source(root: Path, template: str, method: str) -> str:
    reference = source.read(root)["paths"][template].get("$ref")
    path = root.parent / reference if reference else root
    pointer = (method,) if reference else ("paths", template, method)
    return f"{source.shown(path)}:{source.line_of(path, pointer)}"
