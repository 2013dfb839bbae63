"""Turns: how a send is answered, in one piece or as a stream (CONTRACT.md, SSE-1 to SSE-13, STATE-41)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from letta_contract.contract_tests import event_stream
from letta_contract.contract_tests.bench import ACCEPTED, Bench, failed
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.cases.identifiers import UNKNOWN_CONVERSATION
from letta_contract.contract_tests.conversation import said_in
from letta_contract.contract_tests.exchange import Exchange, Reply
from letta_contract.contract_tests.reply import EVENT_STREAM, JSON
from letta_contract.contract_tests.turn import DONE, FAILED, UNDONE, adds_up
from letta_contract.contract_tests.verdict import Verdict

case = Collection()
cases = case.among
SEND = "send_conversation_message"
TURN = Need.STATE | Need.MODEL
_NEITHER = "neither"
_TEXTS = [f"Say hello in way {number} of ten." for number in range(10)]
_PARTS = [{"type": "text", "text": text} for text in _TEXTS]
_ROLES = ("user",) * 8 + ("system", "assistant")
_MESSAGES = [{"role": role, "content": text} for role, text in zip(_ROLES, _TEXTS, strict=True)]
_IN_PARTS = [{"role": role, "content": [part]} for role, part in zip(_ROLES, _PARTS, strict=True)]
_ODD = {"NUL": "a\0b", "a lone surrogate": "a\ud800b"}
_PNG = (  # one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_THOUGHT = {"type": "reasoning", "is_native": True, "reasoning": "What nobody says aloud."}
_SILENCE = "Say nothing. STUB:EMPTY"  # which a model may heed in its own way
_UNSAID = "a thought beside it"
_IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": _PNG}}
_PICTURE = "a picture"
_DRAWN = "a picture that the agent sends"  # which no list shows: an assistant_message has text
_SPEECHLESS = "nothing to say"
_FREE = (_UNSAID, _PICTURE, _DRAWN, _SPEECHLESS)  # what a server may refuse when it comes to it (TOL-13)
_WAYS: dict[str, dict[str, Any]] = {
    "input as parts": {"streaming": False, "input": _PARTS[:2], "messages": None},
    "messages of all roles": {"streaming": False, "messages": [*_IN_PARTS[8:], *_MESSAGES[2:4]]},
    "messages as parts": {
        "messages": [{"type": "message", "role": "user", "content": _PARTS[4:6]}],
        "input": None,
    },
    "streamed by tokens": {"stream_tokens": True, "messages": _MESSAGES[6:7]},
    "in the background": {"background": True, "input": _TEXTS[7]},
}


@case(SEND, "streaming-picks-the-media-type", "SSE-13", "JSON if streaming is false, else an event stream.", needs=TURN)
def _media_type(bench: Bench) -> Iterator[Row]:
    id_ = talk(bench)
    # Clients say that they accept one thing, whatever they ask for.
    for name, fields, accept, wanted in (
        (f"streaming false, accepting {EVENT_STREAM}", {"streaming": False}, EVENT_STREAM, JSON),
        (f"streaming true, accepting {JSON}", {"streaming": True}, JSON, EVENT_STREAM),
        ("left out", {}, "", EVENT_STREAM),
    ):
        request = bench.request(SEND, id_, body={"input": "Say hello.", **fields})
        if accept:
            request = replace(request, headers=(*request.headers, ("Accept", accept)))
        exchange = bench.send(request)
        reply = exchange.reply
        if accept and reply is not None and reply.status == 406:  # TOL-14
            yield Row(name, Verdict.PASS)
            continue
        yield from bench.judge(name, SEND, exchange, ACCEPTED)
        if reply is not None and reply.status == 200:
            rule = "SSE-12" if wanted == JSON else "SSE-13"
            yield bench.check(f"{name}: media type", reply.media_type == wanted, rule, wanted, reply.media_type)


def said_in_many_ways(bench: Bench) -> tuple[str, list[tuple[str, Exchange]]]:
    """A conversation in which ten things were said, each in one of several ways, and the answers."""

    def say() -> tuple[str, list[tuple[str, Exchange]]]:
        id_ = bench.conversation()
        ways = {
            **_WAYS,
            _UNSAID: {"streaming": False, "input": [*_PARTS[:1], _THOUGHT]},
            _PICTURE: {"streaming": False, "input": [*_PARTS[:1], _IMAGE]},
            _DRAWN: {
                "streaming": False,
                "messages": [{"role": "assistant", "content": [*_PARTS[:1], _IMAGE]}, _MESSAGES[1]],
            },
            "a tool call": {"streaming": False, "input": bench.prompts.tool},
            _SPEECHLESS: {"streaming": False, "input": _SILENCE},
        }
        return id_, [(name, bench.call(SEND, id_, body=body)) for name, body in ways.items()]

    return bench.shared("many ways", say)


@case(
    SEND, "ways-to-say-it", "BODY-3", "input and messages, text and parts, all start a turn and are kept.", needs=TURN
)
def _ways(bench: Bench) -> Iterator[Row]:
    id_, answers = said_in_many_ways(bench)
    for name, exchange in answers:
        yield from bench.judge(name, SEND, exchange, None if name in _FREE else ACCEPTED)
    taken = [exchange for _, exchange in answers if exchange.status == 200]
    listed = bench.ok("list_conversation_messages", id_)
    if any(name == _PICTURE and exchange.status == 200 for name, exchange in answers):
        parts = [part for row in listed if isinstance(row.get("content"), list) for part in row["content"]]
        seen = any(part["type"] == "image" for part in parts)
        yield bench.check(_PICTURE, seen, "STATE-39", "a message with an image", f"none in {len(listed)}")
    # The agent may say what it was told, so the user's own messages count; a list may leave out all of the system's.
    asked = [said_in(row) for row in listed if row["message_type"] == "user_message"]
    everything = [said_in(row) for row in listed]
    sent = [text for text in _TEXTS if any(text.encode() in (one.request.body or b"") for one in taken)]
    lost = [text for text in sent if text in _TEXTS[:8] and not any(text in shown for shown in asked)]
    own = _TEXTS[8:] if any(row["message_type"] == "system_message" for row in listed) else _TEXTS[9:]
    own = [text for text in own if text in sent]
    lost += [text for text in own if not any(text in shown for shown in everything)]
    yield bench.check("what was said", not lost, "STATE-39", "each in the list", f"not there: {', '.join(lost)}")


@case(
    SEND,
    "odd-texts",
    "STATE-48",
    "Whatever is said is taken or refused, and never makes a 5xx; the messages can be read afterwards.",
    needs=TURN,
)
def _odd_texts(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    for name, text in _ODD.items():
        for where, body in (("input", {"input": text, "streaming": False}), ("a message, streamed", _message(text))):
            yield from bench.judge(f"{name} in {where}", SEND, bench.call(SEND, id_, body=body))
    yield from bench.judge("a message without parts", SEND, bench.call(SEND, id_, body=_message([])))
    listed = bench.call("list_conversation_messages", id_)
    yield from bench.judge("the list", "list_conversation_messages", listed, ACCEPTED)


def _message(content: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": content}]}


@case(SEND, "messages-or-input", "BODY-4", "Exactly one of messages and input is given, and is not empty.")
def _either(bench: Bench) -> Iterator[Row]:
    message = {"role": "user", "content": "Say hello."}
    for name, body in (
        ("both", {"messages": [message], "input": "Say hello."}),
        (_NEITHER, {"streaming": False}),
        ("both null", {"messages": None, "input": None}),
        ("no message", {"messages": []}),
        ("no message, and null", {"messages": [], "input": None}),
        ("no message, beside input", {"messages": [], "input": "Say hello."}),
        ("both, with parts", {"messages": [message], "input": [{"type": "text", "text": "Say hello."}]}),
        ("both, with no parts", {"messages": [message], "input": []}),
        ("both, with no text", {"messages": [message], "input": ""}),
    ):
        exchange = bench.call(SEND, UNKNOWN_CONVERSATION, body=body)
        yield from bench.judge_status(name, SEND, exchange, bench.contract.expect(SEND, exchange.request))
        if exchange.status == 422 and name == _NEITHER:  # often refused by other means than what has a type
            yield from failed("its body", bench.contract.body_problems(SEND, exchange), exchange)


@case(SEND, "usage-adds-up", "STATE-41", "total_tokens is no less than prompt and completion together.", needs=TURN)
def _usage(bench: Bench) -> Iterator[Row]:
    told, streamed = bench.conversation(), bench.conversation()  # a model may be caught by a call that it made before
    usage = bench.ok(SEND, told, body={"input": bench.prompts.tool, "streaming": False})["usage"]
    wanted = "total_tokens that holds the others"
    yield bench.check("as JSON, of several steps", adds_up(usage), "STATE-41", wanted, usage)
    # Of a stream it is judged wherever one is (SSE-4, too: several steps are one turn).
    yield from bench.judge("streamed, of several steps", SEND, send(bench, streamed, bench.prompts.tool), ACCEPTED)
    for name, id_, fields in (
        ("stopped by max_steps, as JSON", told, {"streaming": False}),
        ("stopped by max_steps", streamed, {}),
    ):
        stopped = send(bench, id_, bench.prompts.tool, max_steps=1, **fields)
        yield from bench.judge(name, SEND, stopped, ACCEPTED)


@case(
    SEND,
    "answers-what-was-asked",
    "OP-8",
    "A turn answers with messages, the last of them the assistant's.",
    needs=TURN,
)
def _answers(bench: Bench) -> Iterator[Row]:
    id_ = talk(bench)
    result = bench.ok(SEND, id_, body={"input": "Say hello.", "streaming": False})
    streamed = list(events_of(send(bench, id_, "Say hello.").reply))
    reasons = [event for event in streamed if event["message_type"] == "stop_reason"]
    for name, messages, ends in (
        ("as JSON", result["messages"], [result["stop_reason"]]),
        ("streamed", streamed, reasons),
    ):
        kinds = [message["message_type"] for message in messages]
        yield bench.check(name, "assistant_message" in kinds, "OP-8", "an assistant_message", kinds)
        wrong = [end["stop_reason"] for end in ends if end["stop_reason"] in UNDONE]
        yield bench.check(f"{name}: stop_reason", not wrong, "MSG-16", "the end of a turn that came to one", wrong)


@case(SEND, "failure-is-told", "SSE-10", "When the model fails, the answer says so as documented.", needs=TURN)
def _failure(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    for name, text, fields in (
        ("streamed", bench.prompts.fail, {}),
        ("as JSON", bench.prompts.fail, {"streaming": False}),
        ("in the background", bench.prompts.fail, {"background": True}),
        ("for want of money, as JSON", bench.prompts.broke, {"streaming": False}),
    ):
        exchange = send(bench, id_, text, **fields)
        yield from bench.judge(name, SEND, exchange)
        reply = exchange.reply
        if reply is not None and reply.status == 200 and not _failed(reply):
            yield Row(name, Verdict.UNSUPPORTED, actual="no failing prompt")


def talk(bench: Bench) -> str:
    """A conversation for turns of which only the answers are judged."""
    return bench.shared("talk", bench.conversation)


def send(bench: Bench, conversation_id: str, text: str, **fields: Any) -> Exchange:
    """One turn; the text is its input."""
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


def reasons_of(reply: Reply | None) -> list[str]:
    """What ended a turn, by its stream or its JSON."""
    if reply is not None and reply.media_type == JSON and reply.status == 200:
        with suppress(ValueError, KeyError, TypeError):
            return [reply.json["stop_reason"]["stop_reason"]]
    return [event["stop_reason"] for event in events_of(reply) if event["message_type"] == "stop_reason"]


def _failed(reply: Reply) -> bool:
    if reply.media_type == EVENT_STREAM:
        kinds = [event["message_type"] for event in events_of(reply)]
        return "error_message" in kinds
    return bool(reply.json["stop_reason"]["stop_reason"] in FAILED)
