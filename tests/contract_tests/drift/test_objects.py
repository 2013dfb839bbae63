from __future__ import annotations

from typing import Any

import pytest
from letta_contract.contract_tests.drift.difference import Side

ANSWER = Side.RESPONSE
TEXT = {"type": "string"}


def thing(*required: str, **fields: Any) -> Any:
    """An object of these fields; those that are True are texts."""
    properties = {name: TEXT if schema is True else schema for name, schema in fields.items()}
    return {"type": "object", "properties": properties, "required": list(required)}


def told(found: Any) -> list[tuple[str, str, str, str]]:
    return [(one.id, one.direction, one.severity.word, one.rule) for one in found]


def needs(*names: str) -> Any:
    """An object that wants one of two fields at least."""
    return {**thing(a=True, b=True), "anyOf": [{"required": [name]} for name in names]}


SHOULD = {**TEXT, "x-contract-level": "should"}
MAP = {"type": "object", "additionalProperties": {"type": "integer"}}
TEXTS = {"type": "object", "additionalProperties": TEXT}
CLOSED = {"type": "object", "additionalProperties": False}
KIND_A, KIND_B = thing("kind", kind={"const": "a"}), thing("kind", kind={"const": "b"})


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (thing(a=True), {"type": "object"}, [("x/says-nothing", "wider", "notable", "")]),
        (thing(a=True), MAP, [("x.a/field-missing", "stricter", "info", "")]),
        (
            thing("a", a=True),
            CLOSED,
            [("x.a/field-missing", "other", "breaking", ""), ("x/closed", "stricter", "info", "DOC-4")],
        ),
        (thing(a={**TEXT, "default": "b"}), thing(a={**TEXT, "default": "c"}), []),
        (thing("a", a=True), thing(a={**TEXT, "default": "b"}), []),
        (thing("a", a=True), thing(a=True), [("x.a/required", "wider", "breaking", "")]),
        (thing(a=True), thing("a", a={**TEXT, "default": "b"}), [("x.a/required", "stricter", "info", "")]),
        (thing(a=True), thing("b", a=True, b=True), [("x.b/field-extra", "wider", "info", "DOC-4")]),
        (needs("a", "b"), thing(a=True, b=True), [("x/condition", "wider", "notable", "")]),
        (thing(a=SHOULD), MAP, [("x.a/field-missing", "stricter", "info", "LEVEL-12")]),
        (thing(a=True), thing(a=True, b=True), [("x.b/field-extra", "wider", "info", "DOC-4")]),
        (thing(), thing(a=True), []),
        (TEXTS, MAP, [("x.*/type", "other", "breaking", "")]),
        (TEXTS, {"type": "object"}, [("x.*/says-nothing", "wider", "notable", "")]),
        ({"type": "object"}, TEXTS, [("x.*/type", "stricter", "info", "")]),
        ({"type": "object"}, {"type": "object", "additionalProperties": {"title": "Any"}}, []),
    ],
    ids=str,
)
def test_objects_of_an_answer(compared: Any, ours: Any, theirs: Any, expected: Any) -> None:
    """An answer is worse for its reader where it may hold more, or not what it has to; its defaults are in it."""
    assert told(compared(ours, theirs, ANSWER)) == expected


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (
            thing(a={**TEXT, "default": "b"}),
            thing(a={**TEXT, "default": "c"}),
            [("x.a/default", "other", "breaking", "")],
        ),
        (thing("a", a=True), thing(a={**TEXT, "default": "b"}), [("x.a/required", "wider", "notable", "")]),
        (
            thing(a=True),
            CLOSED,
            [("x.a/field-missing", "stricter", "breaking", ""), ("x/closed", "stricter", "notable", "DOC-5")],
        ),
        (
            thing(a=True),
            {**thing(a=True), "additionalProperties": False},
            [("x/closed", "stricter", "notable", "DOC-5")],
        ),
        (thing(), thing(a=True), []),
        (thing(), thing("a", a=True), [("x.a/field-extra", "stricter", "breaking", "")]),
        (thing("a", a=True, b=True), thing(b=True), [("x.a/field-missing", "stricter", "breaking", "")]),
        (
            thing(isolated_block_ids=True, b=True),
            thing(b=True),
            [("x.isolated_block_ids/field-missing", "stricter", "info", "DOC-1")],
        ),
        ({"type": "object"}, TEXTS, [("x.*/type", "stricter", "breaking", "")]),
        (thing(a=True), {**thing(a=True), "additionalProperties": TEXT}, []),
        (needs("a", "b"), thing(a=True, b=True), [("x/condition", "wider", "notable", "")]),
        (thing(a=True, b=True), needs("a", "b"), [("x/condition", "stricter", "breaking", "")]),
        (needs("a", "b"), needs("a"), [("x/condition", "other", "breaking", "")]),
        (needs("a", "b"), needs("b", "a"), []),
    ],
    ids=str,
)
def test_objects_of_a_request(compared: Any, ours: Any, theirs: Any, expected: Any) -> None:
    """A request is worse for its sender where less is taken, or something else is made of it."""
    assert told(compared(ours, theirs)) == expected


