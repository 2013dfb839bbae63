from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from letta_contract.mock_server.json_schema import to_json_schema
from letta_contract.mock_server.violations import violations


def locs(schema: dict[str, Any], value: Any) -> Any:
    validator = Draft202012Validator(to_json_schema(schema))
    return [tuple(entry["loc"][1:]) for entry in violations(validator.iter_errors(value), "body")]


def variant(tag: Any, **properties: Any) -> Any:
    return {
        "type": "object",
        "required": ["type", *properties],
        "properties": {"type": {"type": "string", "enum": [tag]}, **properties},
    }


TEXT = variant("text", text={"type": "string"})
LINK = variant("link", url={"type": "string"}, depth={"type": "integer"})
NULL = {"type": "string", "nullable": True, "enum": [None]}
TAGGED = {"oneOf": [TEXT, LINK], "discriminator": {"propertyName": "type"}}


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "string", "nullable": True}, [None, "x"], [3]),
        ({"type": "string"}, ["x"], [None]),
        ({"type": "integer"}, [7, 7.0], [7.5, True, "7"]),
        ({"type": "integer", "minimum": 3, "exclusiveMinimum": True}, [4], [3]),
        ({"type": "integer", "minimum": 3, "exclusiveMinimum": False}, [3], [2]),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, [{"a": 1}], [{"a": "x"}]),
        ({"type": "object", "additionalProperties": False}, [{}], [{"a": 1}]),
        ({"allOf": [{"type": "integer"}, {"not": {"enum": [0]}}]}, [1], [0, "x"]),
        ({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "integer"}}]}, ["x", [1]], [["x"], 3]),
        ({"anyOf": [{"minimum": 3, "type": "integer"}, {"maximum": 1, "type": "integer"}]}, [0, 4], [2]),
        ({"anyOf": [TAGGED, NULL]}, [None, {"type": "text", "text": ""}], [3, {}, {"type": "text"}]),
        ({"type": "string", "description": "x", "example": 3, "x-level": "should"}, ["x"], [3]),
    ],
)
def test_demands_are_those_of_openapi(schema: dict[str, Any], good: Any, bad: Any) -> None:
    """What OpenAPI 3.0 lets pass passes, and nothing else does."""
    assert [value for value in good if locs(schema, value)] == []
    assert [value for value in bad if not locs(schema, value)] == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"type": "link", "depth": "x"}, [("url",), ("depth",)]),
        ({"type": "link", "url": 3, "depth": 1}, [("url",)]),
        ({"type": "film"}, [("type",)]),
        ({"text": "x"}, [("type",)]),
        ("x", [()]),
    ],
)
def test_tagged_union_names_the_culprit_in_the_variant_that_was_meant(value: Any, expected: Any) -> None:
    """Nothing is said of the variants that were not meant; without a known tag, the tag is the culprit."""
    assert sorted(locs(TAGGED, value)) == sorted(expected)


def test_union_is_chosen_by_json_type_first() -> None:
    """A fault deep in an array is not reported as "neither text nor array"."""
    schema = {"anyOf": [{"type": "string"}, {"type": "array", "items": TAGGED}, NULL]}
    assert locs(schema, ["x", {"type": "text"}]) == [(0,), (1, "text")]


def test_tag_that_may_be_left_out_is_read_where_it_is_given() -> None:
    """With the tag, its variant is judged; without it, the one that fits best."""
    plain = {
        "type": "object",
        "required": ["role"],
        "properties": {
            "type": {"type": "string", "nullable": True, "enum": ["plain", None]},
            "role": {"type": "string"},
        },
    }
    schema = {"anyOf": [plain, TEXT]}
    assert locs(schema, {"role": "x"}) == []
    assert locs(schema, {"type": None, "role": 3}) == [("role",)]
    assert locs(schema, {"type": "text", "role": "x"}) == [("text",)]
    assert locs(schema, {"type": "film", "role": "x"}) == [("type",)]
