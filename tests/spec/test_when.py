from __future__ import annotations

from typing import Any

import pytest
from letta_contract.spec import Operation, SpecError, load, media_type_for, operations

STREAM, JSON = "text/event-stream", "application/json"


def operation(content: dict[str, Any], schema: dict[str, Any] | None = None) -> Operation:
    raw: dict[str, Any] = {"responses": {"200": {"content": content}}}
    if schema:
        raw["requestBody"] = {"content": {JSON: {"schema": schema}}}
    return Operation.of("/x", "post", {"post": raw}, "x.yaml:1")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"streaming": True}, STREAM),
        ({"streaming": False}, JSON),
        ({}, STREAM),
        ({"streaming": None}, STREAM),
        (None, STREAM),
        ([], STREAM),
    ],
)
def test_the_streaming_flag_picks_the_media_type(body: Any, expected: str) -> None:
    """A turn streams unless `streaming` is false; absent and null are as the default."""
    send = next(found for found in operations(load()) if found.id == "send_conversation_message")
    assert media_type_for(send, body) == expected


def test_a_default_is_found_in_any_part_of_the_body() -> None:
    """The default may be that of one variant of a union, such as the body or null."""
    content = {STREAM: {"x-when": {"body": "s", "is": True}}, JSON: {"x-when": {"body": "s", "is": False}}}
    schema = {"anyOf": [{"allOf": [{"properties": {"s": {"default": False}}}]}, {"enum": [None]}]}
    assert media_type_for(operation(content, schema), None) == JSON


def test_one_is_not_true() -> None:
    """JSON's 1 is no true: it does not meet a condition that says true."""
    content = {JSON: {}, STREAM: {"x-when": {"body": "s", "is": True}}}
    assert [media_type_for(operation(content), {"s": value}) for value in (True, 1)] == [STREAM, JSON]


def test_a_condition_that_cannot_be_read_is_an_error() -> None:
    """A broken x-when is one readable error, not a traceback."""
    with pytest.raises(SpecError, match="spec lint"):
        media_type_for(operation({JSON: {"x-when": {"body": "s"}}}), {})


def test_without_conditions_it_is_the_first() -> None:
    """An operation whose media types have no condition answers in the first of them."""
    assert media_type_for(operation({JSON: {}, STREAM: {}}), {}) == JSON
    with pytest.raises(LookupError):
        media_type_for(operation({}), {})
