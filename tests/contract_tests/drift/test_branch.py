from __future__ import annotations

from typing import Any

import pytest
from letta_contract.contract_tests.drift.branch import branches
from letta_contract.contract_tests.drift.document import Document
from letta_contract.contract_tests.drift.wording import types


def meaning(schema: Any, **definitions: Any) -> list[Any]:
    """What a schema allows, without where it stands."""
    document = Document({"schema": schema, "$defs": definitions}, "")
    return [
        (one.kind, dict(one.bounds), one.values, sorted(one.fields), sorted(one.required), one.closed, bool(one.extra))
        for one in sorted(branches((document.top.below("schema"),)), key=lambda one: one.kind)
    ]


TEXT = {"type": "string"}
NULL = {"type": "null"}
OBJECT = {"type": "object", "properties": {"a": TEXT}, "required": ["a"]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({**TEXT, "nullable": True}, {"anyOf": [TEXT, NULL]}),
        ({**TEXT, "nullable": True}, {"type": ["string", "null"]}),
        ({**TEXT, "nullable": True, "enum": ["a", None]}, {"anyOf": [{"const": "a"}, NULL]}),
        ({**TEXT, "nullable": True, "enum": [None]}, NULL),
        ({"nullable": True, "allOf": [{"$ref": "#/$defs/It"}]}, {"anyOf": [OBJECT, NULL]}),
        ({**TEXT, "enum": ["a"]}, {"const": "a", "title": "A", "description": "b"}),
        ({**TEXT, "enum": ["a", "b"]}, {"oneOf": [{"const": "a"}, {"const": "b"}]}),
        ({"enum": ["a", 1]}, {"anyOf": [{"const": 1}, {**TEXT, "enum": ["a"]}]}),
        ({"$ref": "#/$defs/It"}, OBJECT),
        ({"$ref": "#/$defs/It", "description": "b", "default": {}}, OBJECT),
        ({"allOf": [{"$ref": "#/$defs/It"}], "title": "A"}, OBJECT),
        (
            {"allOf": [{"$ref": "#/$defs/It"}], "properties": {"b": TEXT}},
            {**OBJECT, "properties": {"a": TEXT, "b": TEXT}},
        ),
        ({"properties": {"a": TEXT}, "required": ["a"]}, OBJECT),
        ({**OBJECT, "additionalProperties": True}, OBJECT),
        ({**OBJECT, "additionalProperties": {}}, OBJECT),
        ({"anyOf": [{"oneOf": [TEXT, NULL]}, {"type": "integer"}]}, {"type": ["string", "integer", "null"]}),
        ({"anyOf": [{"$ref": "#/$defs/Round"}, TEXT]}, TEXT),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, {"type": "integer", "exclusiveMinimum": 1}),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": False}, {"type": "integer", "minimum": 1}),
        ({"type": "integer", "format": "int64"}, {"type": "integer"}),
        ({"allOf": [{**TEXT, "maxLength": 5}, {"maxLength": 3}]}, {**TEXT, "maxLength": 3}),
        ({"allOf": [{"type": "number"}, {"type": "integer"}]}, {"type": "integer"}),
        ({"anyOf": [TEXT, False]}, TEXT),
        (True, {}),
        ({"anyOf": [TEXT, {}]}, {}),
    ],
    ids=str,
)
def test_what_says_the_same_is_the_same(one: Any, other: Any) -> None:
    """Forms of one meaning have one form here."""
    definitions = {"It": OBJECT, "Round": {"anyOf": [{"$ref": "#/$defs/Round"}]}}
    assert meaning(one, **definitions) == meaning(other, **definitions)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (TEXT, {**TEXT, "nullable": True}),
        (TEXT, {**TEXT, "maxLength": 3}),
        (OBJECT, {**OBJECT, "required": []}),
        (OBJECT, {**OBJECT, "additionalProperties": False}),
        (OBJECT, {**OBJECT, "additionalProperties": TEXT}),
        ({"const": "a"}, {"const": "b"}),
        ({}, {"type": "object"}),
    ],
    ids=str,
)
def test_what_says_something_else_is_not(one: Any, other: Any) -> None:
    """Forms of two meanings stay apart."""
    assert meaning(one) != meaning(other)


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"anyOf": [NULL, {"type": "array", "items": TEXT}, TEXT]}, "array of string | string | null"),
        ({"oneOf": [OBJECT, {"type": "object"}, NULL]}, "2 kinds of object | null"),
        ({"type": "array", "items": {"type": ["integer", "string"]}}, "array of integer or string"),
        ({}, "any"),
        (False, "nothing"),
    ],
    ids=str,
)
def test_types_in_words(schema: Any, text: str) -> None:
    """What a schema allows is said in a few words, null last."""
    assert types(branches((Document({"schema": schema}, "").top.below("schema"),))) == text
