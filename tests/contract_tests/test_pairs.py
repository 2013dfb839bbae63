"""Choices of values in which any two meet."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from letta_contract.contract_tests.pairs import LEFT_OUT, pairs

_VALUES: dict[str, tuple[Any, ...]] = {
    "order": (LEFT_OUT, "asc", "desc"),
    "limit": (1, 2, 100),
    "hidden": (True, False),
}


@given(st.integers(min_value=0, max_value=1000))
def test_any_two_values_meet(seed: int) -> None:
    """Whatever two values of two parameters are named, one choice has both."""
    choices = list(pairs(_VALUES, seed))
    for one, other in combinations(_VALUES, 2):
        met = {(choice.get(one, LEFT_OUT), choice.get(other, LEFT_OUT)) for choice in choices}
        assert met == set(product(_VALUES[one], _VALUES[other]))


def test_there_are_fewer_choices_than_combinations() -> None:
    """Two of three parameters are enough, so that there are about as many as the two largest have together."""
    assert len(list(pairs(_VALUES, 0))) <= 10 < 3 * 3 * 2


def test_what_cannot_be_is_not_chosen() -> None:
    """`possible` is asked of each choice."""
    choices = list(pairs(_VALUES, 0, lambda given: not (given.get("order") == "asc" and given.get("limit") == 1)))
    assert ("asc", 1) not in {(choice.get("order"), choice.get("limit")) for choice in choices}
    assert {choice["limit"] for choice in choices if choice.get("order") == "asc"} == {2, 100}


def test_what_is_left_out_is_not_there() -> None:
    """A parameter that is left out has no value."""
    assert any("order" not in choice for choice in pairs(_VALUES, 0))


def test_a_seed_chooses_the_same() -> None:
    """The same seed makes the same choices, another makes others."""
    assert list(pairs(_VALUES, 7)) == list(pairs(_VALUES, 7)) != list(pairs(_VALUES, 8))
