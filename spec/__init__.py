"""The contract: one hand-maintained OpenAPI document, resolved once for every consumer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from . import resolution, source
from .errors import LettaContractError, SpecError
from .event_stream import EventStream, for_schemathesis
from .operation import Level, Operation, Schema
from .shape import METHODS
from .when import media_type_for

__all__ = [  # noqa: RUF022  # grouped by what they are for
    # The document
    "ROOT",
    "load",
    "operations",
    # What it is made of
    "EventStream",
    "Level",
    "Operation",
    "Schema",
    # What its extensions mean
    "for_schemathesis",
    "media_type_for",
    # Errors
    "LettaContractError",
    "SpecError",
]

ROOT = source.ROOT / "openapi.yaml"


def load(path: Path = ROOT) -> dict[str, Any]:
    """The whole document with every `$ref` replaced by a copy of its own, so that a consumer may change what it got.

    An example's `externalValue` has become the `value` that it names. Nothing is fetched from a network, and nothing
    is validated: that is `letta-contract spec lint`. Raises SpecError, with file and line, for a file that is not YAML,
    a key that stands twice, a `$ref` that leads nowhere or to a network, a cycle, and a status code that is none.
    """
    document: dict[str, Any] = json.loads(resolution.resolve(path).text)
    return document


def operations(document: dict[str, Any], path: Path = ROOT) -> list[Operation]:
    """Every operation of a loaded document, in its order; `path` is where it came from, for their source lines."""
    tree = resolution.resolve(path).tree
    return [
        Operation.of(template, method, item, "{}:{}".format(*tree.shown(("paths", template, method))))
        for template, item in document["paths"].items()
        for method in item
        if method in METHODS
    ]
