"""Streams of turns: pings, deltas, filters by type, and when they come (CONTRACT.md, SSE-1, SSE-8, SSE-9, BODY-3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from letta_contract.contract_tests.bench import ACCEPTED, Bench
from letta_contract.contract_tests.case import Collection, Row
from letta_contract.contract_tests.cases import slow_turn
from letta_contract.contract_tests.cases.turns import SEND, TURN, events_of, send, talk
from letta_contract.contract_tests.conversation import texts
from letta_contract.contract_tests.turn import CLOSING
from letta_contract.contract_tests.verdict import Verdict

case = Collection()
cases = case.among
_HELD_BACK = ": does a proxy hold it back? nginx with gzip needs proxy_buffering off, or X-Accel-Buffering: no"
_SLOW = 0.8  # seconds that a turn must take for a prompt to count as slow
_ODD = "Count to five, please: naïve, 東京, 🧪."  # what is lost where chunks are cut, or sent in another encoding
_THOUGHT = "Think before you answer. STUB:REASON"


@case(SEND, "pings-only-if-wanted", "SSE-8", "include_pings false sends no ping.", needs=TURN)
def _pings(bench: Bench) -> Iterator[Row]:
    exchange = send(bench, talk(bench), "Say hello.", include_pings=False)
    yield from bench.judge("a turn", SEND, exchange, ACCEPTED)


@case(SEND, "tokens-join-to-the-message", "SSE-9", "The chunks of a message share its id and join to it.", needs=TURN)
def _tokens(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    before = texts(bench.ok("list_conversation_messages", id_), "assistant_message")  # a server may greet
    chunks: list[dict[str, Any]] = []
    for name, text in (("stream_tokens", _ODD), ("with a thought", _THOUGHT), ("with a tool", bench.prompts.tool)):
        exchange = send(bench, id_, text, stream_tokens=True)
        yield from bench.judge(name, SEND, exchange, ACCEPTED)
        chunks += events_of(exchange.reply)
    listed = bench.ok("list_conversation_messages", id_, query={"order": "desc"})
    said, stored = (texts(rows, "assistant_message") for rows in (chunks, listed))
    stored = {id_: text for id_, text in stored.items() if id_ not in before}
    yield bench.check("joined", said == stored, "SSE-9", stored, said)
    thought, kept = (texts(rows, "reasoning_message") for rows in (chunks, listed))
    # What a model thought need not be kept; where it is, it is what was streamed.
    same = not kept or all(kept.get(id_) == text for id_, text in thought.items())
    yield bench.check("joined thoughts", same, "SSE-9", kept, thought)
    asked, called = (_calls(rows) for rows in (chunks, listed))
    same = all(called.get(id_, given) == given for id_, given in asked.items())
    yield bench.check("joined arguments", same, "SSE-9", called, asked)
    called_by = [row["tool_call"]["tool_call_id"] for row in chunks if row["message_type"] == "tool_call_message"]
    calls = {id_ for id_ in called_by if id_}
    one_each = not calls or len(asked) <= len(calls)
    yield bench.check("calls", one_each, "SSE-9", f"an id for each of {calls}", list(asked))


@case(SEND, "types-filter", "BODY-3", "include_return_message_types keeps only those types.", needs=TURN)
def _filter(bench: Bench) -> Iterator[Row]:
    id_ = talk(bench)
    wanted = ["assistant_message"]
    body: dict[str, Any] = {"input": _THOUGHT, "streaming": False, "include_return_message_types": wanted}
    kinds = {message["message_type"] for message in bench.ok(SEND, id_, body=body)["messages"]}
    yield bench.check(wanted[0], kinds <= set(wanted), "BODY-3", wanted, kinds)
    for name, wanted, fields in (
        ("assistant_message, streamed", ["assistant_message"], {"input": bench.prompts.tool}),
        ("tool_call_message, by tokens", ["tool_call_message"], {"stream_tokens": True}),
    ):
        body = {"input": _THOUGHT, "include_return_message_types": wanted, **fields}
        exchange = bench.call(SEND, id_, body=body)
        yield from bench.judge(name, SEND, exchange, ACCEPTED)
        kinds = {event["message_type"] for event in events_of(exchange.reply)} - {"ping", *CLOSING}
        yield bench.check(f"{name}: types", kinds <= set(wanted), "BODY-3", wanted, kinds)


@case(SEND, "comes-as-it-is-made", "SSE-1", "The first event comes before the turn is over.", needs=TURN)
def _in_time(bench: Bench) -> Iterator[Row]:
    slow = {"stream_tokens": True}
    # Without pings: a timer must know that, too, which quick turns do not show.
    id_ = bench.conversation()
    with slow_turn.begun(bench, id_, {**slow, "include_pings": False}) as (_, turn):
        meanwhile = bench.call(SEND, id_, body={"input": "Say hello.", "streaming": False})
        pinged = send(bench, bench.conversation(), bench.prompts.slow, **slow)
    (exchange,) = turn
    yield from bench.judge("another beside it, with pings", SEND, pinged)
    yield from bench.judge("another one meanwhile", SEND, meanwhile)  # it waits, or is refused
    yield from bench.judge("a slow turn", SEND, exchange, ACCEPTED)
    reply = exchange.reply
    if reply is None or reply.seconds < _SLOW or not reply.arrivals:
        yield Row("a slow turn", Verdict.UNSUPPORTED, actual="no slow prompt")
        return
    first = reply.arrivals[0][0]
    wanted = reply.seconds * 0.6
    yield bench.check(
        "first event",
        first < wanted,
        "SSE-1",
        f"within {wanted:.1f} s",
        f"after {first:.1f} s of {reply.seconds:.1f} s{_HELD_BACK}",
    )
    place = reply.content.find(b'"assistant_message"')
    said = next((at for at, length in reply.arrivals if place < length), reply.seconds)
    late = f"after {said:.1f} s of {reply.seconds:.1f} s{_HELD_BACK}"
    yield bench.check("first message", place < 0 or said < wanted, "SSE-1", f"within {wanted:.1f} s", late)


def _calls(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The arguments of tool calls, by their ids; as text, where they are no JSON."""
    parts: dict[str, str] = {}
    for row in rows:
        if row["message_type"] in ("tool_call_message", "approval_request_message"):
            call = row["tool_call"]
            parts[row["id"]] = parts.get(row["id"], "") + (call.get("arguments") or "")
    return {id_: _value(text) for id_, text in parts.items()}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
