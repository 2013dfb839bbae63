"""The few things that every reader of a document takes for granted, checked when it is loaded."""

from __future__ import annotations

import re
from typing import Any

from . import source
from .errors import SpecError
from .references import Tree
from .source import Pointer

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_STATUS = re.compile(r"[1-5](?:[0-9]{2}|XX)|default")


def check(tree: Tree) -> None:
    """Raise SpecError, with file and line, where paths, operations, parameters or bodies are no such thing.

    So too for a status key that is none. All else is lint's business.
    """
    for template in _mapping(tree, ("paths",)):
        item = _mapping(tree, ("paths", template))
        _check_parameters(tree, ("paths", template))
        for method in METHODS:
            if method in item:
                _check_operation(tree, ("paths", template, method))


def _check_operation(tree: Tree, at: Pointer) -> None:
    operation = _mapping(tree, at)
    _check_parameters(tree, at)
    if "requestBody" in operation:
        _mapping(tree, (*at, "requestBody"))
        _check_content(tree, (*at, "requestBody"))
    if "responses" not in operation:
        raise _error(tree, at, "an operation without responses. Give it `responses:` with a status below it.")
    for status in _mapping(tree, (*at, "responses")):
        place = (*at, "responses", status)
        if str(status).startswith("x-"):
            continue
        if type(status) is int:
            raise _error(tree, place, f"status code {status} is no text. Quote it: '{status}'.", "status-codes")
        if not isinstance(status, str) or not _STATUS.fullmatch(status):
            raise _error(tree, place, f"{status!r} is no status code. Write one such as '404'.", "status-codes")
        _mapping(tree, place)
        _check_content(tree, place)


def _check_parameters(tree: Tree, at: Pointer) -> None:
    at = (*at, "parameters")
    if at[-1] not in _mapping(tree, at[:-1]):
        return
    parameters = tree.at(at)
    if not isinstance(parameters, list):
        raise _error(tree, at, "`parameters:` is no list. Write a `-` before each.")
    for index in range(len(parameters)):
        if not {"name", "in"} <= _mapping(tree, (*at, index)).keys():
            raise _error(tree, (*at, index), "a parameter without `name:` or `in:`. Give it both.")


def _check_content(tree: Tree, at: Pointer) -> None:
    if "content" in _mapping(tree, at):
        for media_type in _mapping(tree, (*at, "content")):
            _mapping(tree, (*at, "content", media_type))


def _mapping(tree: Tree, pointer: Pointer) -> dict[Any, Any]:
    value = tree.at(pointer)
    if not isinstance(value, dict):
        raise _error(tree, pointer, f"no `{pointer[-1]}:` with keys below it. Write it as OpenAPI 3.0 has it.")
    return value


def _error(tree: Tree, pointer: Pointer, message: str, rule: str = "document") -> SpecError:
    # A bad status is the key's fault, and the key may stand beside a $ref; all else is where that leads.
    place = tree.locate_key(pointer) if rule == "status-codes" else tree.locate(pointer)
    return SpecError(message, file=source.shown(place[0]), line=source.line_of(*place), rule=rule)
