"""Choices of values in which any two meet."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from letta_contract.contract_tests.pairs import LEFT_OUT, pairs, telling

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


_ITEMS = [{"hidden": hidden, "size": size} for hidden in (True, False) for size in range(4)]
_ASKED: dict[str, tuple[Any, ...]] = {
    "hidden": (LEFT_OUT, True, False),
    "order": (LEFT_OUT, "asc", "desc"),
    "behind": (LEFT_OUT, 0, 3),
}


def _page(given: dict[str, Any]) -> list[int]:
    sizes = [item["size"] for item in _ITEMS if item["hidden"] in (given.get("hidden", False), True)]
    sizes.sort(reverse=given.get("order") == "desc")
    return [size for size in sizes if size > given.get("behind", -1)]


@given(st.integers(min_value=0, max_value=1000))
def test_what_counts_is_seen_to_count(seed: int) -> None:
    """Where a value meets another at all so that it changes what comes, it does so in a choice that is made."""
    choices = list(telling(_ASKED, seed, _page, {"order": "asc", "hidden": False}, lambda _: True))
    for behind in (LEFT_OUT, 0):
        met = [choice for choice in choices if choice.get("behind", LEFT_OUT) == behind]
        without = [{key: value for key, value in choice.items() if key != "hidden"} for choice in met]
        told = [_page(choice) != _page(other) for choice, other in zip(met, without, strict=True)]
        assert any(choice.get("hidden") is True and counts for choice, counts in zip(met, told, strict=True))


@given(st.integers(min_value=0, max_value=1000))
def test_what_counts_nowhere_meets_all_the_same(seed: int) -> None:
    """Behind the last there is nothing, whatever else is asked for; it is asked for nevertheless."""
    choices = list(telling(_ASKED, seed, _page, {}, lambda _: True))
    for one, other in combinations(_ASKED, 2):
        met = {(choice.get(one, LEFT_OUT), choice.get(other, LEFT_OUT)) for choice in choices}
        assert met == set(product(_ASKED[one], _ASKED[other]))


def test_telling_choices_are_drawn_by_the_seed() -> None:
    """The same seed makes the same choices; what cannot be is in none of them."""
    first, again = (list(telling(_ASKED, 7, _page, {}, lambda given: "behind" in given)) for _ in range(2))
    assert first == again
    assert {choice["behind"] for choice in first} == {0, 3}
