from __future__ import annotations

from typing import Any

import pytest
from letta_contract.spec.validation import Validator

NULL = {"type": "string", "nullable": True, "enum": [None]}
CAT = {
    "type": "object",
    "required": ["kind", "lives"],
    "properties": {"kind": {"type": "string", "enum": ["cat"]}, "lives": {"type": "integer"}},
}
DOG = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": ["dog"]}}}
PET = {"oneOf": [CAT, DOG], "discriminator": {"propertyName": "kind"}}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "format": "date-time"}, "2026-01-02T03:04:05+01:00"),
        ({"type": "string", "nullable": True}, None),
        ({"anyOf": [PET, NULL]}, None),
        ({"anyOf": [PET, NULL]}, {"kind": "cat", "lives": 9}),
        ({"type": "object", "properties": {"discriminator": {"type": "string"}}}, {"discriminator": "x"}),
    ],
)
def test_valid_values_are_valid(schema: dict[str, Any], value: Any) -> None:
    """Nulls and tagged unions are read as OpenAPI 3.0 means them, without any $ref for a discriminator to follow."""
    assert Validator().problem(schema, value) is None


@pytest.mark.parametrize(
    ("schema", "value", "problem"),
    [
        ({"type": "string", "format": "date-time"}, "yesterday", "'yesterday' is not a 'date-time'"),
        ({"type": "string", "format": "date-time"}, "2026-01-02", "'2026-01-02' is not a 'date-time'"),
        ({"type": "string"}, None, "None for not nullable"),
        ({"type": "array", "items": PET}, [{"kind": "cat", "lives": "9"}], "[0].lives: '9' is not of type 'integer'"),
        ({"anyOf": [PET, NULL]}, {"kind": "cat"}, "'lives' is a required property"),
        ({"properties": {"a": {"anyOf": [CAT, NULL]}}}, {"a": {"kind": "cat"}}, "a: 'lives' is a required property"),
        (PET, {"kind": "cow"}, "{'kind': 'cow'} is not valid under any of the given schemas"),
        (
            {"type": "object", "properties": {"discriminator": {"type": "string"}}},
            {"discriminator": 1},
            "discriminator:",
        ),
    ],
)
def test_what_is_wrong_is_told_for_the_variant_that_is_meant(schema: dict[str, Any], value: Any, problem: str) -> None:
    """Below a union it is the variant whose tag or type the value has that is spoken of, and where in the value."""
    found = Validator().problem(schema, value)
    assert found is not None
    assert found.startswith(problem)


def test_long_messages_are_cut() -> None:
    """A message holds no more than a glimpse of a long value."""
    found = Validator().problem({"type": "integer"}, "x" * 10_000)
    assert found is not None
    assert len(found) == 160
