from __future__ import annotations

from typing import Any

import pytest
from letta_contract.contract_tests.drift.difference import Side

TEXT, WHOLE, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}
NULLABLE = {"type": ["string", "null"]}
TEXTS = {"type": "array", "items": TEXT}


def told(found: Any) -> list[tuple[str, str, str, str]]:
    return [(one.id, one.direction, one.severity.word, one.rule) for one in found]


def one_of(*values: str) -> Any:
    return {**TEXT, "enum": list(values)}


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ({}, TEXT, []),
        (TEXT, {}, [("x/says-nothing", "wider", "notable", "")]),
        (TEXT, WHOLE, [("x/type", "other", "breaking", "")]),
        (TEXT, {"type": ["string", "integer"]}, [("x/type", "wider", "notable", "")]),
        ({"type": ["string", "integer"]}, TEXT, [("x/type", "stricter", "breaking", "")]),
        (NUMBER, WHOLE, [("x/type", "stricter", "breaking", "")]),
        (WHOLE, NUMBER, [("x/type", "wider", "notable", "")]),
        ({"type": ["integer", "number"]}, NUMBER, []),
        (NUMBER, {"type": ["integer", "number"]}, []),
        (TEXT, NULLABLE, [("x/nullability", "wider", "notable", "")]),
        (NULLABLE, {"anyOf": [TEXT, WHOLE]}, [("x/type", "other", "breaking", "")]),
        # Its document never says that anything may be null.
        (NULLABLE, TEXT, [("x/nullability", "stricter", "notable", "")]),
        (TEXTS, {"type": "array"}, [("x[]/says-nothing", "wider", "notable", "")]),
        (TEXTS, {"type": "array", "items": {}}, [("x[]/says-nothing", "wider", "notable", "")]),
        ({"type": "array"}, TEXTS, []),
        ({"type": "array", "items": {}}, {"type": "array"}, []),
        (TEXTS, {"type": "array", "items": WHOLE}, [("x[]/type", "other", "breaking", "")]),
        (TEXTS, {**TEXTS, "maxItems": 3}, [("x/maxItems", "stricter", "breaking", "")]),
        (one_of("a", "b"), TEXT, [("x/enum", "wider", "notable", "")]),
        (TEXT, one_of("a"), [("x/enum", "stricter", "breaking", "")]),
        (one_of("a", "b"), one_of("a"), [('x="b"/enum-value-missing', "stricter", "breaking", "")]),
        (one_of("a"), one_of("a", "b"), [('x="b"/enum-value-extra', "wider", "notable", "")]),
        (
            {"anyOf": [one_of("a"), {**one_of("b"), "x-contract-level": "should"}]},
            one_of("a"),
            [('x="b"/enum-value-missing', "stricter", "info", "LEVEL-12")],
        ),
        (
            {**one_of("a", "b"), "x-contract-level": "should"},
            one_of("a"),
            [('x="b"/enum-value-missing', "stricter", "info", "LEVEL-12")],
        ),
    ],
    ids=str,
)
def test_what_a_request_may_hold(compared: Any, ours: Any, theirs: Any, expected: Any) -> None:
    """Less than the contract breaks what its clients send; more does not; what goes unsaid may be either."""
    assert told(compared(ours, theirs)) == expected


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (TEXT, {}, [("x/says-nothing", "wider", "notable", "")]),
        (TEXT, NULLABLE, [("x/nullability", "wider", "breaking", "")]),
        (NULLABLE, TEXT, [("x/nullability", "stricter", "info", "")]),
        (TEXTS, {"type": "array"}, [("x[]/says-nothing", "wider", "notable", "")]),
        (one_of("a"), TEXT, [("x/enum", "wider", "notable", "")]),
        (TEXT, one_of("a"), [("x/enum", "stricter", "info", "")]),
        (one_of("a"), one_of("a", "b"), [('x="b"/enum-value-extra', "wider", "breaking", "")]),
        ({**WHOLE, "minimum": 0}, WHOLE, [("x/minimum", "wider", "notable", "")]),
        (WHOLE, {**WHOLE, "minimum": -(2**60)}, [("x/minimum", "stricter", "info", "")]),
    ],
    ids=str,
)
def test_what_an_answer_may_hold(compared: Any, ours: Any, theirs: Any, expected: Any) -> None:
    """More than the contract breaks who reads it; less does not; what goes unsaid may be either."""
    assert told(compared(ours, theirs, Side.RESPONSE)) == expected


def test_silence_on_null_counts_in_a_document_that_speaks_of_it(compared: Any) -> None:
    """Where a document says of one field that it may be null, another that does not may not."""
    ours = {"type": "object", "properties": {"a": NULLABLE, "b": NULLABLE}}
    theirs = {"type": "object", "properties": {"a": NULLABLE, "b": TEXT}}
    assert told(compared(ours, theirs)) == [("x.b/nullability", "stricter", "breaking", "")]


def test_both_sides_are_said(compared: Any) -> None:
    """Values and types are told of both, each in the same words."""
    texts = {
        one.kind: (one.contract.text, one.target.text)
        for ours, theirs in (
            (one_of("a", "b"), one_of("a")),
            (one_of("a"), one_of("a", "b")),
            (one_of("a"), TEXT),
            (NULLABLE, TEXT),
            (TEXTS, {"type": "array"}),
        )
        for one in compared(ours, theirs)
    }
    assert texts == {
        "enum-value-missing": ('"b" is one of "a", "b"', 'no "b"'),
        "enum-value-extra": ('one of "a"', '"b" as well'),
        "enum": ('one of "a"', "any string"),
        "nullability": ("string | null", "string"),
        "says-nothing": ("array of string", "array"),
    }
