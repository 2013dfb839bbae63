from __future__ import annotations

from typing import Any

import pytest
from letta_contract.contract_tests.drift.branch import branches
from letta_contract.contract_tests.drift.document import Document
from letta_contract.contract_tests.drift.unions import paired


def thing(*fields: str, **values: str) -> Any:
    """An object that requires these fields, some of them of one value."""
    properties = {**{name: {"type": "string"} for name in fields}, **{k: {"const": v} for k, v in values.items()}}
    return {"type": "object", "properties": properties, "required": [*properties]}


def pairing(ours: list[Any], theirs: list[Any], tag: str | None = None) -> Any:
    """The names of what both have, of what is missing and of what is extra; and the tag that the target declares."""
    declared = {} if tag is None else {"discriminator": {"propertyName": tag}}
    documents = Document({"schema": {"oneOf": ours}}, ""), Document({"schema": {"oneOf": theirs, **declared}}, "")
    found = paired(*(branches((document.top.below("schema"),)) for document in documents))
    both = [(name, one.node.pointer[-1], other.node.pointer[-1]) for name, one, other in found.both]
    return both, [name for name, _ in found.missing], [name for name, _ in found.extra], found.tag


A, B = thing(kind="a"), thing(kind="b")


@pytest.mark.parametrize(
    ("ours", "theirs", "tag", "expected"),
    [
        # One object each is a pair, whatever they are.
        ([A], [B], None, ([("", 0, 0)], [], [], None)),
        # By the value of a tag, declared or not, in any order.
        ([A, B], [B, A], None, ([("a", 0, 1), ("b", 1, 0)], [], [], None)),
        ([A, B], [B, A], "kind", ([("a", 0, 1), ("b", 1, 0)], [], [], "kind")),
        ([A, B], [A], None, ([("a", 0, 0)], ["b"], [], None)),
        ([A], [A, B], None, ([("a", 0, 0)], [], ["b"], None)),
        # Without a common tag, the one that the target declares is not what tells them apart.
        (
            [A, B],
            [thing("x", sort="a"), thing("y", sort="b")],
            "sort",
            ([], ["a", "b"], ["{sort, x}", "{sort, y}"], None),
        ),
        # Beside a tag, what has none goes by its fields.
        (
            [A, B, thing("x", "y")],
            [B, A, thing("x")],
            "kind",
            ([("a", 0, 1), ("b", 1, 0), ("{x, y}", 2, 2)], [], [], "kind"),
        ),
        # By the fields in common, the closest first.
        (
            [thing("a", "b"), thing("a", "c", "d")],
            [thing("a", "c", "e"), thing("a", "b", "f")],
            None,
            ([("{a, b}", 0, 1), ("{a, c, d}", 1, 0)], [], [], None),
        ),
        # Each belongs to one pair, and shares a field at least.
        ([thing("a", "b"), thing("a")], [thing("a", "b")], None, ([("{a, b}", 0, 0)], ["{a}"], [], None)),
        ([thing("a", "b")], [thing("a"), thing("a", "b")], None, ([("{a, b}", 0, 1)], [], ["{a}"], None)),
        ([thing("a"), thing()], [thing("b"), thing("c")], None, ([], ["{a}", "{}"], ["{b}", "{c}"], None)),
        # What two of them have alike tells neither.
        (
            [thing("x", role="a"), thing("y", role="a")],
            [thing("y", role="a"), thing("x", role="a")],
            None,
            ([("{role, x}", 0, 1), ("{role, y}", 1, 0)], [], [], None),
        ),
        # Nor does what one of them lacks.
        ([A, thing("x")], [thing("x"), B], None, ([("{kind}", 0, 1), ("{x}", 1, 0)], [], [], None)),
        ([A, B, thing("x")], [A, B], "kind", ([("a", 0, 0), ("b", 1, 1)], ["{x}"], [], "kind")),
        ([thing("a"), thing("b")], [thing("b"), thing("c")], None, ([("{b}", 1, 0)], ["{a}"], ["{c}"], None)),
    ],
    ids=str,
)
def test_objects_are_paired(ours: Any, theirs: Any, tag: Any, expected: Any) -> None:
    """By the value of their tag, else by what they have in common; the rest is missing or extra."""
    assert pairing(ours, theirs, tag) == expected


def test_optional_fields_weigh_less_than_required_ones() -> None:
    """Of two that share a field, the one that requires it as well is the closer."""
    loose = {**thing("a", "b"), "required": []}
    assert pairing([thing("a", "b"), loose], [loose, thing("a", "b")])[0] == [("{a, b}", 0, 1), ("{a, b}", 1, 0)]
