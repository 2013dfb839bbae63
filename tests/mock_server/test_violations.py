from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from letta_contract.mock_server.violations import violations


def entries(schema: dict[str, Any], value: Any) -> Any:
    return violations(Draft202012Validator(schema).iter_errors(value), "query")


@pytest.mark.parametrize(
    ("schema", "value", "type_"),
    [
        ({"maxLength": 1}, "xx", "string_too_long"),
        ({"minLength": 3}, "xx", "string_too_short"),
        ({"pattern": "^a$"}, "x", "string_pattern_mismatch"),
        ({"enum": ["a", None]}, "x", "enum"),
        ({"minItems": 1}, [], "too_short"),
        ({"maxItems": 0}, [1], "too_long"),
        ({"minimum": 1}, 0, "greater_than_equal"),
        ({"exclusiveMaximum": 1}, 1, "less_than"),
        ({"multipleOf": 2}, 3, "multiple_of"),
        ({"type": "integer"}, "x", "int_type"),
        ({"type": ["null", "boolean"]}, 3, "bool_type"),
        ({"type": "null"}, 3, "none_required"),
        ({"not": {"type": "string"}}, "x", "value_error"),
        ({"oneOf": [{"type": "string"}, {"minLength": 1}]}, "x", "one_of"),
    ],
)
def test_types_are_names_for_programs(schema: dict[str, Any], value: Any, type_: str) -> None:
    """Each kind of violation has a name of its own, and words for people."""
    (entry,) = entries(schema, value)
    assert (entry["loc"], entry["type"]) == (["query"], type_)
    assert entry["msg"]


def test_loc_holds_list_indices_as_numbers() -> None:
    """The place of an item is a number, and a missing field is named."""
    schema = {"properties": {"a": {"items": {"required": ["b"]}}}}
    assert entries(schema, {"a": [{"b": 1}, {}]}) == [
        {"loc": ["query", "a", 1, "b"], "msg": "Field required", "type": "missing"}
    ]


def test_union_speaks_for_the_variant_that_fits_best() -> None:
    """Of two variants, the one whose own fields are there is the one that was meant."""
    variants = [{"required": ["x"]}, {"required": ["y"], "properties": {"y": {"type": "string"}}}]
    assert [entry["loc"] for entry in entries({"anyOf": variants}, {"y": 3})] == [["query", "y"]]


def test_violation_that_two_demands_share_is_one_entry() -> None:
    """What is said twice is reported once."""
    schema = {"properties": {"a": {"type": "string"}}, "allOf": [{"properties": {"a": {"type": "string"}}}]}
    assert len(entries(schema, {"a": 3})) == 1