def test_conditions_are_said(compared: Any) -> None:
    """Which fields have to be there is told of both sides."""
    (found,) = compared(needs("b", "a"), thing(a=True, b=True))
    assert (found.contract.text, found.target.text) == ("needs a or b", "needs neither of them")


def test_fields_are_said_with_type_and_need(compared: Any) -> None:
    """A field that one side lacks is told with its type, and whether it has to be there."""
    missing, extra = compared(thing("a", a=True), thing(b={"type": "integer"}), ANSWER)
    assert (missing.contract.text, missing.target.text) == ("string, required", "no such field")
    assert (extra.contract.text, extra.target.text) == ("no such field", "integer, optional")


def test_variant_that_is_missing_is_told_where_the_others_are(compared: Any) -> None:
    """What a union lacks is told at the union, or at its one object; what it has besides, at that."""
    union = {"oneOf": [KIND_A, KIND_B]}
    missing, _type = compared(union, {"oneOf": [KIND_A, TEXT]})
    assert told([missing]) == [("x(b)/variant-missing", "stricter", "breaking", "")]
    assert (missing.contract.text, missing.target.text) == ("b, one of 2 kinds", "no b")
    assert (missing.contract.place, missing.target.place) == ("#/schema/oneOf/1", "#/schema")
    (alone,) = compared(union, KIND_A)
    assert alone.target.place == "#/schema"
    (extra,) = compared({"oneOf": [KIND_A]}, union, ANSWER)
    assert told([extra]) == [("x(b)/variant-extra", "wider", "breaking", "")]
    assert (extra.contract.place, extra.target.place) == ("#/schema", "#/schema/oneOf/1")


def test_variant_that_is_a_should_names_the_rule(compared: Any) -> None:
    """A variant that a server may lack is told with the rule that lets it."""
    union = {"oneOf": [KIND_A, {**KIND_B, "x-contract-level": "should"}]}
    assert told(compared(union, {"oneOf": [KIND_A]})) == [("x(b)/variant-missing", "stricter", "info", "LEVEL-12")]


def test_field_of_a_variant_is_told_by_its_kind(compared: Any) -> None:
    """Where there are several kinds of object, a field is told with the kind that it is of."""
    ours = {"oneOf": [KIND_A, thing("kind", kind={"const": "b"}, n=True)]}
    theirs = {"oneOf": [KIND_A, thing("kind", kind={"const": "b"}, n={"type": "integer"})]}
    assert [one.id for one in compared(ours, theirs)] == ["x(b).n/type"]


def test_tag_need_not_be_required_where_it_is_declared(compared: Any) -> None:
    """Pydantic lists the tag of a variant with a default, as optional; an answer has it all the same."""
    loose = [{**one, "required": []} for one in (KIND_A, KIND_B)]
    ours = {"oneOf": [KIND_A, KIND_B]}
    assert compared(ours, {"oneOf": loose, "discriminator": {"propertyName": "kind"}}) == []
    assert [one.id for one in compared(ours, {"oneOf": loose})] == ["x(a).kind/required", "x(b).kind/required"]
