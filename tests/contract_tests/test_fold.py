from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from letta_contract.contract_tests.case import Case, Result, Row
from letta_contract.contract_tests.cases import every_case
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.fold import DRAWN, Fold
from letta_contract.contract_tests.verdict import Verdict

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"  # in the mock's world
NASTY = Case("list_conversations", "nasty-values", "It must.", "STATE-48", lambda _: iter(()))
DRAWN_CASE = replace(NASTY, slug="generated-requests")
NUL = Row("summary: NUL", Verdict.FAIL, "a documented status", "500 Oops", "STATE-48", "500 for a NUL")
GOOD = Row("request 1", Verdict.PASS)


def judged(named: Result, drawn: Result) -> Result:
    """The drawn result after the other."""
    fold = Fold()
    fold.named(fold.folded(named))
    return fold.named(fold.folded(drawn))


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.KNOWN])
def test_what_a_case_names_is_told_there(verdict: Verdict) -> None:
    """A drawn request that fails as a case of its operation did points to that, and keeps what it saw."""
    drawn = replace(NUL, name="request 7", expected="another", actual="500 other words")
    result = judged(Result(NASTY, (replace(NUL, verdict=verdict),)), Result(DRAWN_CASE, (GOOD, drawn)))
    assert result.verdict is Verdict.FOLDED
    assert result.rows == (GOOD, replace(drawn, verdict=Verdict.FOLDED, reason="see list_conversations/nasty-values"))


@pytest.mark.parametrize(
    ("case", "row"),
    [
        (NASTY, replace(NUL, cause="500 for a huge integer")),
        (NASTY, replace(NUL, rule="TOL-1")),
        (NASTY, replace(NUL, verdict=Verdict.FLAKY)),
        (NASTY, replace(NUL, verdict=Verdict.PASS)),
        (replace(NASTY, operation="fork_conversation"), NUL),
    ],
    ids=["another cause", "another rule", "flaky", "passed", "another operation"],
)
def test_nothing_vanishes(case: Case, row: Row) -> None:
    """What no case names as a failure that counts, stays a failure."""
    assert judged(Result(case, (row,)), Result(DRAWN_CASE, (NUL,))).verdict is Verdict.FAIL


def test_cases_are_not_folded_into_each_other() -> None:
    """Only what was drawn is; two cases that fail for one reason each say so."""
    assert judged(Result(NASTY, (NUL,)), Result(replace(NASTY, slug="body-values"), (NUL,))).verdict is Verdict.FAIL


def test_drawn_cases_tell_once_what_no_other_names() -> None:
    """The first of them stands for the later ones."""
    later = replace(NASTY, slug="linked-sequences")
    assert judged(Result(DRAWN_CASE, (NUL,)), Result(later, (NUL,))).rows[0].reason == f"see {DRAWN_CASE.id}"


def test_use_after_delete_is_one_failure_whatever_its_words() -> None:
    """What schemathesis words in its own way is known by its rule."""
    gone = Row("deleted", Verdict.FAIL, "404", "200", "STATE-19", "200 where it should have been refused")
    found = Row("sequence step 3", Verdict.FAIL, "Use after free", "…", "STATE-19")
    later = replace(NASTY, slug="linked-sequences")
    assert judged(Result(replace(NASTY, slug="gone-after-delete"), (gone,)), Result(later, (found,))).rows[0].reason


def test_drawn_cases_exist_and_come_last(contract: Contract) -> None:
    """Every operation has the drawn cases, after all that could name what they find."""
    cases = list(every_case(contract.operations.values()))
    drawn = [case.slug in DRAWN for case in cases]
    assert {case.slug for case in cases} > DRAWN
    assert drawn == sorted(drawn)


def test_gate_counts_one_failure_once(command: Callable[..., Any], server: Any) -> None:
    """A server that fails for each negative limit has one failure, and the drawn requests point to it."""

    def fails(call: Any, answer: Any) -> Any:
        return answer.but(status=500, json={"detail": "Oops"}) if "limit=-" in call.query else answer

    server.app.change = fails
    cases = ["list_conversations/query-values", "list_conversations/generated-requests"]
    outcome = command("test", server.url, *cases, "--agent-id", AGENT, "--seed", 7)
    assert (outcome.code, outcome.failed) == (1, cases[:1])
    assert "told by another case" in outcome.out
    alone = command("test", server.url, cases[1], "--agent-id", AGENT, "--seed", 7)
    assert (alone.code, alone.failed) == (1, cases[1:])
