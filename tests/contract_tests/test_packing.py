"""Several values that fit in one."""

from __future__ import annotations

from typing import Any

from letta_contract.contract_tests.packing import packs


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
    assert len(_packed([{"type": "x", "a": 1}], [{"b": 2}], tags=("type",))) == 2


def test_every_value_is_in_one_pack() -> None:
    """Each value is in exactly one pack, in the order in which they came."""
    values = [{"a": 1}, {"a": 2}, {"b": 1}, {"b": 2}, {"c": 1}]
    members = [one for _, some in packs(values, lambda value: value, lambda _: True, ()) for one in some]
    assert sorted(members, key=str) == sorted(values, key=str)
