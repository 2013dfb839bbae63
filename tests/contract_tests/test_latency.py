from __future__ import annotations

from collections.abc import Callable
from typing import Any

from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.exchange import Exchange, Reply
from letta_contract.contract_tests.latency import Latency, judged, medians
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.verdict import Verdict

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"  # in the mock's world
LIST = Request("GET", "/v1/conversations/")


def exchange(seconds: float, status: int = 200, request: Request = LIST) -> Exchange:
    return Exchange(request, Reply(status, (), b"", first_byte=seconds, seconds=9.0))


def test_median_of_accepted_requests(bench: Bench) -> None:
    """The middle one of the answers that were no errors counts, up to its first byte."""
    latency = Latency(bench)
    for seconds in (0.1, 0.3, 0.2):
        bench.target.listener(exchange(seconds))
    bench.target.listener(exchange(5.0, status=422))
    bench.target.listener(exchange(5.0, request=Request("GET", "/elsewhere")))
    assert medians(latency.seconds) == {"list_conversations": 0.2}


def test_two_answers_are_too_few(bench: Bench) -> None:
    """The median of one or two answers says nothing."""
    latency = Latency(bench)
    for _ in range(2):
        bench.target.listener(exchange(0.1))
    assert medians(latency.seconds) == {}


def test_bench_still_hears(bench: Bench) -> None:
    """Who listened before goes on listening."""
    Latency(bench)
    before = bench.answered
    bench.call("list_conversations")
    assert bench.answered == before + 1


def test_judged_by_the_limit(contract: Contract) -> None:
    """An operation is within the limit, beyond it, or was not asked often enough."""
    operations = list(contract.operations)[:3]
    results = list(judged(operations, {operations[0]: 0.5, operations[1]: 0.51}, 0.5))
    assert [result.verdict for result in results] == [Verdict.PASS, Verdict.FAIL, Verdict.SKIP]
    assert results[1].rows[0].actual == "0.510 s"


def test_only_the_flag_judges(command: Callable[..., Any], server: Any) -> None:
    """Medians are reported in any run, and fail it only with --max-response-time."""
    server.app.change = lambda call, answer: answer.but(delay=0.05) if call.method == "GET" else answer
    gate = ("test", server.url, "list_conversations/limit-bounds-the-page", "--agent-id", AGENT)
    quick = command(*gate)
    assert quick.code == 0
    (median,) = (o["median_seconds"] for o in quick.results["operations"] if o["id"] == "list_conversations")
    assert median >= 0.05
    slow = command(*gate, "--max-response-time", "0.04")
    assert (slow.code, slow.failed) == (1, ["list_conversations/response-time"])
    assert "at most 0.04 s until the first byte" in slow.out
    assert command(*gate, "--max-response-time", "5").code == 0
