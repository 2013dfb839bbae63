from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.contract_tests import embedded
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Case, Result, Row
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.errors import TargetError, UsageError
from letta_contract.contract_tests.session import Session
from letta_contract.contract_tests.settings import Settings
from letta_contract.contract_tests.verdict import Verdict

if TYPE_CHECKING:
    from .server import Server
    from .tampered import Answer, Call

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"
CASE = Case("list_conversations", "slug", "It must.", "OP-2", lambda _: iter(()))
PASSED = Result(CASE, (Row("a", Verdict.PASS),))


def judging(bench: Bench) -> Iterator[Result]:
    """Makes something, and passes."""
    bench.conversation()
    yield PASSED


def interrupted(bench: Bench, number: int = signal.SIGINT) -> Iterator[Result]:
    """Makes something, passes once, and is told to stop."""
    bench.conversation()
    yield PASSED
    os.kill(os.getpid(), number)
    yield PASSED


@pytest.fixture
def settings(server: Server) -> Settings:
    return Settings(url=server.url, agent_id=AGENT, seed=7)


def undeleted(server: Server) -> int:
    """How many of the conversations that were made are still there."""
    methods = [call.method for call in server.app.calls]
    return methods.count("POST") - methods.count("DELETE")


def test_report_tells_what_was_run(settings: Settings, contract: Contract, server: Server) -> None:
    """Target, agent, contract, seed, time, requests and results of a run are in its report."""
    report = Session(settings, contract).run("test", judging)
    assert (report.command, report.target, report.seed) == ("test", server.url, 7)
    assert (report.agent, report.contract) == (f"{AGENT} (given)", contract.document["info"]["version"])
    assert (report.results, report.requests, report.left, report.interrupted) == ((PASSED,), 1 + 1, (), False)
    assert 0 < report.seconds < 10
    assert list(report.sources) == list(contract.operations)
    assert undeleted(server) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interruption_keeps_what_was_found_and_clears_away(
    settings: Settings, contract: Contract, server: Server, number: int
) -> None:
    """On Ctrl-C, or when a CI server ends the job, what was judged is told and what was made is gone."""
    report = Session(settings, contract).run("test", lambda bench: interrupted(bench, number))
    assert (report.interrupted, report.results, report.exit_code) == (True, (PASSED,), 130)
    assert undeleted(server) == 0


def test_interruption_that_python_dropped_still_counts(settings: Settings, contract: Contract) -> None:
    """An exception that is lost on its way does not make the run go on: the next request raises it again."""

    def deaf(bench: Bench) -> Iterator[Result]:
        try:
            yield from interrupted(bench)
        except KeyboardInterrupt:
            yield PASSED
            yield from judging(bench)

    report = Session(settings, contract).run("test", deaf)
    assert (report.interrupted, len(report.results)) == (True, 2)


def test_handlers_of_signals_are_put_back(settings: Settings, contract: Contract) -> None:
    """After a run signals do what they did before."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    Session(settings, contract).run("test", judging)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_fault_of_ours_clears_away_too(settings: Settings, contract: Contract, server: Server) -> None:
    """Whatever ends a run, what it made is gone."""

    def broken(bench: Bench) -> Iterator[Result]:
        bench.conversation()
        raise KeyError("oops")
        yield PASSED

    with pytest.raises(KeyError):
        Session(settings, contract).run("test", broken)
    assert undeleted(server) == 0


def test_what_could_not_be_cleared_away_is_told(settings: Settings, contract: Contract, server: Server) -> None:
    """What had to stay is in the report, and such a run is not green."""
    made: list[str] = []

    def stubborn(bench: Bench) -> Iterator[Result]:
        made.append(bench.conversation())
        server.app.change = lambda call, answer: answer.but(status=500) if call.method == "DELETE" else answer
        yield PASSED

    report = Session(settings, contract).run("test", stubborn)
    assert (list(report.left), report.exit_code) == (made, 4)


def test_token_is_in_no_report(settings: Settings, contract: Contract) -> None:
    """Results are made presentable before any renderer sees them."""

    def telling(_: Bench) -> Iterator[Result]:
        yield Result(CASE, (Row("hush-hush", Verdict.PASS),))

    report = Session(Settings(url=settings.url, agent_id=AGENT, token="hush-hush"), contract).run("test", telling)
    assert report.results[0].rows[0].name == "${LETTA_API_KEY}"


def test_agent_is_made_for_the_run(contract: Contract, server: Server) -> None:
    """Where a server can make agents, the run has one of its own, which is gone afterwards."""
    agents: list[str] = []

    def with_agents(call: Call, answer: Answer) -> Answer:
        if not call.path.startswith("/v1/agents/"):
            return answer
        agents.append(f"{call.method} {call.path}")
        return answer.but(status=200, json={"GET": [{"model": "m"}], "POST": {"id": AGENT}}.get(call.method))

    server.app.change = with_agents
    report = Session(Settings(url=server.url), contract).run("test", judging)
    assert report.agent == f"{AGENT} (made for this run)"
    assert agents == ["GET /v1/agents/", "POST /v1/agents/", f"DELETE /v1/agents/{AGENT}"]


def test_nothing_is_judged_where_nothing_is(contract: Contract) -> None:
    """A target that is down is found out before anything is judged."""

    def never(_: Bench) -> Iterator[Result]:
        raise AssertionError
        yield PASSED

    with pytest.raises(TargetError):
        Session(Settings(url="http://127.0.0.1:1"), contract).run("test", never)


def test_token_is_asked_for_before_anything_is_judged(contract: Contract, server: Server) -> None:
    """What the server would refuse throughout is found out first."""
    server.app.change = lambda _, answer: answer.but(status=401, json={"detail": "No"})
    with pytest.raises(UsageError, match="asks for a token"):
        Session(Settings(url=server.url, agent_id=AGENT), contract).run("test", judging)
    assert len(server.app.calls) == 1


def test_mock_is_judged_where_no_target_is_named(
    contract: Contract, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a URL the embedded mock is the target, in the wanted mode, and its agent may be changed."""
    asked: list[dict[str, Any]] = []

    @contextmanager
    def mock(**options: Any) -> Iterator[str]:
        options.pop("meanwhile")()
        asked.append(options)
        yield server.url

    def own(bench: Bench) -> Iterator[Result]:
        assert (bench.agent.id, bench.agent.writable, bench.stateless) == (embedded.AGENT_ID, True, True)
        yield PASSED

    monkeypatch.setattr(embedded, "mock", mock)
    report = Session(Settings(stateless=True, token="t-t-t"), contract).run("test", own)
    assert report.target == "the embedded mock server"
    assert asked == [{"stateless": True, "token": "t-t-t"}]


def test_report_is_of_one_value(settings: Settings, contract: Contract) -> None:
    """Every report can be rendered from what a run answers."""
    from letta_contract.contract_tests.reports import results_json

    assert json.loads(results_json.render(Session(settings, contract).run("test", judging)))["exit_code"] == 0
