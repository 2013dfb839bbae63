from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from letta_contract.contract_tests import pace as pace_module
from letta_contract.contract_tests.exchange import Exchange, Fault, Reply
from letta_contract.contract_tests.pace import Pace
from letta_contract.contract_tests.request import Request

JSON = ("content-type", "application/json")
PAGE = ("content-type", "text/html")
LIST = Request("GET", "/v1/conversations/")
SEND = Request("POST", "/v1/conversations/conv-1/messages")


class Clock:
    """A clock that only goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pace_module, "time", clock)
    return clock


def answering(*answers: Reply | Fault) -> Callable[[Request], Exchange]:
    """Sends nothing; answers these in turn, the last for ever."""
    left = list(answers)

    def send(request: Request) -> Exchange:
        answer = left.pop(0) if len(left) > 1 else left[0]
        return Exchange(request, None, answer) if isinstance(answer, Fault) else Exchange(request, answer)

    return send


def reply(status: int, *headers: tuple[str, str]) -> Reply:
    return Reply(status, headers, b"")


OK = reply(200, JSON)


@pytest.mark.parametrize(
    "answer",
    [OK, reply(500, PAGE), reply(502, PAGE), reply(503, JSON), reply(404, JSON, ("retry-after", "1")), Fault("gone")],
)
def test_what_is_no_limit_is_the_answer(clock: Clock, answer: Reply | Fault) -> None:
    """Any other answer, a server's own 503 among them, is handed on at once."""
    pace = Pace()
    exchange = pace.sent(LIST, answering(answer))
    assert (exchange.reply or exchange.fault) is answer
    assert (exchange.limited, pace.waits, pace.seconds, clock.slept) == (False, 0, 0.0, [])


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        (reply(429, JSON, ("retry-after", "7")), 7),
        (reply(429, PAGE, ("retry-after", "1.5")), 1.5),
        (reply(503, JSON, ("retry-after", "7")), 7),
        (reply(429, JSON), 0.25),
        (reply(429, JSON, ("retry-after", "0")), 0.25),
        (reply(429, JSON, ("retry-after", "soon")), 0.25),
        (reply(503, PAGE), 0.25),
    ],
)
def test_limit_is_waited_for(clock: Clock, answer: Reply, pause: float) -> None:
    """As long as Retry-After says, a short while where it says nothing; what then comes is the answer."""
    pace = Pace()
    exchange = pace.sent(LIST, answering(answer, OK))
    assert exchange.reply is OK
    assert (exchange.limited, pace.waits, clock.slept) == (False, 1, [pause])
    assert pace.seconds == pause


def test_retry_after_may_be_a_date(clock: Clock) -> None:
    """RFC 9110 has a second form of Retry-After."""
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert Pace().sent(LIST, answering(reply(429, ("retry-after", then)), OK)).reply is OK
    assert 25 < clock.slept[0] <= 30


def test_pauses_grow_where_nothing_is_told(clock: Clock) -> None:
    """Without Retry-After each pause is twice the last, up to a bound, and half a minute is enough."""
    exchange = Pace().sent(LIST, answering(reply(429, JSON)))
    assert exchange.limited
    assert clock.slept == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0]


@pytest.mark.parametrize(("told", "least", "limited"), [("91", 0, True), ("90", 0, False), ("91", 100, False)])
def test_patience_has_an_end(clock: Clock, told: str, least: float, limited: bool) -> None:  # noqa: FBT001
    """A limit that will not end in time is not waited for at all; `least` makes the time longer."""
    exchange = Pace(least).sent(LIST, answering(reply(429, JSON, ("retry-after", told)), OK))
    assert exchange.limited is limited
    assert clock.slept == ([] if limited else [float(told)])


@pytest.mark.usefixtures("clock")
def test_what_was_waited_for_in_vain_is_not_waited_for_again() -> None:
    """Each operation has its own limit; one that did not end is asked once a request until it lets one in."""
    pace, never = Pace(), answering(reply(429, JSON))
    assert pace.sent(SEND, never).limited
    waits = pace.waits
    assert pace.sent(Request("POST", "/v1/conversations/conv-2/messages"), never).limited
    assert pace.waits == waits
    pace.sent(LIST, answering(reply(429, JSON), OK))
    assert pace.waits == waits + 1
    assert not pace.sent(SEND, answering(OK)).limited
    assert not pace.sent(SEND, answering(reply(429, JSON), OK)).limited


def test_after_a_limit_requests_are_apart(clock: Clock) -> None:
    """Each time a request is turned away, the ones that follow come at longer intervals."""
    pace, fine = Pace(), answering(OK)
    pace.sent(LIST, answering(reply(429, JSON, ("retry-after", "1")), OK))
    clock.slept.clear()
    for _ in range(3):
        pace.sent(LIST, fine)
    assert clock.slept == [0.02, 0.02, 0.02]
    for _ in range(30):
        pace.sent(LIST, answering(reply(429, JSON, ("retry-after", "1")), OK))
    clock.slept.clear()
    pace.sent(LIST, fine)
    assert clock.slept == [5.0]
