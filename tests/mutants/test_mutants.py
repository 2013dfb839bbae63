"""The gate finds each broken server by a case that names what is wrong, and finds nothing wrong with the unbroken one."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from letta_contract.contract_tests.case import Case, Result
from letta_contract.contract_tests.verdict import Verdict

from . import MUTANTS, Mutant
from .serving import every, judged, unbroken


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS.keys())
def test_finds(mutant: Mutant) -> None:
    """Each case that is to find a mutant fails on it."""
    results = judged(mutant, _named(mutant.cases))
    missed = [glob for glob in mutant.cases if not _failed(results, glob)]
    assert not missed, f"{mutant.what} ({mutant.rule}) is not found by: {', '.join(missed)}"


@pytest.mark.parametrize("token", [None, "a-good-token"], ids=["open", "with a token"])
def test_finds_nothing_in_the_unbroken_mock(token: str | None) -> None:
    """Where a case fails on a mutant, that is for what is broken in it."""
    results = unbroken(
        [case for case in every() if case.id.endswith("asks-for-the-token") is (token is not None)], token
    )
    wrong = {result.case.id: str(result.failures) for result in results if result.verdict is not Verdict.PASS}
    assert {} == {id_: why for id_, why in wrong.items() if id_ not in _WITHOUT_ROWS}


def test_every_case_finds_a_mutant() -> None:
    """No case is there for nothing."""
    named = {glob for mutant in MUTANTS.values() for glob in mutant.cases}
    assert [] == [case.id for case in every() if case.id not in named and case.id not in _WITHOUT_ROWS]


def test_every_rule_is_known() -> None:
    """The rules that mutants break are rules of the contract."""
    from letta_contract.spec.rules import rules  # noqa: F401


_WITHOUT_ROWS: frozenset[str] = frozenset()


def _named(globs: tuple[str, ...]) -> list[Case]:
    return [case for case in every() if any(fnmatchcase(case.id, glob) for glob in globs)]


def _failed(results: list[Result], glob: str) -> bool:
    return any(result.verdict is Verdict.FAIL and fnmatchcase(result.case.id, glob) for result in results)
