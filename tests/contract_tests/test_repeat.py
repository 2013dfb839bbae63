from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from letta_contract.contract_tests.case import Case, Result, Row
from letta_contract.contract_tests.exchange import Exchange, Fault
from letta_contract.contract_tests.repeat import confirmed
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.verdict import Verdict

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"  # in the mock's world
CASE = Case("list_conversations", "slug", "It must.", "STATE-24", lambda _: iter(()))
GOOD = Row("good", Verdict.PASS)
BAD = Row("bad", Verdict.FAIL, "an order", "another", "STATE-24")
WORSE = Row("worse", Verdict.FAIL, "a bound", "more", "STATE-21")


class Repeats:
    """Answers each repeat with the next of `outcomes`."""

    def __init__(self, *outcomes: tuple[Row, ...]) -> None:
        self.outcomes = list(outcomes)
        self.asked: list[int] = []

    def __call__(self, attempt: int) -> Result:
        self.asked.append(attempt)
        return Result(CASE, self.outcomes[len(self.asked) - 1])


def retried(result: Result, again: Repeats) -> Result:
    """The result as it counts in a run that has met nothing before."""
    return confirmed(result, again, set())


def verdicts(result: Result) -> list[Verdict]:
    return [row.verdict for row in result.rows]


def test_pass_is_not_repeated() -> None:
    """A case that passed is run once."""
    again = Repeats()
    assert retried(Result(CASE, (GOOD,)), again) == Result(CASE, (GOOD,))
    assert again.asked == []


def test_first_repeat_that_fails_settles_it() -> None:
    """One repeat with the same failure makes it a failure; the second is spared."""
    again = Repeats((GOOD, BAD))
    assert verdicts(retried(Result(CASE, (GOOD, BAD)), again)) == [Verdict.PASS, Verdict.FAIL]
    assert again.asked == [1]


def test_second_repeat_may_settle_it() -> None:
    """A failure that the first repeat did not show counts if the second does."""
    again = Repeats((GOOD,), (BAD,))
    assert retried(Result(CASE, (BAD,)), again).verdict is Verdict.FAIL
    assert again.asked == [1, 2]


def test_same_rule_may_be_broken_in_another_way() -> None:
    """Which of several rows fails may hang on chance, and what it says on ids whose form is the server's own."""
    again = Repeats((Row("a worse one", Verdict.FAIL, "an order of ab12", "another", BAD.rule),))
    assert retried(Result(CASE, (BAD,)), again).verdict is Verdict.FAIL


def test_what_never_repeats_is_flaky() -> None:
    """A failure that no repeat showed is set apart, and says so."""
    result = retried(Result(CASE, (BAD, WORSE)), Repeats((WORSE,), (GOOD,)))
    assert verdicts(result) == [Verdict.FLAKY, Verdict.FAIL]
    assert result.rows[0].reason == "it did not happen again in 2 repeats"


def test_other_failure_in_the_repeat_confirms_nothing() -> None:
    """Failing in another way is not failing again."""
    assert retried(Result(CASE, (BAD,)), Repeats((WORSE,), (WORSE,))).verdict is Verdict.FLAKY


HANG = Exchange(Request("GET", "/"), None, Fault("was silent"))


@pytest.mark.parametrize(
    "row",
    [replace(BAD, rule="STATE-48"), replace(BAD, rule="SSE-2"), replace(BAD, exchanges=(HANG,))],
    ids=["a 5xx", "a broken stream", "a hang"],
)
def test_grave_failures_always_count(row: Row) -> None:
    """A server's own error, a broken stream and a hang count at once, and are not asked for again."""
    again = Repeats()
    assert retried(Result(CASE, (row,)), again).verdict is Verdict.FAIL
    assert again.asked == []


def test_known_failures_are_not_repeated() -> None:
    """What the baseline accepts costs no repeat."""
    again = Repeats()
    assert retried(Result(CASE, (replace(BAD, verdict=Verdict.KNOWN),)), again).verdict is Verdict.KNOWN
    assert again.asked == []


def test_what_was_met_twice_is_not_tried_again() -> None:
    """A deviation that one case met twice is believed of the next one, whichever numbers it has there."""
    proven: set[tuple[str, str]] = set()
    first = replace(BAD, cause="1 of 3 in order")
    assert confirmed(Result(CASE, (first,)), Repeats((first,)), proven).verdict is Verdict.FAIL
    other, again = replace(BAD, cause="2 of 4 in order"), Repeats((GOOD,), (GOOD,))
    assert verdicts(confirmed(Result(CASE, (other, WORSE)), again, proven)) == [Verdict.FAIL, Verdict.FLAKY]


def test_what_was_met_once_proves_nothing() -> None:
    """A deviation whose rule was broken in another way by the repeat is tried again by the next case."""
    proven: set[tuple[str, str]] = set()
    otherwise = replace(BAD, cause="2 of 4 items")
    assert confirmed(Result(CASE, (BAD,)), Repeats((otherwise,)), proven).verdict is Verdict.FAIL
    assert proven == set()


def once(status: int) -> Callable[[Any, Any], Any]:
    """Answers with that status the first time that a method is not allowed, and never again."""
    met: list[str] = []

    def change(call: Any, answer: Any) -> Any:
        if answer.status != 405:
            return answer
        met.append(call.path)
        return answer.but(status=status) if len(met) == 1 else answer

    return change


@pytest.mark.parametrize(
    ("status", "flags", "code", "verdict"),
    [(404, (), 0, "flaky"), (404, ("--fail-flaky",), 1, "flaky"), (500, (), 1, "fail")],
)
def test_gate_tells_flaky_from_failed(
    command: Callable[..., Any], server: Any, status: int, flags: tuple[str, ...], code: int, verdict: str
) -> None:
    """A wrong answer that came once is set apart; it fails the run where that is asked for, and a 5xx always does."""
    server.app.change = once(status)
    outcome = command("test", server.url, "retrieve_conversation/other-methods", "--agent-id", AGENT, *flags)
    if status != 500:
        assert "it did not happen again in 2 repeats" in outcome.out
    assert outcome.code == code
    assert outcome.results["counts"][verdict] == 1
