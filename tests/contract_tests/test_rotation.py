"""What is tried in full once, and in turn elsewhere."""

from __future__ import annotations

from letta_contract.contract_tests.rotation import share


def test_the_first_operation_tries_all() -> None:
    """The operation at place 0 tries everything, in order."""
    assert list(share(range(10), 0, 7)) == list(range(10))


def test_another_tries_a_share() -> None:
    """Any other operation tries some of it."""
    assert 0 < len(list(share(range(10), 3, 0))) < 10


def test_the_others_together_try_all() -> None:
    """What one operation leaves out, another tries."""
    assert {one for place in range(1, 9) for one in share(range(10), place, 0)} == set(range(10))


def test_seeds_together_try_all() -> None:
    """What one seed leaves out on an operation, another seed tries there."""
    assert {one for seed in range(8) for one in share(range(10), 1, seed)} == set(range(10))


def test_what_is_needed_always_is_everywhere() -> None:
    """What is to be tried always is in every share."""
    assert all({4, 5} <= set(share(range(10), place, 0, lambda one: one in (4, 5))) for place in range(6))
