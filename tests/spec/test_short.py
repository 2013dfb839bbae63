from __future__ import annotations

from typing import Any

import pytest
from letta_contract.spec import short

NULL = {"type": "string", "nullable": True, "enum": [None]}


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "nullable": True}, "string | null"),
        ({"type": "string", "format": "date-time", "nullable": True}, "string (date-time) | null"),
        ({"type": "string", "enum": ["asc", "desc"]}, "asc | desc"),
        ({"type": "string", "nullable": True, "enum": ["asc", None]}, "asc | null"),
        ({"enum": [1, True]}, "1 | true"),
        ({"type": "array", "items": {"type": "integer"}}, "array of integer"),
        ({"type": "array", "items": {"enum": ["a", "b"]}, "nullable": True}, "array of (a | b) | null"),
        ({"type": "array"}, "array of any"),
        ({"anyOf": [{"type": "string"}, NULL]}, "string | null"),
        ({"anyOf": [{"type": "string"}, {"type": "array", "items": {}}]}, "string | array of any"),
        ({"anyOf": [{"type": "object"}, {"type": "object"}]}, "object"),
        ({"oneOf": [{}, {}], "discriminator": {"propertyName": "type"}}, "2 kinds by type"),
        ({"allOf": [{"properties": {"a": {}}}]}, "object"),
        ({}, "any"),
        (
            {"enum": [f"a-long-value-{n}" for n in range(9)]},
            "a-long-value-0 | a-long-value-1 | a-long-value-2 | … (9 values)",
        ),
    ],
)
def test_a_type_is_told_in_a_few_words(schema: dict[str, Any], text: str) -> None:
    """A schema's type is what a person would write beside the field's name."""
    assert short.type_of(schema) == text


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({}, ""),
        ({"minLength": 1, "maxLength": 42}, "1 to 42 characters"),
        ({"minLength": 41, "maxLength": 41, "pattern": "^conv-"}, "41 characters, matches ^conv-"),
        ({"minimum": 0}, "≥ 0"),
        ({"maximum": 9, "default": 3}, "≤ 9, default 3"),
        ({"minItems": 1, "default": None}, "≥ 1 items, default null"),
        ({"default": True}, "default true"),
        ({"default": "desc"}, "default desc"),
    ],
)
def test_limits_are_told_in_a_few_words(schema: dict[str, Any], text: str) -> None:
    """Bounds, pattern and default follow the type."""
    assert short.limits_of(schema) == text


def test_fields_are_found_in_every_part() -> None:
    """The fields of an object are those of its own and of its parts, each with whether it is required there."""
    one, two = {"type": "string"}, {"type": "integer"}
    schema = {
        "properties": {"a": one},
        "anyOf": [{"required": ["b"], "properties": {"a": two, "b": two}}, {"allOf": [{"properties": {"c": one}}]}],
    }
    assert short.fields_of(schema) == {"a": (one, False), "b": (two, True), "c": (one, False)}
