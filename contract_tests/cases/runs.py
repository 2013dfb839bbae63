"""Runs: cancelling them, and reading them again (CONTRACT.md, STATE-45, STATE-46, SSE-7)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

from letta_contract.contract_tests.bench import ACCEPTED, Bench
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.cases.turns import SEND, TURN, events_of
from letta_contract.contract_tests.exchange import Exchange
from letta_contract.contract_tests.expectation import Expectation, Kind
from letta_contract.contract_tests.verdict import Verdict

case = Collection()
cases = case.among
_CANCEL = "cancel_conversation"
_STREAM = "retrieve_conversation_stream"
_IDLE = Expectation(Kind.REFUSE, frozenset({409}), "no run is active", "STATE-45")
_HEAD_START = 0.4  # seconds that a slow turn is given to begin


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
    request = bench.request(SEND, id_, body={"input": bench.prompts.slow, "stream_tokens": True})
    streamed: list[Exchange] = []
    held = bench.target.pace.seconds
    turn = threading.Thread(target=lambda: streamed.append(bench.target.send(request)), daemon=True)
    turn.start()
    time.sleep(_HEAD_START)
    idle = bench.call(_CANCEL, other)
    running = turn.is_alive()
    cancelled = bench.call(_CANCEL, id_)
    over = not turn.is_alive()
    turn.join()
    if bench.target.pace.seconds - held > _HEAD_START:
        yield Row("a slow turn", Verdict.SKIP, actual="a rate limit kept it from being cancelled in time")
        return
    if not running:
        yield Row("a slow turn", Verdict.UNSUPPORTED, actual="no slow prompt")
        return
    yield from bench.judge("another conversation", _CANCEL, idle, _IDLE)
    reasons = [e["stop_reason"] for e in events_of(streamed[0].reply) if e["message_type"] == "stop_reason"]
    if over and reasons == ["end_turn"] and cancelled.reply is not None and cancelled.reply.status == 409:
        yield Row("a slow turn", Verdict.SKIP, actual="it was over before it was cancelled")
        return
    yield from bench.judge("cancel", _CANCEL, cancelled, ACCEPTED)
    yield from bench.judge("its stream", SEND, streamed[0], ACCEPTED)
    yield bench.check("stop_reason", reasons == ["cancelled"], "STATE-46", ["cancelled"], reasons)
    yield from bench.judge("cancel again", _CANCEL, bench.call(_CANCEL, id_), _IDLE)
    goes_on = bench.call(SEND, id_, body={"input": "Say hello.", "streaming": False})
    yield from bench.judge("the next turn", SEND, goes_on, ACCEPTED)


@case(_STREAM, "replays-a-background-run", "OP-9", "A background run can be read again, from any place.", needs=TURN)
def _replays(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    sent = bench.call(SEND, id_, body={"input": "Say hello.", "background": True})
    yield from bench.judge("background", SEND, sent, ACCEPTED)
    numbers = [event["seq_id"] for event in events_of(sent.reply) if event.get("seq_id") is not None]
    again = bench.call(_STREAM, id_, body={})
    yield from bench.judge("from the start", _STREAM, again)
    if again.reply is None or again.reply.status != 200 or not numbers:
        yield Row("from the start", Verdict.UNSUPPORTED, actual="the run is not kept")
        return
    said, replayed = (_said(events_of(reply)) for reply in (sent.reply, again.reply))
    yield bench.check("from the start: messages", replayed == said, "OP-9", said, replayed)
    place = numbers[len(numbers) // 2]
    rest = bench.call(_STREAM, id_, body={"starting_after": place, "include_pings": False})
    yield from bench.judge("from the middle", _STREAM, rest)
    early = [e["seq_id"] for e in events_of(rest.reply) if e.get("seq_id") is not None and e["seq_id"] <= place]
    yield bench.check("starting_after", not early, "BODY-6", f"events after number {place}", early)


def _said(events: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """What the assistant said in a stream, and in which messages."""
    return [(event["id"], event["content"]) for event in events if event["message_type"] == "assistant_message"]
