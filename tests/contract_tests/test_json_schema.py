from __future__ import annotations

import json
from typing import Any

import pytest
from letta_contract.contract_tests.json_schema import Reading, breaches, is_should, translate, validator

REPLY, VALID, POSSIBLE = Reading
UUID = r"^a-[0-9a-f]{3}$"


def valid(schema: dict[str, Any], reading: Reading, value: Any) -> bool:
    return bool(validator(schema, reading).is_valid(value))


@pytest.mark.parametrize("reading", Reading)
@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        ({"type": "string", "nullable": True}, None, []),
        ({"type": "string"}, "a", None),
        ({"type": "string", "pattern": UUID}, "a-01f", "a-01f\n"),
        ({"type": "string", "pattern": UUID}, "a-01f", "a-01F"),
        ({"type": "string", "maxLength": 2}, "\U0001d538\U0001d538", "abc"),
        ({"type": "string", "enum": ["a", None], "nullable": True}, None, "b"),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1}, ["a"], []),
        ({"type": "array", "items": {"type": "string"}}, ["a"], ["a", {}]),
        ({"type": "object", "additionalProperties": {"enum": ["a"]}}, {"x": "a"}, {"x": "b"}),
        ({"type": "object", "additionalProperties": True}, {"x": "a"}, []),
        (
            {"allOf": [{"type": "object", "required": ["a"]}, {"type": "object", "required": ["b"]}]},
            {"a": 1, "b": 1},
            {},
        ),
        ({"type": "object", "not": {"type": "object", "required": ["a"]}}, {}, {"a": 1}),
        ({"oneOf": [{"type": "string"}, {"type": "array"}]}, "a", {}),
        ({"anyOf": [{"type": "object"}, {"type": "string", "nullable": True, "enum": [None]}]}, None, "a"),
        ({"type": "integer", "minimum": 0}, 3, -1),
        ({"type": "string", "format": "date-time"}, "2026-02-03T04:05:06Z", "tomorrow"),
    ],
)
def test_openapi_says_what_json_schema_says(schema: dict[str, Any], reading: Reading, right: Any, wrong: Any) -> None:
    """null, unions, patterns, bounds and formats mean the same in each reading."""
    assert valid(schema, reading, right)
    assert not valid(schema, reading, wrong)


def test_words_of_openapi_alone_are_left_out() -> None:
    """What is documentation, or ours, does not reach the validator."""
    schema = {
        "type": "string",
        "description": "d",
        "example": "e",
        "deprecated": True,
        "x-contract-level": "should",
        "default": "f",
        "discriminator": {"propertyName": "g"},
    }
    assert translate(schema, REPLY) == {"type": "string"}


COERCED = [
    ("integer", "7", 7),
    ("integer", " -7.0 ", 7),
    ("integer", True, 7),
    ("number", "1e400", 0.5),
    ("number", False, 0.5),
    ("number", "Infinity", 0.5),
    ("boolean", "yes", True),
    ("boolean", "OFF", True),
    ("boolean", 1, True),
    ("boolean", 0, False),
]


