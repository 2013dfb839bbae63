"""What is tried in full once, and in turn elsewhere."""

from __future__ import annotations

from letta_contract.contract_tests.rotation import share

_NAMED = [(str(number), number) for number in range(10)]


def test_the_first_operation_tries_all() -> None:
    """The operation at place 0 tries everything, in order."""
    assert list(share(_NAMED, 0, 7)) == list(range(10))


def test_another_tries_a_share() -> None:
    """Any other operation tries some of it."""
    assert 0 < len(list(share(_NAMED, 3, 0))) < len(_NAMED)


def test_the_others_together_try_all() -> None:
    """What one operation leaves out, another tries."""
    assert {one for place in (1, 2, 3, 4) for one in share(_NAMED, place, 0)} == set(range(10))


def test_seeds_together_try_all() -> None:
    """What one seed leaves out on an operation, another seed tries there."""
    assert {one for seed in range(4) for one in share(_NAMED, 1, seed)} == set(range(10))


def test_what_is_needed_everywhere_is_everywhere() -> None:
    """What is named so is in every share."""
    assert all({4, 5} <= set(share(_NAMED, place, 0, ("4", "5"))) for place in range(6))
