"""Turns: how a send is answered, in one piece or as a stream (CONTRACT.md, SSE-1 to SSE-13, STATE-41)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from letta_contract.contract_tests import event_stream
from letta_contract.contract_tests.bench import ACCEPTED, Bench
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.cases.identifiers import UNKNOWN_CONVERSATION
from letta_contract.contract_tests.conversation import said_in
from letta_contract.contract_tests.exchange import Exchange, Reply
from letta_contract.contract_tests.reply import EVENT_STREAM, JSON
from letta_contract.contract_tests.turn import CLOSING, DONE, FAILED
from letta_contract.contract_tests.verdict import Verdict

case = Collection()
cases = case.among
SEND = "send_conversation_message"
TURN = Need.STATE | Need.MODEL
TOOL = "contract_probe"
_HELD_BACK = ": does a proxy hold it back? nginx with gzip needs proxy_buffering off, or X-Accel-Buffering: no"
_SLOW = 0.8  # seconds that a turn must take for a prompt to count as slow


@case(SEND, "streaming-picks-the-media-type", "SSE-13", "JSON if streaming is false, else an event stream.", needs=TURN)
def _media_type(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    for name, fields, wanted in (
        ("streaming false", {"streaming": False}, JSON),
        ("streaming true", {"streaming": True}, EVENT_STREAM),
        ("left out", {}, EVENT_STREAM),
        ("false, with stream_tokens", {"streaming": False, "stream_tokens": True}, JSON),
    ):
        exchange = _send(bench, id_, "Say hello.", **fields)
        yield from bench.judge(name, SEND, exchange, ACCEPTED)
        reply = exchange.reply
        if reply is not None and reply.status == 200:
            rule = "SSE-12" if wanted == JSON else "SSE-13"
            yield bench.check(f"{name}: media type", reply.media_type == wanted, rule, wanted, reply.media_type)


@case(
    SEND, "ways-to-say-it", "BODY-3", "input and messages, text and parts, all start a turn and are kept.", needs=TURN
)
def _ways(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    texts = [f"Say hello in way {number} of eight." for number in range(8)]
    parts = [{"type": "text", "text": text} for text in texts]
    messages = [{"role": "user", "content": text} for text in texts]
    for name, body in (
        ("input as parts", {"streaming": False, "input": parts[:2]}),
        ("messages", {"streaming": False, "messages": messages[2:4]}),
        (
            "messages as parts",
            {"messages": [{"type": "message", "role": "user", "content": parts[4:6]}], "input": None},
        ),
        ("streamed by tokens", {"stream_tokens": True, "messages": messages[6:7]}),
        ("in the background", {"background": True, "input": texts[7]}),
    ):
        yield from bench.judge(name, SEND, bench.call(SEND, id_, body=body), ACCEPTED)
    listed = bench.ok("list_conversation_messages", id_)
    said = [said_in(row) for row in listed if row["message_type"] == "user_message"]
    lost = [text for text in texts if not any(text in shown for shown in said)]
    yield bench.check("what was said", not lost, "STATE-39", "each in the list", f"not there: {', '.join(lost)}")


@case(SEND, "messages-or-input", "BODY-4", "Exactly one of messages and input is given, and is not empty.")
def _either(bench: Bench) -> Iterator[Row]:
    message = {"role": "user", "content": "Say hello."}
    for name, body in (
        ("both", {"messages": [message], "input": "Say hello."}),
        ("neither", {"streaming": False}),
        ("both null", {"messages": None, "input": None}),
        ("no message", {"messages": []}),
        ("no message, and null", {"messages": [], "input": None}),
    ):
        exchange = bench.call(SEND, UNKNOWN_CONVERSATION, body=body)
        yield from bench.judge_status(name, SEND, exchange, bench.contract.expect(SEND, exchange.request))


@case(SEND, "pings-only-if-wanted", "SSE-8", "include_pings false sends no ping.", needs=TURN)
def _pings(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    for name, fields in (
        ("a turn", {}),
        ("by tokens", {"stream_tokens": True}),
        ("in the background", {"background": True}),
    ):
        exchange = _send(bench, id_, "Say hello.", include_pings=False, **fields)
        yield from bench.judge(name, SEND, exchange, ACCEPTED)


@case(SEND, "tokens-join-to-the-message", "SSE-9", "The chunks of a message share its id and join to it.", needs=TURN)
def _tokens(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    exchange = _send(bench, id_, "Count to five, please.", stream_tokens=True)
    yield from bench.judge("stream_tokens", SEND, exchange, ACCEPTED)
    chunks = [event for event in events_of(exchange.reply) if event["message_type"] == "assistant_message"]
    joined: dict[str, str] = {}
    for chunk in chunks:
        joined[chunk["id"]] = joined.get(chunk["id"], "") + said_in(chunk)
    listed = bench.ok("list_conversation_messages", id_, query={"order": "desc"})
    stored = {row["id"]: said_in(row) for row in listed if row["message_type"] == "assistant_message"}
    yield bench.check("joined", joined == stored, "SSE-9", stored, joined)


@case(SEND, "usage-adds-up", "STATE-41", "total_tokens is no less than prompt and completion together.", needs=TURN)
def _usage(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    result = bench.ok(SEND, id_, body={"input": "Say hello.", "streaming": False})
    streamed = [e for e in events_of(_send(bench, id_, "Say hello.").reply) if e["message_type"] == "usage_statistics"]
    for name, usage in (("as JSON", result["usage"]), *(("streamed", one) for one in streamed)):
        parts = usage.get("prompt_tokens", 0) + usage.get("completion_tokens", 0)
        total = usage.get("total_tokens", 0)
        yield bench.check(name, total >= parts, "STATE-41", f"at least {parts}", total)


@case(
    SEND,
    "answers-what-was-asked",
    "OP-8",
    "A turn answers with messages, the last of them the assistant's.",
    needs=TURN,
)
def _answers(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    result = bench.ok(SEND, id_, body={"input": "Say hello.", "streaming": False})
    streamed = list(events_of(_send(bench, id_, "Say hello.").reply))
    for name, messages in (("as JSON", result["messages"]), ("streamed", streamed)):
        kinds = [message["message_type"] for message in messages]
        yield bench.check(name, "assistant_message" in kinds, "OP-8", "an assistant_message", kinds)
    reason = result["stop_reason"]["stop_reason"]
    yield bench.check("stop_reason", reason == "end_turn", "MSG-16", "end_turn", reason)


@case(SEND, "types-filter", "BODY-3", "include_return_message_types keeps only those types.", needs=TURN)
def _filter(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    for wanted in (["assistant_message"], ["tool_call_message"]):
        body = {"input": "Say hello.", "streaming": False, "include_return_message_types": wanted}
        kinds = {message["message_type"] for message in bench.ok(SEND, id_, body=body)["messages"]}
        yield bench.check(wanted[0], kinds <= set(wanted), "BODY-3", wanted, kinds)
        events = events_of(_send(bench, id_, "Say hello.", include_return_message_types=wanted).reply)
        kinds = {event["message_type"] for event in events} - {"ping", *CLOSING}
        yield bench.check(f"{wanted[0]}, streamed", kinds <= set(wanted), "BODY-3", wanted, kinds)


@case(SEND, "comes-as-it-is-made", "SSE-1", "The first event comes before the turn is over.", needs=TURN)
def _in_time(bench: Bench) -> Iterator[Row]:
    exchange = _send(bench, bench.conversation(), bench.prompts.slow, stream_tokens=True)
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


@case(SEND, "failure-is-told", "SSE-10", "When the model fails, the answer says so as documented.", needs=TURN)
def _failure(bench: Bench) -> Iterator[Row]:
    for name, fields in (("streamed", {}), ("as JSON", {"streaming": False})):
        exchange = _send(bench, bench.conversation(), bench.prompts.fail, **fields)
        yield from bench.judge(name, SEND, exchange)
        reply = exchange.reply
        if reply is not None and reply.status == 200 and not _failed(reply):
            yield Row(name, Verdict.UNSUPPORTED, actual="no failing prompt")


@case(
    SEND,
    "approval",
    "MSG-8",
    "A client's tool is asked for with requires_approval, and its return goes on.",
    needs=TURN,
)
def _approval(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    tools = [{"name": TOOL, "description": "Tells what is asked.", "parameters": schema}]
    exchange = _send(bench, id_, bench.prompts.tool, client_tools=tools)
    yield from bench.judge("the call", SEND, exchange, ACCEPTED)
    events = events_of(exchange.reply)
    call = next((e["tool_call"] for e in events if e["message_type"] == "approval_request_message"), None)
    reason = next((e["stop_reason"] for e in events if e["message_type"] == "stop_reason"), None)
    if call is None:
        yield Row("the call", Verdict.UNSUPPORTED, actual="no tool prompt")
        return
    yield bench.check("stop_reason", reason == "requires_approval", "MSG-16", "requires_approval", reason)
    given = {"type": "tool", "tool_call_id": call["tool_call_id"], "tool_return": "21 degrees", "status": "success"}
    body = {"messages": [{"type": "approval", "approvals": [given]}], "client_tools": tools, "streaming": False}
    yield from bench.judge("the return", SEND, bench.call(SEND, id_, body=body), ACCEPTED)


def _send(bench: Bench, conversation_id: str, text: str, **fields: Any) -> Exchange:
    return bench.call(SEND, conversation_id, body={"input": text, **fields})


def events_of(reply: Reply | None) -> list[dict[str, Any]]:
    """The JSON of a stream's events; none where there is no readable stream, which is judged elsewhere."""
    if reply is None or reply.media_type != EVENT_STREAM:
        return []
    try:
        read = event_stream.read(reply.content)
        return [value for e in read if e.data != DONE and "message_type" in (value := json.loads(e.data))]
    except (ValueError, TypeError):
        return []


def _failed(reply: Reply) -> bool:
    if reply.media_type == EVENT_STREAM:
        kinds = [event["message_type"] for event in events_of(reply)]
        return "error_message" in kinds
    return bool(reply.json["stop_reason"]["stop_reason"] in FAILED)
