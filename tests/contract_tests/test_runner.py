"""What the runner makes of each case, whatever it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from letta_contract.contract_tests.agent import Agent
from letta_contract.contract_tests.belongings import Trespass
from letta_contract.contract_tests.bench import Bench, BrokenFixture, Refused
from letta_contract.contract_tests.case import Case, Need, Row
from letta_contract.contract_tests.problem import Problem
from letta_contract.contract_tests.runner import run
from letta_contract.contract_tests.verdict import Verdict

from .stubs import FAIL, PASS, asking, case, verdicts, yielding

if TYPE_CHECKING:
    from .answering import Answering
    from .server import Server


def test_results_come_in_order(bench: Bench) -> None:
    """Each case has one result, in the order given, and was announced before it ran."""
    announced: list[str] = []
    cases = [case("a", yielding(PASS)), case("b", yielding(PASS, FAIL)), case("c", asking)]
    results = list(run(cases, bench, starting=lambda case: announced.append(case.slug)))
    assert verdicts(results) == ["a pass", "b fail", "c pass"]
    assert results[1].rows == (PASS, FAIL)
    assert announced == ["a", "b", "c"]
    assert results[2].seconds > 0


def test_first_failure_can_end_the_run(bench: Bench) -> None:
    """What comes after the first failure is not run, where that is wanted."""
    cases = [case("a", yielding(PASS)), case("b", yielding(FAIL)), case("c", yielding(PASS))]
    assert verdicts(list(run(cases, bench, first_failure=True))) == ["a pass", "b fail"]
    assert len(list(run(cases, bench))) == 3


def test_a_should_that_is_broken_fails(bench: Bench) -> None:
    """What has an effect at all must have the right one, SHOULD or not."""
    should = replace(case("a", yielding(PASS, FAIL)), level="should")
    assert verdicts(list(run([should], bench))) == ["a fail"]


def test_reason_says_what_is_lacking(bench: Bench) -> None:
    """What a server does not know is told of the case as a whole, each thing once."""
    lacking = [Row(name, Verdict.UNSUPPORTED, actual=f"no {name}") for name in ("archived", "hidden", "hidden")]
    (result,) = run([case("a", yielding(PASS, *lacking))], bench)
    assert (result.verdict, result.reason) == (Verdict.UNSUPPORTED, "no archived, no hidden")


def test_a_should_that_is_lacking_fails_where_that_is_asked_for(bench: Bench) -> None:
    """What a server does not know at all is unsupported; with `strict` a failure that says what was wanted."""
    lacking = Row("archived", Verdict.UNSUPPORTED, actual="archived shows in no answer")
    should = replace(case("a", yielding(PASS, lacking)), level="should")
    assert verdicts(list(run([should], bench))) == ["a unsupported"]
    (strictly,) = run([should], bench, strict=True)
    assert strictly.verdict is Verdict.FAIL
    assert (strictly.rows[1].expected, strictly.rows[1].actual) == (should.requirement, lacking.actual)
    must = case("b", yielding(PASS, lacking))
    assert verdicts(list(run([must], bench, strict=True))) == ["b unsupported"]


@pytest.mark.parametrize(("status", "told"), [(422, "unsupported"), (404, "fail"), (500, "fail")])
def test_a_should_that_is_refused_as_unknown_is_lacking(
    bench: Bench, answering: Answering, status: int, told: str
) -> None:
    """A server that answers 422 to what a SHOULD asks for does not know it; any other refusal is a failure."""

    def refused(_: Bench) -> Iterator[Row]:
        raise BrokenFixture(Problem("OP-1", "200", str(status)), answering(status))
        yield PASS

    assert verdicts(list(run([replace(case("a", refused), level="should")], bench))) == [f"a {told}"]
    assert verdicts(list(run([case("b", refused)], bench))) == ["b fail"]


def test_nothing_to_run_has_no_results(bench: Bench) -> None:
    """An empty selection is no error here."""
    assert list(run([], bench)) == []


def test_what_was_made_stays_for_a_case_that_needs_a_crowd(bench: Bench, server: Server) -> None:
    """What earlier cases made is deleted but for as many conversations as a later case needs beside each other."""

    def makes(bench: Bench) -> Iterator[Row]:
        for _ in range(3):
            bench.conversation()
        yield PASS

    cases = [case("a", makes), case("b", makes), case("c", yielding(PASS), crowd=4), case("d", yielding(PASS))]
    deleted = [sum(call.method == "DELETE" for call in server.app.calls) for _ in run(cases, bench)]
    assert deleted == [2, 6, 6, 6]


def test_what_is_named_already_is_not_asked_again(bench: Bench) -> None:
    """A drawn case whose failures another names is not repeated to be sure of them."""
    runs: list[str] = []

    def counted(slug: str) -> Case:
        def run(_: Bench) -> Iterator[Row]:
            runs.append(slug)
            yield FAIL

        return case(slug, run)

    found = list(run([counted("named"), counted("generated-requests")], bench, repeats=True))
    assert verdicts(found) == ["named fail", "generated-requests folded"]
    assert runs == ["named", "named", "generated-requests"]


def test_our_own_fault_is_a_verdict(bench: Bench) -> None:
    """A case that raises is an error with its reason, keeps what it found before, and does not end the run."""

    def broken(_: Bench) -> Iterator[Row]:
        yield FAIL
        raise KeyError("oops")

    only = case("b", lambda _: iter([1 / 0]))  # type: ignore[list-item]
    first, second, third = run([case("a", broken), only, case("c", yielding(PASS))], bench)
    assert (first.verdict, first.rows[0], first.reason) == (Verdict.FAIL, FAIL, "KeyError: 'oops'")
    assert (second.verdict, second.reason) == (Verdict.ERROR, "ZeroDivisionError: division by zero")
    assert [row.verdict for row in first.rows] == [Verdict.FAIL, Verdict.ERROR]
    assert third.verdict is Verdict.PASS


def test_interruption_is_no_verdict(bench: Bench) -> None:
    """Ctrl-C ends the run."""

    def interrupted(_: Bench) -> Iterator[Row]:
        raise KeyboardInterrupt
        yield PASS

    with pytest.raises(KeyboardInterrupt):
        list(run([case("a", interrupted)], bench))


def test_what_a_case_needs_is_the_servers_fault(bench: Bench, server: Server) -> None:
    """A server that does not make what a case needs has failed it, with the requests that show it."""

    def needing(bench: Bench) -> Iterator[Row]:
        bench.call("list_conversations")
        bench.conversation()
        yield PASS

    server.app.change = lambda call, answer: answer.but(status=500) if call.method == "POST" else answer
    (result,) = run([case("a", needing)], bench)
    (row,) = result.rows
    assert (row.name, row.verdict, row.rule) == ("what the case needs", Verdict.FAIL, "STATE-48")
    assert [exchange.request.method for exchange in row.exchanges] == ["GET", "POST"]


def test_trespass_is_skipped(bench: Bench) -> None:
    """What would change what is not ours is left out, and says how to allow it."""

    def trespassing(_: Bench) -> Iterator[Row]:
        yield PASS
        raise Trespass("it would change x, which is not ours: pass --allow-agent-writes")

    (result,) = run([case("a", trespassing)], bench)
    assert result.verdict is Verdict.PASS
    assert [row.verdict for row in result.rows] == [Verdict.PASS, Verdict.SKIP]
    assert result.reason.endswith("which is not ours: pass --allow-agent-writes")


def test_what_a_server_refuses_for_its_name_is_unsupported(bench: Bench) -> None:
    """Where the server may refuse what a case names, the case is not judged."""

    def refused(_: Bench) -> Iterator[Row]:
        yield PASS
        raise Refused("no such model")

    (result,) = run([case("a", refused)], bench)
    assert [(row.verdict, row.actual) for row in result.rows][1:] == [(Verdict.UNSUPPORTED, "no such model")]


def test_what_a_case_made_is_cleared_after_it(bench: Bench, server: Server) -> None:
    """No case finds the conversations of another, not even of one that went wrong."""

    def making(bench: Bench) -> Iterator[Row]:
        bench.conversation()
        raise KeyError("oops")
        yield PASS

    list(run([case("a", making), case("b", asking)], bench))
    assert [call.method for call in server.app.calls][:3] == ["POST", "DELETE", "GET"]


def test_failures_show_what_their_own_case_sent(bench: Bench) -> None:
    """The trail begins anew with each case."""

    def failing(bench: Bench) -> Iterator[Row]:
        bench.call("list_conversations", query={"limit": 1})
        yield bench.check("a", holds=False, rule="R", expected="", actual="")

    _, second = run([case("a", asking), case("b", failing)], bench)
    assert [exchange.request.query for exchange in second.rows[0].exchanges] == ["limit=1"]


@pytest.mark.parametrize(
    ("needs", "reason"),
    [
        (Need.STATE, "--stateless"),
        (Need.TOKEN, "no token is set: pass --token"),
        (Need.AGENT_WRITES, "it would change agent-x, which is not ours: pass --allow-agent-writes"),
        (Need.STATE | Need.TOKEN, "--stateless"),
        (Need.MODEL, "--no-llm"),
    ],
)
def test_case_without_what_it_needs_is_skipped(bench: Bench, needs: Need, reason: str) -> None:
    """A case that cannot be judged here is skipped with the reason, and not begun."""
    bench.agent = Agent("agent-x", writable=False, origin="given")
    (result,) = run([case("a", yielding(FAIL), needs=needs)], bench, stateless=True, no_llm=True)
    assert (result.verdict, result.rows, result.reason) == (Verdict.SKIP, (), reason)


def test_case_with_what_it_needs_is_run(bench: Bench) -> None:
    """With state, a token and an agent of one's own, nothing is skipped."""
    bench.target.token = "t"
    needs = Need.STATE | Need.TOKEN | Need.AGENT_WRITES | Need.MODEL
    (result,) = run([case("a", yielding(PASS), needs=needs)], bench)
    assert result.verdict is Verdict.PASS


def test_result_has_the_case_it_is_of(bench: Bench) -> None:
    """A result refers to its case, whatever the case is."""
    should = replace(case("a", yielding(FAIL)), level="should")
    (result,) = run([should], bench)
    assert result.case is should
