"""Values on both sides of every constraint."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.variation import Variations

_CONTRACT = Contract()
_WITH_BODY = [operation for operation in _CONTRACT.operations.values() if operation.body_schema is not None]


def _of(schema: dict[str, Any]) -> dict[str, Any]:
    return {variation.label: variation.value for variation in Variations().of(schema)}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 1},
        {"type": "string", "enum": ["a", "b"]},
        {"type": "boolean"},
        {"type": "array", "items": {"type": "string"}},
        {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
        {"oneOf": [_object(kind={"type": "string", "enum": ["x"]}) | {"required": ["kind"]}]},
    ],
    ids=lambda schema: schema.get("type", "union"),
)
def test_both_sides_are_tried(schema: dict[str, Any]) -> None:
    """Of every kind of schema there are values that fit and values that do not."""
    valid = jsonschema_rs.validator_for(schema)
    fitting = [valid.is_valid(value) for value in _of(schema).values()]
    assert any(fitting)
    assert not all(fitting)


def test_bounds_are_tried_on_the_bound() -> None:
    """A minimum is tried itself, and the number below it."""
    values = _of({"type": "integer", "minimum": 5}).values()
    assert 5 in values
    assert 4 in values


def test_every_enum_value_and_one_more() -> None:
    """Each value of an enum is tried, and one that is none of it."""
    assert {"a", "b", "no-such-value"} <= {
        v for v in _of({"type": "string", "enum": ["a", "b"]}).values() if isinstance(v, str)
    }


def test_null_is_tried_on_every_field() -> None:
    """Null is tried on each field, whether it is allowed there or not, also where fields are alike."""
    text = {"type": "string"}
    tried = _of(_object(one=text, two=text, three={"type": "string", "nullable": True}))
    assert {"one: null", "two: null", "three: null"} <= set(tried)


def test_a_required_field_is_left_out() -> None:
    """What is required is left out once."""
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}
    assert _of(schema)["a: missing"] == {}


def test_what_was_varied_on_another_operation_is_tried_little() -> None:
    """A schema that an earlier operation had gets fewer values, a wrong one among them."""
    schema = _object(a={"type": "integer", "minimum": 1}, b={"type": "boolean"})
    variations = Variations()
    first, second = list(variations.of(schema)), list(variations.of(schema))
    assert len(second) < len(first)
    valid = jsonschema_rs.validator_for(schema)
    assert not all(valid.is_valid(one.value) for one in second)


def test_nothing_is_tried_twice() -> None:
    """No value comes twice in one body."""
    for operation in _WITH_BODY:
        values = [repr(one.value) for one in Variations().of(operation.body_schema or {})]
        assert len(values) == len(set(values)), operation.id


def _text(*values: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


def test_an_enum_is_tried_with_a_value_of_another_of_its_name() -> None:
    """Where two enums of one name differ, what only the other has is tried: a server may know one list for both."""
    schema = {"type": "array", "items": {"anyOf": [_object(effort=_text("a", "b")), _object(effort=_text("a", "c"))]}}
    values = [one.value for one in Variations().of(schema)]
    assert {"effort": "c"} in [item for value in values if isinstance(value, list) for item in value]


def test_a_union_is_tried_with_a_variant_of_one_like_it() -> None:
    """Where two unions share a variant, what only the other has is tried."""

    def variant(tag: str) -> dict[str, Any]:
        return _object(kind=_text(tag)) | {"required": ["kind"]}

    def union(*kinds: str) -> dict[str, Any]:
        return {"discriminator": {"propertyName": "kind"}, "oneOf": list(map(variant, kinds))}

    values = [one.value for one in Variations().of(_object(one=union("x"), two=union("x", "y")))]
    assert {"one": {"kind": "y"}} in values
    values = [one.value for one in Variations().of(_object(one=union("x"), two=union("z", "y")))]
    assert {"one": {"kind": "y"}} not in values


def test_a_union_is_varied_inside_on_two_more_operations() -> None:
    """Elsewhere each variant is tried whole, with the last values of enums; twice also with what is wrong inside."""
    kind = {"type": "string", "enum": ["x"]}
    union = {
        "oneOf": [_object(kind=kind, level={"type": "string", "enum": ["low", "high"]}) | {"required": ["kind"]}],
        "discriminator": {"propertyName": "kind"},
    }
    variations = Variations()
    first, second, third, fourth = (
        {one.label: one.value for one in variations.of(_object(settings=union))} for _ in range(4)
    )
    wrong = "settings.level: no value of it, x"
    assert wrong not in first
    assert second["settings: x"] == {"settings": {"kind": "x", "level": "high"}}
    assert second[wrong] == third[wrong] == {"settings": {"kind": "x", "level": "no-such-value"}}
    assert fourth["settings: x"] == second["settings: x"]
    assert wrong not in fourth


def test_each_place_of_a_schema_gets_something_wrong() -> None:
    """A schema at a second place of a body is tried with what is wrong there, too, told apart from what is new."""
    inner = _object(a={"type": "integer"}, b={"type": "boolean"})
    tried = {one.label: one for one in Variations().of(_object(one=inner, two=inner))}
    assert not tried["one.b: a string"].again
    assert tried["two.b: a string"].again


def test_each_operation_tries_each_field() -> None:
    """A schema of an earlier operation is tried field by field: what fits, and what does not."""
    schema = _object(a={"type": "integer"}, b=_text("x", "y"))
    variations = Variations()
    list(variations.of(schema))
    tried = {one.label for one in variations.of(schema)}
    assert {"a: a fraction", "b: no value of it", "b: a number", 'b: "x"', 'b: "y"'} <= tried
