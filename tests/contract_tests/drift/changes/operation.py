"""The operations that are changed, and the parts of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

COLLECTION = "/v1/conversations/"
ONE = "/v1/conversations/{conversation_id}"
MESSAGES = f"{ONE}/messages"
STREAM = f"{ONE}/stream"
CANCEL = f"{ONE}/cancel"
COMPACT = f"{ONE}/compact"

Changes = dict[str, tuple[str, str, Callable[[Any], Any], list[tuple[str, str, str, str]]]]
"""By what is changed: path, method, how, and each difference by its id, side, direction and severity."""


def parameter(operation: Any, name: str) -> Any:
    return next(one for one in operation["parameters"] if one["name"] == name)


def body(operation: Any) -> Any:
    return operation["requestBody"]["content"]["application/json"]


def answer(operation: Any, status: str = "200", media: str = "application/json") -> Any:
    return operation["responses"][status]["content"][media]


def create(operation: Any) -> Any:
    """The CreateConversation of its body, which may be null."""
    return body(operation)["schema"]["anyOf"][0]


def variants(operation: Any) -> Any:
    """The kinds of message that it lists."""
    return answer(operation)["schema"]["items"]["oneOf"]
