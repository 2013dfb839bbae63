"""The few things that every reader of a document takes for granted, checked when it is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from . import source
from .errors import SpecError
from .references import Tree
from .source import Pointer

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_STATUS = re.compile(r"[1-5](?:[0-9]{2}|XX)|default")


def check(tree: Tree) -> None:
    """Raise SpecError, with file and line, for a document without paths or responses, and for a bad status key."""
    for pointer, operation in _operations(tree):
        responses = operation.get("responses")
        if not isinstance(responses, dict) or not responses:
            raise _error(tree, pointer, "an operation without responses. Give it `responses:` with a status below it.")
        at = (*pointer, "responses")
        for status, response in _mapping(tree, at).items():
            if str(status).startswith("x-"):
                continue
            if type(status) is int:
                raise _error(
                    tree, (*at, status), f"status code {status} is no text. Quote it: '{status}'.", "status-codes"
                )
            if not isinstance(status, str) or not _STATUS.fullmatch(status):
                raise _error(
                    tree, (*at, status), f"{status!r} is no status code. Write one such as '404'.", "status-codes"
                )
            if not isinstance(response, dict):
                raise _error(tree, (*at, status), "a response that is no mapping. Give it `description:` at least.")


def _operations(tree: Tree) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    for template in _mapping(tree, ("paths",)):
        item = _mapping(tree, ("paths", template))
        for method in METHODS:
            if method in item:
                pointer = ("paths", template, method)
                yield pointer, _mapping(tree, pointer)


def _mapping(tree: Tree, pointer: Pointer) -> dict[Any, Any]:
    value = tree.at(pointer)
    if not isinstance(value, dict):
        raise _error(tree, pointer, f"no `{pointer[-1]}:` with keys below it. Write it as OpenAPI 3.0 has it.")
    return value


def _error(tree: Tree, pointer: Pointer, message: str, rule: str = "document") -> SpecError:
    place = tree.locate_key(pointer)
    return SpecError(message, file=source.shown(place[0]), line=source.line_of(*place), rule=rule)
