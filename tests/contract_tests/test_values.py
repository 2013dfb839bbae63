"""Values of one schema, fitting and not."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from letta_contract.contract_tests.values import Variation, each_wrong, fitting, of_other_types, one_wrong, unfitting

_SCALARS: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": "string", "enum": ["a", "b"]},
    {"type": "integer", "minimum": 1},
    {"type": "number"},
    {"type": "boolean"},
    {"type": "object"},
]


@pytest.mark.parametrize("schema", _SCALARS, ids=str)
def test_what_fits_is_valid_and_nothing_else_is(schema: dict[str, Any]) -> None:
    """Values are on the side of the constraint on which they are said to be."""
    valid = jsonschema_rs.validator_for(schema)
    assert all(valid.is_valid(one.value) for one in fitting(schema))
    assert not any(valid.is_valid(one.value) for one in (*unfitting(schema), *of_other_types(schema)))


def test_null_is_wrong_unless_it_is_allowed() -> None:
    """Null is among what fits where a schema allows it, and else among what does not."""
    schema = {"type": "string", "nullable": True}
    assert None in [one.value for one in fitting(schema)]
    assert None not in [one.value for one in one_wrong(schema)]
    assert None in [one.value for one in one_wrong({"type": "string"})]


def test_each_field_is_wrong_once_in_a_whole_that_fits_elsewhere() -> None:
    """At any depth, every field but the tag has one wrong value, beside what is required."""
    inner = {"type": "object", "properties": {"budget": {"type": "integer"}}}
    schema = {
        "type": "object",
        "required": ["name"],
        "properties": {
            "kind": {"type": "string", "enum": ["x"]},
            "name": {"type": "string"},
            "level": {"type": "string", "enum": ["low", "high"]},
            "inner": inner,
        },
    }
    found = {one.pointer: one.value for one in each_wrong(schema)}
    assert found == {
        ("name",): {"kind": "x", "name": 1.5},
        ("level",): {"kind": "x", "name": "text", "level": "no-such-value"},
        ("inner", "budget"): {"kind": "x", "name": "text", "inner": {"budget": "abc"}},
    }


def test_label_says_where_and_how() -> None:
    """A variation is named by its place, if it has one, and by what was done."""
    assert Variation(("messages", 0), "a number", None).label == "messages.0: a number"
    assert Variation((), "null", None).label == "null"
