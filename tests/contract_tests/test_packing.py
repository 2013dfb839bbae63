"""Several values that fit in one."""

from __future__ import annotations

from typing import Any

import pytest
from letta_contract.contract_tests.packing import crowds, packs


def _packed(*values: Any, fits: Any = lambda _: True, tags: tuple[str, ...] = ()) -> list[Any]:
    return [whole for whole, _ in packs(values, lambda value: value, fits, tags)]


def test_different_fields_go_together() -> None:
    """Values of different fields are one request."""
    assert _packed({"a": 1}, {"b": None}, {"c": {"d": 2}}) == [{"a": 1, "b": None, "c": {"d": 2}}]


def test_two_values_of_one_field_do_not() -> None:
    """Two values of a field need two requests, and what comes later joins either."""
    assert _packed({"a": 1}, {"a": 2}, {"b": 3}) == [{"a": 1}, {"a": 2, "b": 3}]


def test_true_is_not_one() -> None:
    """JSON's true and 1 are two values, though Python says that they are equal."""
    assert len(_packed({"a": True}, {"a": 1})) == 2


def test_lists_join_item_by_item() -> None:
    """Items at one place of lists of one length are joined, those of lists of another are not."""
    assert _packed([{"a": 1}], [{"b": 2}], []) == [[{"a": 1, "b": 2}], []]


def test_what_does_not_fit_together_is_kept_apart() -> None:
    """What the contract takes alone and not together is sent alone."""
    assert _packed({"a": 1}, {"b": 2}, fits=lambda value: len(value) < 2) == [{"a": 1}, {"b": 2}]


def test_variants_of_a_union_are_kept_apart() -> None:
    """An object with a tag never lends its fields to one without, in which nobody might look at them."""
    assert len(_packed({"c": {"type": "x", "a": 1}}, {"c": {"b": 2}}, tags=("type",))) == 2


def test_every_value_is_in_one_pack() -> None:
    """Each value is in exactly one pack, in the order in which they came."""
    values = [{"a": 1}, {"a": 2}, {"b": 1}, {"b": 2}, {"c": 1}]
    members = [one for _, some in packs(values, lambda value: value, lambda _: True, ()) for one in some]
    assert sorted(members, key=str) == sorted(values, key=str)


def _crowds(*tries: tuple[Any, tuple[str | int, ...]], tags: tuple[str, ...] = ()) -> list[Any]:
    groups = crowds(tries, _value, _pointer, tags)
    assert sorted(map(str, tries)) == sorted(str(one) for _, group in groups for one in group)
    return [whole for whole, _ in groups]


def _value(one: tuple[Any, tuple[str | int, ...]]) -> Any:
    return one[0]


def _pointer(one: tuple[Any, tuple[str | int, ...]]) -> tuple[str | int, ...]:
    return one[1]


def test_a_crowd_takes_of_each_what_it_has_at_its_place() -> None:
    """What is required beside a place is no contradiction: only the place itself is taken over."""
    assert _crowds(({"a": 7, "b": "x"}, ("a",)), ({"a": "x", "b": 7}, ("b",))) == [{"a": 7, "b": 7}]


def test_what_lacks_something_goes_into_a_crowd() -> None:
    """A field that is left out stays left out, whatever the others have there."""
    assert _crowds(({"b": "x"}, ("a",)), ({"a": "x", "b": 7}, ("b",))) == [{"b": 7}]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (({"a": 7}, ("a",)), ({"a": []}, ("a",))),
        (({"a": 7}, ("a",)), ({"a": {"b": 7}}, ("a", "b"))),
        (({"a": {"b": 7}}, ("a", "b")), ({"a": 7}, ("a",))),
        (({}, ("a",)), ({"a": {"b": 7}}, ("a", "b"))),
        ((7, ()), ({"a": 7}, ("a",))),
        (({"a": []}, ("a",)), ({"a": [7]}, ("a", 0))),
    ],
)
def test_no_place_in_a_crowd_is_inside_another(one: Any, other: Any) -> None:
    """What would hide another goes elsewhere."""
    assert _crowds(one, other) == [one[0], other[0]]


@pytest.mark.parametrize("other", [{"kind": "y", "b": 7}, {"b": 7}])
def test_variants_share_no_crowd(other: Any) -> None:
    """What is wrong in one variant is not looked at in another; nor what is there where the variant is unknown."""
    one = ({"kind": "x", "a": 7}, ("a",))
    assert len(_crowds(one, (other, ("b",)), tags=("kind",))) == 2
    assert len(_crowds(one, ({"kind": "unknown"}, ("kind",)), tags=("kind",))) == 2


def test_crowds_reach_into_lists() -> None:
    """Items of lists of one length, and what is inside them, are places like any other."""
    assert _crowds(([{"a": 7}], (0, "a")), ([{"b": 7}], (0, "b")), ([{}, {}], (1,))) == [[{"a": 7, "b": 7}], [{}, {}]]


def test_items_that_do_not_join_stand_side_by_side() -> None:
    """What may stand in a list may stand there beside others."""
    assert _packed([{"kind": "x"}], [{"kind": "y"}], ["z"], tags=("kind",)) == [[{"kind": "x"}, {"kind": "y"}, "z"]]
