"""Runs: cancelling them, and reading them again (CONTRACT.md, STATE-45, STATE-46, SSE-7)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from letta_contract.contract_tests.bench import ACCEPTED, Bench
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.cases import slow_turn
from letta_contract.contract_tests.cases.history import LIST
from letta_contract.contract_tests.cases.turns import SEND, TURN, events_of, reasons_of
from letta_contract.contract_tests.conversation import said_in
from letta_contract.contract_tests.exchange import Exchange, Reply
from letta_contract.contract_tests.expectation import Expectation, Kind
from letta_contract.contract_tests.turn import CLOSING
from letta_contract.contract_tests.verdict import Verdict

case = Collection()
cases = case.among
_CANCEL = "cancel_conversation"
_STREAM = "retrieve_conversation_stream"
_IDLE = Expectation(Kind.REFUSE, frozenset({409}), "no run is active", "STATE-45")
_INVALID = Expectation(Kind.REFUSE, frozenset({422}), "it says nothing, which is judged before the state", "ORDER-4")
_OVER = "no prompt that is slow enough: the turn was over before it was cancelled"
_FIRST = "by tokens"
_BACKGROUND = "in the background"
_UNSTREAMED = "as JSON"
_KINDS: dict[str, dict[str, Any]] = {
    _FIRST: {"stream_tokens": True},
    _UNSTREAMED: {"streaming": False},
    _BACKGROUND: {"background": True, "stream_tokens": True},
}


@case(_CANCEL, "nothing-to-cancel", "STATE-45", "With no active run it is 409.", needs=Need.STATE)
def _idle(bench: Bench) -> Iterator[Row]:
    exchange = bench.call(_CANCEL, bench.conversation())
    yield from bench.judge("a new conversation", _CANCEL, exchange, _IDLE)


@case(_CANCEL, "nothing-left-to-cancel", "STATE-45", "When the turn is over it is 409 again.", needs=TURN)
def _over(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    for name, streaming in (("after a turn", False), ("after a streamed turn", True)):
        bench.ok(SEND, id_, body={"input": "Say hello.", "streaming": streaming})
        yield from bench.judge(name, _CANCEL, bench.call(_CANCEL, id_), _IDLE)


@case(
    _CANCEL,
    "ends-the-run",
    "STATE-46",
    "The active run ends with stop_reason cancelled, and its stream ends well.",
    needs=TURN,
)
def _cancels(bench: Bench) -> Iterator[Row]:
    id_, other = bench.conversation(), bench.conversation()
    for name, fields in _KINDS.items():
        held = bench.target.pace.seconds
        with slow_turn.begun(bench, id_, fields) as (running, turn):
            alive = running()
            if name == _FIRST:
                idle = bench.call(_CANCEL, other)
                bad = bench.call(SEND, id_, body={})
            with _read_meanwhile(bench, name, id_) as read:
                cancelled = bench.call(_CANCEL, id_)
                over = not running()
        if bench.target.pace.seconds - held > slow_turn.HEAD_START:
            yield Row(name, Verdict.SKIP, actual="a rate limit kept it from being cancelled in time")
            return
        if not alive:
            yield from bench.judge(f"{name}: its answer", SEND, turn[0])
            yield Row(name, Verdict.UNSUPPORTED, actual="no slow prompt")
            return
        if name == _FIRST:
            yield from bench.judge("another conversation", _CANCEL, idle, _IDLE)
            yield from bench.judge_status("no message for a busy one", SEND, bad, _INVALID)
        reasons = reasons_of(turn[0].reply)
        if over and "cancelled" not in reasons and cancelled.status == 409:
            yield Row(name, Verdict.UNSUPPORTED, actual=_OVER)
            continue
        if name == _UNSTREAMED and cancelled.status == 409:  # no rule says that such a turn is a run to be cancelled
            yield Row(name, Verdict.UNSUPPORTED, actual="a turn that is not streamed cannot be cancelled")
            continue
        yield from bench.judge(f"{name}: cancel", _CANCEL, cancelled, ACCEPTED)
        yield from bench.judge(f"{name}: its answer", SEND, turn[0], ACCEPTED)
        for exchange in read:
            yield from bench.judge(f"{name}: read meanwhile", _STREAM, exchange)
            told = reasons_of(exchange.reply)
            yield bench.check(f"{name}: as it was read", told in ([], reasons), "STATE-46", reasons, told)
        yield from _of_the_run(bench, name, cancelled.reply, turn[0].reply, id_)
        yield bench.check(f"{name}: stop_reason", reasons == ["cancelled"], "STATE-46", ["cancelled"], reasons)
        yield from bench.judge(f"{name}: cancel again", _CANCEL, bench.call(_CANCEL, id_), _IDLE)
    yield from _by_default(bench)
    asked = [said_in(row) for row in bench.ok(LIST, id_) if row["message_type"] == "user_message"]
    kept = any(bench.prompts.slow in text for text in asked)
    yield bench.check("what was said", kept, "STATE-39", bench.prompts.slow, asked)
    goes_on = bench.call(SEND, id_, body={"input": "Say hello.", "streaming": False})
    yield from bench.judge("the next turn", SEND, goes_on, ACCEPTED)


@case(_STREAM, "replays-a-background-run", "OP-9", "A background run can be read again, from any place.", needs=TURN)
def _replays(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    sent = bench.call(SEND, id_, body={"input": "Say hello.", "background": True})
    yield from bench.judge("background", SEND, sent, ACCEPTED)
    places = _places(events_of(sent.reply))
    again = bench.call(_STREAM, id_, body={})
    yield from bench.judge("from the start", _STREAM, again)
    if again.reply is None or again.reply.status != 200 or not places:
        yield Row("from the start", Verdict.UNSUPPORTED, actual="the run is not kept")
        return
    said, replayed = (_said(events_of(reply)) for reply in (sent.reply, again.reply))
    yield bench.check("from the start: messages", replayed == said, "OP-9", said, replayed)
    unpinged = bench.call(_STREAM, id_, body={"include_pings": False})
    yield from bench.judge("without pings", _STREAM, unpinged)
    # Behind a message, not behind how it ended: a server may say that in each stream, so that it is whole (SSE-4).
    place = places[len(places) // 2]
    rest = bench.call(_STREAM, id_, body={"starting_after": place, "include_pings": False})
    yield from bench.judge("from the middle", _STREAM, rest)
    early = [number for number in _places(events_of(rest.reply)) if number <= place]
    yield bench.check("starting_after", not early, "BODY-6", f"messages after number {place}", early)
    if bench.agent.writable:
        own = {"agent_id": bench.agent.id}
        bench.call(SEND, "default", body={"input": "Say hello.", "background": True, **own})
        yield from bench.judge("default", _STREAM, bench.call(_STREAM, "default", body=own), ACCEPTED)


@contextmanager
def _read_meanwhile(bench: Bench, name: str, conversation_id: str) -> Iterator[list[Exchange]]:
    """The stream of a run in the background, which is read while it goes on, until it ends."""
    if name != _BACKGROUND:
        yield []
        return
    with slow_turn.under_way(bench, bench.request(_STREAM, conversation_id, body={})) as (_, read):
        yield read


def _by_default(bench: Bench) -> Iterator[Row]:
    """The same of the agent's own conversation, under its other name."""
    if not bench.agent.writable:
        return
    with slow_turn.begun(bench, "default", {**_KINDS[_FIRST], "agent_id": bench.agent.id}) as (running, turn):
        alive = running()
        cancelled = bench.call(_CANCEL, "default", query={"agent_id": bench.agent.id})
        over = not running()
    if not alive or (over and cancelled.status == 409 and "cancelled" not in reasons_of(turn[0].reply)):
        yield Row("default", Verdict.UNSUPPORTED, actual=_OVER)
        return
    yield from bench.judge("default: cancel", _CANCEL, cancelled, ACCEPTED)
    yield from bench.judge("default: its answer", SEND, turn[0], ACCEPTED)
    reasons = reasons_of(turn[0].reply)
    yield bench.check("default: stop_reason", reasons == ["cancelled"], "STATE-46", ["cancelled"], reasons)


def _of_the_run(bench: Bench, name: str, told: Reply | None, turn: Reply | None, id_: str) -> Iterator[Row]:
    """Whether cancel names the run, which the events of a turn may name, too; and whether it can be read again."""
    runs = {event["run_id"] for event in events_of(turn) if event.get("run_id")}
    named = set(told.json) if told is not None and told.status == 200 else set()
    # It may have cancelled others, too, which nobody waits for.
    known = bool(named & runs) if runs else not named & {id_, bench.agent.id}
    yield bench.check(
        f"{name}: the run", known or not named, "OP-10", " ".join(runs) or "the id of the run", " ".join(named)
    )
    if name == _BACKGROUND:
        yield from bench.judge("read once it was cancelled", _STREAM, bench.call(_STREAM, id_, body={}))


def _places(events: list[dict[str, Any]]) -> list[int]:
    """The numbers of the messages in a background stream, from 1."""
    return [e["seq_id"] for e in events if e["message_type"] not in ("ping", *CLOSING) and e.get("seq_id")]


def _said(events: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """What the assistant said in a stream, and in which messages."""
    return [(event["id"], event["content"]) for event in events if event["message_type"] == "assistant_message"]
