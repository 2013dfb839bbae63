"""The gate finds each broken server by a case that names what is wrong, and nothing wrong with the unbroken one."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from letta_contract.contract_tests.case import Case, Result
from letta_contract.contract_tests.verdict import Verdict
from letta_contract.spec.rules import rules

from . import MISSED, MUTANTS, Mutant
from .serving import every, judged, unbroken

_OPEN = (None, "a-good-token")


@pytest.mark.parametrize(
    "mutant",
    [
        pytest.param(mutant, id=mutant.id, marks=[pytest.mark.xfail(reason=MISSED[id_])] if id_ in MISSED else [])
        for id_, mutant in MUTANTS.items()
    ],
)
def test_finds(mutant: Mutant) -> None:
    """Each case that is to find a mutant fails on it."""
    results = judged(mutant, _named(mutant.cases))
    missed = [glob for glob in mutant.cases if not _failed(results, glob)]
    assert missed == [], f"{mutant.what} ({mutant.rule})"


@pytest.mark.parametrize("token", _OPEN, ids=["open", "with a token"])
def test_finds_nothing_in_the_unbroken_mock(token: str | None) -> None:
    """Where a case fails on a mutant, that is for what is broken in it."""
    cases = [case for case in every() if case.id.endswith("/asks-for-the-token") is (token is not None)]
    wrong = {result.case.id: str(result.failures) for result in unbroken(cases, token) if _wrong(result)}
    assert wrong == {}


def test_every_case_finds_a_mutant() -> None:
    """No case is there for nothing, but for those that send nothing by the seed of these runs."""
    named = {glob for mutant in MUTANTS.values() for glob in mutant.cases if mutant.id not in MISSED}
    unnamed = {case.id for case in every()} - named
    assert unnamed == {
        "list_conversations/documented-examples",
        "fork_conversation/documented-examples",
        "recompile_conversation/linked-sequences",
        "compact_conversation/linked-sequences",
        "summarize_messages/linked-sequences",
    }


def test_every_rule_is_known() -> None:
    """What mutants break are rules of the contract."""
    assert set() == {mutant.rule for mutant in MUTANTS.values()} - set(rules())


def test_missed_ones_are_mutants() -> None:
    """What is said to be missed exists."""
    assert set() == set(MISSED) - set(MUTANTS)


def _named(globs: tuple[str, ...]) -> list[Case]:
    return [case for case in every() if any(fnmatchcase(case.id, glob) for glob in globs)]


def _failed(results: list[Result], glob: str) -> bool:
    return any(result.verdict is Verdict.FAIL and fnmatchcase(result.case.id, glob) for result in results)


def _wrong(result: Result) -> bool:
    return result.verdict in (Verdict.FAIL, Verdict.ERROR, Verdict.UNSUPPORTED)
