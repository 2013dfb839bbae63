from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.contract_tests import halt
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Case, Result, Row
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.exchange import Exchange, Fault
from letta_contract.contract_tests.halt import Limited, TargetGone
from letta_contract.contract_tests.repeat import confirmed
from letta_contract.contract_tests.request import Request, request
from letta_contract.contract_tests.runner import run
from letta_contract.contract_tests.verdict import Verdict

if TYPE_CHECKING:
    from .answering import Answering

SEND = request("POST", "/v1/conversations/conv-123e4567-e89b-42d3-8456-426614174000/messages", body={"input": "Hello."})
MADE_UP = SEND.with_body(b'{"input": "Hello.", "override_model": "nobody/has-it"}')
DETAIL = {"detail": "Too many requests."}


class Probed:
    """A target whose probes are answered with these exchanges in turn."""

    def __init__(self, *answers: Exchange) -> None:
        self.answers = list(answers)

    def probe(self, _: Request) -> Exchange:
        return self.answers.pop(0)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(halt, "_PAUSE", 0.0)


def check(exchange: Exchange, contract: Contract, *probes: Exchange) -> Probed:
    target = Probed(*probes)
    halt.check(exchange, target, contract)  # type: ignore[arg-type]
    return target


def limited(answering: Answering, status: int, body: Any, asked: Request = SEND, **headers: str) -> Exchange:
    exchange = answering(status, body, request=asked)
    assert exchange.reply is not None
    more = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return replace(exchange, reply=replace(exchange.reply, headers=(*exchange.reply.headers, *more)), limited=True)


def test_refused_connection_is_a_target_gone(contract: Contract) -> None:
    """Where nobody takes a connection, the run is over; any other fault is for the case to judge."""
    with pytest.raises(TargetGone, match="it took none"):
        check(Exchange(SEND, None, Fault("it took none", refused=True)), contract)
    check(Exchange(SEND, None, Fault("the server was silent for 30 s")), contract)


@pytest.mark.parametrize("status", [502, 503])
def test_proxy_that_finds_no_server_is_a_target_gone(contract: Contract, answering: Answering, status: int) -> None:
    """A proxy's page that stays for three probes says that the server is gone; one that goes away does not."""
    page, fine = answering(status, b"<h1>Bad</h1>", media="text/html"), answering(200, [])
    with pytest.raises(TargetGone, match="the proxy in front finds no server any more"):
        check(page, contract, page, page, page)
    assert len(check(page, contract, page, fine, page).answers) == 1
    assert len(check(page, contract, answering(504, b"", media="text/html"), page).answers) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_server_s_own_failure_is_judged(contract: Contract, answering: Answering, status: int) -> None:
    """JSON comes from a server, so it is there; what is wrong with its status is for the case."""
    check(answering(status, DETAIL), contract)


@pytest.mark.parametrize(
    ("status", "body", "asked"),
    [(429, DETAIL, SEND), (429, b"<h1>No</h1>", MADE_UP), (429, DETAIL, Request("GET", "/v1/conversations/"))],
)
def test_limit_that_does_not_end_is_no_verdict(
    contract: Contract, answering: Answering, status: int, body: Any, asked: Request
) -> None:
    """What is not let in is not judged, and the message says what to do."""
    with pytest.raises(Limited) as caught:
        check(limited(answering, status, body, asked, retry_after="3600"), contract)
    assert str(caught.value) == (
        "the rate limit does not end: 429 with Retry-After: 3600. "
        "Raise the limit for the gate, or pass --wait SECONDS for as long as it takes"
    )
    with pytest.raises(Limited, match="429 without Retry-After"):
        check(limited(answering, status, body, asked), contract)


def test_what_the_contract_allows_is_no_limit(contract: Contract, answering: Answering) -> None:
    """A 429 for a made-up model and the 503 of a broken broker are the server's own; a 503 without end is a failure."""
    check(limited(answering, 429, DETAIL, MADE_UP, retry_after="1"), contract)
    check(limited(answering, 503, DETAIL, SEND, retry_after="1"), contract)
    check(limited(answering, 503, DETAIL, Request("GET", "/v1/conversations/")), contract)
    with pytest.raises(Limited):
        check(limited(answering, 503, DETAIL, Request("GET", "/v1/conversations/"), retry_after="1"), contract)


def test_limit_is_an_error_of_its_case_alone(bench: Bench, answering: Answering) -> None:
    """The case is neither passed nor failed, and those after it are run."""

    def asking(_: Bench) -> Iterator[Row]:
        yield Row("one", Verdict.PASS)
        raise Limited(limited(answering, 429, DETAIL))

    cases = [
        Case("list_conversations", "a", "It must.", "OP-2", asking),
        Case("list_conversations", "b", "It must.", "OP-2", lambda _: iter([Row("fine", Verdict.PASS)])),
    ]
    first, second = run(cases, bench)
    assert (first.verdict, second.verdict) == (Verdict.ERROR, Verdict.PASS)
    assert first.reason.startswith("the rate limit does not end")


def test_repeat_that_is_not_let_in_refutes_nothing() -> None:
    """A failure whose repeats could not be judged stays a failure."""
    case = Case("list_conversations", "a", "It must.", "OP-2", lambda _: iter(()))
    failed = Result(case, (Row("wrong", Verdict.FAIL, "this", "that", "OP-2"),))
    not_let_in = Result(case, (Row("the rate limit", Verdict.ERROR),))
    assert confirmed(failed, lambda _: not_let_in, set()).verdict is Verdict.FAIL
    passed = Result(case, (Row("wrong", Verdict.PASS),))
    assert confirmed(failed, lambda _: passed, set()).verdict is Verdict.FLAKY