@pytest.mark.parametrize(("kind", "coercible", "plain"), COERCED)
def test_coercible_values_are_possible_but_not_valid(kind: str, coercible: Any, plain: Any) -> None:
    """What a lenient server coerces need not be accepted, and need not be refused."""
    found = [valid({"type": kind}, reading, coercible) for reading in (REPLY, VALID, POSSIBLE)]
    assert found == [False, False, True]
    assert all(valid({"type": kind}, reading, plain) for reading in Reading)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", "abc"),
        ("integer", "true"),
        ("integer", []),
        ("integer", 1.5),
        ("number", "12 apples"),
        ("boolean", "maybe"),
        ("boolean", 2),
        ("boolean", []),
        ("string", 7),
        ("object", "{}"),
        ("array", "[]"),
    ],
)
def test_impossible_values_are_none_in_any_reading(kind: str, value: Any) -> None:
    """What no coercion saves is wrong, however lenient a server is (TOL-10)."""
    assert [valid({"type": kind}, reading, value) for reading in Reading] == [False, False, False]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2026-02-03T04:05:06Z", [True, True, True]),
        ("2026-02-03T04:05:06.123+05:30", [True, True, True]),
        ("2026-02-03t04:05:06z", [True, False, True]),
        ("1969-12-31T23:59:59Z", [True, False, True]),
        ("2026-02-03T04:05:06.1234567Z", [True, False, True]),
        ("2026-02-03", [False, False, True]),
        ("1770000000", [False, False, True]),
        (1770000000, [False, False, True]),
        (True, [False, False, True]),
        ("soon", [False, False, False]),
        ([], [False, False, False]),
    ],
)
def test_dates_that_any_server_reads_are_valid(value: Any, found: list[bool]) -> None:
    """Dates at the edges of what RFC 3339 has are fine in answers, and free in requests."""
    schema = {"type": "string", "format": "date-time"}
    assert [valid(schema, reading, value) for reading in (REPLY, VALID, POSSIBLE)] == found


def test_should_property_may_be_unknown() -> None:
    """A server that lacks a SHOULD ignores its value, so that nothing in it must be refused."""
    schema = {
        "type": "object",
        "properties": {"a": {"type": "integer", "x-contract-level": "should"}, "b": {"type": "integer"}},
    }
    assert [valid(schema, reading, {"a": []}) for reading in (REPLY, VALID, POSSIBLE)] == [False, False, True]
    assert not valid(schema, POSSIBLE, {"b": []})
    assert is_should(schema["properties"]["a"])  # type: ignore[index]
    assert not is_should(schema["properties"]["b"])  # type: ignore[index]


UNION = {
    "oneOf": [
        {"type": "object", "properties": {"t": {"enum": ["a"]}, "n": {"type": "object"}}, "required": ["t", "n"]},
        {
            "type": "object",
            "properties": {"t": {"enum": ["b"]}, "n": {"type": "object"}},
            "required": ["t", "n"],
            "x-contract-level": "should",
        },
        {"type": "string", "enum": ["s"], "x-contract-level": "should"},
    ]
}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"t": "a", "n": {}}, [True, True, True]),
        ({"t": "a", "n": 1}, [False, False, False]),
        ({"t": "b", "n": {}}, [True, False, True]),
        ({"t": "b", "n": 1}, [False, False, True]),
        ({"t": "b"}, [False, False, True]),
        ({"n": {}}, [False, False, False]),
        ({"t": "c", "n": {}}, [False, False, False]),
        ("s", [True, False, True]),
    ],
)
def test_should_variant_may_be_unknown(value: Any, found: list[bool]) -> None:
    """A variant that is only a SHOULD need not be accepted, and nothing in it but its tag is judged."""
    assert [valid(UNION, reading, value) for reading in (REPLY, VALID, POSSIBLE)] == found


def test_each_reading_goes_all_the_way_down() -> None:
    """Items, properties, further properties and members of unions are read as their parent is."""
    leaf = {"type": "integer"}
    schema = {
        "type": "object",
        "properties": {"a": {"type": "array", "items": {"anyOf": [{"type": "object", "additionalProperties": leaf}]}}},
    }
    value = {"a": [{"b": "7"}]}
    assert [valid(schema, reading, value) for reading in (REPLY, VALID, POSSIBLE)] == [False, False, True]


def test_breaches_say_what_and_where() -> None:
    """Each breach has a message and the way to it."""
    (breach,) = breaches(validator({"type": "object", "properties": {"a": {"type": "integer"}}}, REPLY), {"a": "x"})
    assert (breach.message, list(breach.instance_path)) == ('"x" is not of type "integer"', ["a"])


def test_breach_with_half_a_character_is_told() -> None:
    """A lone surrogate, which no message could hold, does not hide what is wrong."""
    (breach,) = breaches(validator({"type": "string", "maxLength": 1}, REPLY), json.loads('"\\ud800x"'))
    assert breach.message == '"?x" is longer than 1 character'
