"""The gate finds nothing wrong with a server that is otherwise than the mock where the contract leaves it open."""

from __future__ import annotations

from functools import cache

import pytest
from letta_contract.spec.rules import rules

from tests.mutants.mock import Mock

from . import FALSE_ALARMS, FREEDOMS, Freedom
from .judging import alarms, taking
from .probe import heard
from .sets import SETS


@pytest.mark.slow
@pytest.mark.parametrize(
    "freedom",
    [
        pytest.param(
            freedom, id=id_, marks=[pytest.mark.xfail(reason=FALSE_ALARMS[id_])] if id_ in FALSE_ALARMS else []
        )
        for id_, freedom in FREEDOMS.items()
    ],
)
def test_finds_nothing(freedom: Freedom) -> None:
    """No case fails on a server that takes one freedom."""
    assert alarms([freedom]) == {}, f"{freedom.what} ({freedom.rule})"


@pytest.mark.parametrize("name", SETS)
def test_finds_nothing_in_a_set(name: str) -> None:
    """No case fails on a server that takes many freedoms at once; those that draw requests are for the night."""
    assert alarms([FREEDOMS[id_] for id_ in SETS[name]], drawn=False) == {}


def test_each_is_in_a_set() -> None:
    """Every freedom is judged with every change, but for those that are known to be taken for violations."""
    assert {id_ for ids in SETS.values() for id_ in ids} == set(FREEDOMS) - set(FALSE_ALARMS)


def test_each_changes_an_answer() -> None:
    """No freedom leaves the mock as it was."""
    idle = [freedom.id for freedom in FREEDOMS.values() if heard(taking([freedom])) == _unchanged(freedom.token)]
    assert idle == []


def test_one_mock_always_says_the_same() -> None:
    """What differs in an answer is the freedom that was taken."""
    assert heard(Mock()) == _unchanged(None)


def test_every_rule_is_known() -> None:
    """What leaves something open is a rule of the contract."""
    assert set() == {freedom.rule for freedom in FREEDOMS.values()} - set(rules())


def test_what_is_taken_for_a_violation_is_a_freedom() -> None:
    """What is said to be a false alarm exists."""
    assert set() == set(FALSE_ALARMS) - set(FREEDOMS)


@cache
def _unchanged(token: str | None) -> list[str]:
    return heard(Mock(token))
