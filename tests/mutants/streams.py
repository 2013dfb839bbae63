"""Event streams that are broken in form, in order or in time (SSE-1 to SSE-11)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from letta_contract.mock_server.reply import Reply, Stream
from letta_contract.mock_server.request import Handler, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .mock import SEND, Answer, Chunks, Mock, event, hangs_up, is_a, json_of
from .mutant import Section

mutant = Section("streams")
_TURN = "send_conversation_message/streaming-picks-the-media-type"
_PINGS = "send_conversation_message/pings-only-if-wanted"
_TOKENS = "send_conversation_message/tokens-join-to-the-message"
_FAILURE = "send_conversation_message/failure-is-told"
_SLOW = "send_conversation_message/comes-as-it-is-made"
_DONE = b"data: [DONE]\n\n"
Value = dict[str, Any]


def _chunk(slug: str, what: str, rule: str, change: Callable[[bytes], bytes], *cases: str) -> None:
    @mutant(slug, what, rule, *(cases or (_TURN,)))
    def _(mock: Mock) -> None:
        mock.events(change)


def _of(kind: str, change: Callable[[Value], Value | bytes]) -> Callable[[bytes], bytes]:
    """Change the events of one kind."""

    def changed(chunk: bytes) -> bytes:
        value = json_of(chunk)
        if value is None or value["message_type"] != kind:
            return chunk
        other = change(value)
        return other if isinstance(other, bytes) else event(other, "error" if kind == "error_message" else "")

    return changed


def _before(kind: str, extra: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    return lambda chunk: extra(chunk) + chunk if is_a(chunk, kind) else chunk


# -- the terminator ---------------------------------------------------------------------------------------------------

_chunk("no-done", "A stream has no [DONE].", "SSE-6", lambda chunk: b"" if is_a(chunk, "done") else chunk)
_chunk("done-twice", "A stream has [DONE] twice.", "SSE-6", _before("done", lambda _: _DONE))
_chunk(
    "done-early",
    "[DONE] comes before usage_statistics.",
    "SSE-6",
    lambda chunk: _DONE + chunk if is_a(chunk, "usage_statistics") else b"" if is_a(chunk, "done") else chunk,
)
_chunk(
    "after-done",
    "A ping follows [DONE].",
    "SSE-6",
    lambda chunk: chunk + event(_PING) if is_a(chunk, "done") else chunk,
)
_chunk("done-first", "[DONE] comes first as well.", "SSE-6", _before("ping", lambda _: _DONE))
_chunk(
    "done-json",
    "[DONE] is a JSON string.",
    "SSE-6",
    lambda chunk: b'data: "[DONE]"\n\n' if is_a(chunk, "done") else chunk,
)
_chunk(
    "done-lower",
    "[DONE] is written [done].",
    "SSE-6",
    lambda chunk: b"data: [done]\n\n" if is_a(chunk, "done") else chunk,
)
_chunk(
    "done-cut",
    "[DONE] has no blank line behind it.",
    "SSE-2",
    lambda chunk: chunk.strip() if is_a(chunk, "done") else chunk,
)
_PING = {"id": "ping-1", "date": "2026-01-01T00:00:00Z", "message_type": "ping"}

# -- the order --------------------------------------------------------------------------------------------------------

_STOP = {"message_type": "stop_reason", "stop_reason": "end_turn"}
_chunk("no-stop", "A stream has no stop_reason.", "SSE-4", lambda chunk: b"" if is_a(chunk, "stop_reason") else chunk)
_chunk("two-stops", "A stream has two stop_reasons.", "SSE-4", _before("stop_reason", lambda chunk: chunk))
_chunk(
    "no-usage",
    "A stream has no usage_statistics.",
    "SSE-4",
    lambda chunk: b"" if is_a(chunk, "usage_statistics") else chunk,
)
_chunk("two-usages", "A stream has usage_statistics twice.", "SSE-4", _before("usage_statistics", lambda chunk: chunk))
_chunk(
    "stop-first",
    "stop_reason comes before the messages.",
    "SSE-4",
    lambda chunk: (
        event(_STOP) + chunk if is_a(chunk, "assistant_message") else b"" if is_a(chunk, "stop_reason") else chunk
    ),
)
_chunk(
    "usage-first",
    "usage_statistics comes before stop_reason.",
    "SSE-4",
    lambda chunk: (
        event({"message_type": "usage_statistics"}) + chunk
        if is_a(chunk, "stop_reason")
        else b""
        if is_a(chunk, "usage_statistics")
        else chunk
    ),
)
_chunk(
    "message-last",
    "A message follows stop_reason.",
    "SSE-4",
    lambda chunk: (
        chunk + event({**_PING, "message_type": "assistant_message", "content": "and one more"})
        if is_a(chunk, "stop_reason")
        else chunk
    ),
)
_chunk(
    "error-in-turn",
    "A turn that went well has an error_message.",
    "SSE-4",
    _before(
        "stop_reason",
        lambda _: event(
            {"message_type": "error_message", "run_id": "run-1", "error_type": "none", "message": "none"}, "error"
        ),
    ),
)

# -- the form ---------------------------------------------------------------------------------------------------------

_chunk(
    "python",
    "Events are written as Python writes them.",
    "SSE-3",
    lambda chunk: chunk if is_a(chunk, "done") else f"data: {json_of(chunk)}\n\n".encode(),
)
_chunk(
    "no-data",
    "Events are JSON lines without data.",
    "SSE-2",
    lambda chunk: chunk if is_a(chunk, "done") else chunk.removeprefix(b"data: "),
)
_chunk(
    "one-newline",
    "No blank line stands between events.",
    "SSE-2",
    lambda chunk: chunk if is_a(chunk, "done") else chunk.rstrip() + b"\n",
)
_chunk(
    "pretty",
    "Events are pretty-printed over several lines.",
    "SSE-2",
    lambda chunk: chunk if is_a(chunk, "done") else b"data: " + json.dumps(json_of(chunk), indent=2).encode() + b"\n\n",
)
_chunk(
    "data-lines",
    "Events are pretty-printed over several data lines.",
    "SSE-2",
    lambda chunk: (
        chunk
        if is_a(chunk, "done")
        else b"".join(b"data: " + line + b"\n" for line in json.dumps(json_of(chunk), indent=2).encode().splitlines())
        + b"\n"
    ),
)
_chunk(
    "lists",
    "Events are lists of messages.",
    "SSE-3",
    lambda chunk: chunk if is_a(chunk, "done") else event([json_of(chunk)]),
)
_chunk(
    "strings",
    "Events are JSON in JSON strings.",
    "SSE-3",
    lambda chunk: chunk if is_a(chunk, "done") else event(json.dumps(json_of(chunk))),
)
_chunk(
    "wrapped",
    "Events are wrapped in an object of their own.",
    "SSE-3",
    lambda chunk: chunk if is_a(chunk, "done") else event({"event": json_of(chunk)}),
)
_chunk(
    "nan",
    "An event holds NaN.",
    "SSE-3",
    _of("usage_statistics", lambda value: b"data: " + json.dumps({**value, "cost": float("nan")}).encode() + b"\n\n"),
)
_chunk(
    "key-twice",
    "An event has a key twice.",
    "SSE-3",
    lambda chunk: chunk.replace(b'{"message_type"', b'{"message_type":"ping","message_type"'),
)
_chunk(
    "latin-1", "A stream is not UTF-8.", "SSE-1", _before("stop_reason", lambda _: ": caf\u00e9\n\n".encode("latin-1"))
)
_chunk(
    "unknown-field", "A stream has a field `message:`.", "SSE-2", lambda chunk: chunk.replace(b"data: {", b"message: {")
)
_chunk(
    "unknown-type",
    "A stream has a message_type of its own.",
    "SSE-3",
    _before("stop_reason", lambda _: event({**_PING, "message_type": "thinking"})),
)
_chunk(
    "no-type",
    "A message has no message_type.",
    "SSE-3",
    _of("assistant_message", lambda value: {name: part for name, part in value.items() if name != "message_type"}),
)
_chunk(
    "no-id",
    "A streamed message has no id.",
    "MSG-1",
    _of("assistant_message", lambda value: {name: part for name, part in value.items() if name != "id"}),
)
_chunk(
    "no-date",
    "A streamed message has no date.",
    "MSG-1",
    _of("assistant_message", lambda value: {name: part for name, part in value.items() if name != "date"}),
)
_chunk(
    "epoch",
    "The date of a streamed message is a number.",
    "MSG-1",
    _of("assistant_message", lambda value: {**value, "date": 1767225600}),
)
_chunk(
    "content",
    "The content of a streamed message is an object.",
    "MSG-5",
    _of("assistant_message", lambda value: {**value, "content": {"text": value["content"]}}),
)
_chunk(
    "stop-unknown",
    "stop_reason is none of the known.",
    "MSG-16",
    _of("stop_reason", lambda value: {**value, "stop_reason": "stop"}),
)
_chunk("stop-null", "stop_reason is null.", "MSG-16", _of("stop_reason", lambda value: {**value, "stop_reason": None}))
_chunk(
    "usage-negative",
    "A number of tokens is negative.",
    "MSG-17",
    _of("usage_statistics", lambda value: {**value, "completion_tokens": -1}),
)
_chunk(
    "usage-text",
    "A number of tokens is text.",
    "MSG-17",
    _of("usage_statistics", lambda value: {**value, "step_count": "1"}),
)
_chunk(
    "usage-run-ids",
    "run_ids is one string.",
    "MSG-17",
    _of("usage_statistics", lambda value: {**value, "run_ids": "run-1"}),
)
_chunk("ping-bare", "A ping has no id.", "MSG-14", _of("ping", lambda _: {"message_type": "ping"}))

# -- pings and tokens -------------------------------------------------------------------------------------------------

_chunk(
    "pings-unwanted",
    "A stream has pings though they are not wanted.",
    "SSE-8",
    _before("stop_reason", lambda _: event(_PING)),
    _PINGS,
)


@mutant("pings-ignored", "include_pings has no effect.", "SSE-8", _PINGS)
def _(mock: Mock) -> None:
    mock.body(SEND, include_pings=True)


def _said(change: Callable[[int, Value], list[Value]]) -> Callable[[Chunks], Chunks]:
    async def changed(chunks: Chunks) -> Chunks:
        number = 0
        async for chunk in chunks:
            value = json_of(chunk)
            if value is not None and is_a(chunk, "assistant_message"):
                for other in change(number, value):
                    yield event(other)
                number += 1
            else:
                yield chunk

    return changed


def _tokens(slug: str, what: str, change: Callable[[int, Value], list[Value]]) -> None:
    @mutant(f"tokens-{slug}", what, "SSE-9", _TOKENS)
    def _(mock: Mock) -> None:
        mock.streams(_said(change))


_tokens("lost", "A chunk of a message is lost.", lambda number, value: [] if number == 1 else [value])
_tokens("first-lost", "The first chunk of a message is lost.", lambda number, value: [] if number == 0 else [value])
_tokens("twice", "A chunk of a message comes twice.", lambda number, value: [value, value] if number == 1 else [value])
_tokens(
    "new-ids",
    "Each chunk of a message has an id of its own.",
    lambda number, value: [{**value, "id": f"message-{number}"}],
)
_tokens(
    "one-id-off",
    "One chunk of a message has another id.",
    lambda number, value: [{**value, "id": "message-0"}] if number == 1 else [value],
)
_tokens(
    "other-id",
    "The chunks of a message have another id than the message.",
    lambda _, value: [{**value, "id": "message-00000000-0000-4000-8000-000000000000"}],
)
_tokens("trimmed", "Chunks are trimmed.", lambda _, value: [{**value, "content": value["content"].strip()}])
_tokens("upper", "Chunks are in upper case.", lambda _, value: [{**value, "content": value["content"].upper()}])


@mutant("tokens-grow", "Each chunk holds all that was said before it.", "SSE-9", _TOKENS)
def _(mock: Mock) -> None:
    async def changed(chunks: Chunks) -> Chunks:
        said = ""
        async for chunk in chunks:
            value = json_of(chunk)
            if value is not None and is_a(chunk, "assistant_message"):
                said += value["content"]
                yield event({**value, "content": said})
            else:
                yield chunk

    mock.streams(changed)


@mutant("tokens-whole", "The whole message follows its chunks.", "SSE-9", _TOKENS)
def _(mock: Mock) -> None:
    async def changed(chunks: Chunks) -> Chunks:
        said, last = "", None
        async for chunk in chunks:
            value = json_of(chunk)
            if value is not None and is_a(chunk, "assistant_message"):
                said, last = said + value["content"], value
            elif last is not None:
                yield event({**last, "content": said})
                last = None
            yield chunk

    mock.streams(changed)


# -- failures ---------------------------------------------------------------------------------------------------------

_chunk(
    "failure-unnamed",
    "The event of a failure has no name.",
    "SSE-10",
    lambda chunk: chunk.removeprefix(b"event: error\n"),
    _FAILURE,
)
_chunk(
    "failure-named-message",
    "The event of a failure is named `message`.",
    "SSE-10",
    lambda chunk: chunk.replace(b"event: error\n", b"event: message\n"),
    _FAILURE,
)
_chunk(
    "failure-untold",
    "A failure has no error_message.",
    "SSE-10",
    lambda chunk: b"" if is_a(chunk, "error_message") else chunk,
    _FAILURE,
)
_chunk(
    "failure-without-stop",
    "A failure has no stop_reason.",
    "SSE-10",
    lambda chunk: b"" if b"llm_api_error" in chunk else chunk,
    _FAILURE,
)
_chunk(
    "failure-without-done",
    "A failure has no [DONE].",
    "SSE-6",
    lambda chunk: b"" if is_a(chunk, "done") else chunk,
    _FAILURE,
)
_chunk(
    "failure-usage",
    "A failure has usage_statistics.",
    "SSE-10",
    lambda chunk: event({"message_type": "usage_statistics"}) + chunk if is_a(chunk, "done") else chunk,
    _FAILURE,
)
_chunk(
    "failure-end-turn",
    "A failed turn ends with end_turn and an error_message.",
    "SSE-10",
    lambda chunk: chunk.replace(b"llm_api_error", b"end_turn"),
    _FAILURE,
)
_chunk(
    "failure-first",
    "error_message comes before stop_reason.",
    "SSE-10",
    lambda chunk: (
        b""
        if is_a(chunk, "stop_reason")
        else chunk + event({"message_type": "stop_reason", "stop_reason": "error"})
        if is_a(chunk, "error_message")
        else chunk
    ),
    _FAILURE,
)
_chunk(
    "failure-no-run",
    "An error_message has no run_id.",
    "MSG-15",
    _of("error_message", lambda value: {name: part for name, part in value.items() if name != "run_id"}),
    _FAILURE,
)
_chunk(
    "failure-no-type",
    "An error_message has no error_type.",
    "MSG-15",
    _of("error_message", lambda value: {name: part for name, part in value.items() if name != "error_type"}),
    _FAILURE,
)


@mutant("failure-cut", "A failure breaks the connection.", "SSE-10", _FAILURE)
def _(mock: Mock) -> None:
    _cut(mock, b"llm_api_error")


# -- time and connections ---------------------------------------------------------------------------------------------


@mutant("buffered", "A stream is sent when the turn is over.", "SSE-1", _SLOW)
def _(mock: Mock) -> None:
    async def changed(chunks: Chunks) -> Chunks:
        yield b"".join([chunk async for chunk in chunks])

    mock.streams(changed)


@mutant("late-messages", "All but the first ping is sent when the turn is over.", "SSE-1", _SLOW)
def _(mock: Mock) -> None:
    async def changed(chunks: Chunks) -> Chunks:
        rest: list[bytes] = []
        async for chunk in chunks:
            if is_a(chunk, "ping"):
                yield chunk
            else:
                rest.append(chunk)
        yield b"".join(rest)

    mock.streams(changed)


@mutant("endless", "A stream goes on with pings and never ends.", "SSE-6", _TURN, patience=0.5)
def _(mock: Mock) -> None:
    async def changed(chunks: Chunks) -> Chunks:
        async for chunk in chunks:
            if not is_a(chunk, "done"):
                yield chunk
        while True:
            yield event(_PING)
            await asyncio.sleep(0.05)

    mock.streams(changed)


@mutant("open", "After [DONE] the response does not end.", "SSE-6", _TURN, patience=0.5)
def _(mock: Mock) -> None:
    async def changed(chunks: Chunks) -> Chunks:
        async for chunk in chunks:
            yield chunk
        await asyncio.sleep(60)

    mock.streams(changed)


@mutant("silent", "A stream says nothing.", "SSE-6", _TURN, patience=0.5)
def _(mock: Mock) -> None:
    async def changed(chunks: Chunks) -> Chunks:
        await asyncio.sleep(60)
        async for chunk in chunks:
            yield chunk

    mock.streams(changed)


@mutant("stops-midway", "A stream ends after its first message.", "SSE-6", _TURN)
def _(mock: Mock) -> None:
    async def changed(chunks: Chunks) -> Chunks:
        async for chunk in chunks:
            yield chunk
            if is_a(chunk, "assistant_message"):
                return

    mock.streams(changed)


@mutant("half-an-event", "A stream ends inside an event.", "SSE-2", _TURN)
def _(mock: Mock) -> None:
    async def changed(chunks: Chunks) -> Chunks:
        async for chunk in chunks:
            if is_a(chunk, "usage_statistics"):
                yield chunk[:40]
                return
            yield chunk

    mock.streams(changed)


@mutant("empty", "A stream has no event.", "SSE-6", _TURN)
def _(mock: Mock) -> None:
    mock.events(lambda _: b"")


@mutant("cut", "The connection breaks before usage_statistics.", "SSE-6", _TURN)
def _(mock: Mock) -> None:
    _cut(mock, b"usage_statistics")


def _cut(mock: Mock, at: bytes) -> None:
    async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if at in message.get("body", b"") and message.get("more_body"):
                hangs_up(send)
            await send(message)

        await app(scope, receive, sending)

    mock.routed(routed)


def _media_type(slug: str, what: str, media_type: bytes | None) -> None:
    @mutant(f"type-{slug}", what, "SSE-1", _TURN)
    def _(mock: Mock) -> None:
        def changed(_scope: Scope, message: Message) -> None:
            if (b"content-type", b"text/event-stream; charset=utf-8") in message["headers"]:
                others = [header for header in message["headers"] if header[0] != b"content-type"]
                message["headers"] = others if media_type is None else [*others, (b"content-type", media_type)]

        mock.heads(changed)


_media_type("json", "A stream is sent as application/json.", b"application/json")
_media_type("text", "A stream is sent as text/plain.", b"text/plain")
_media_type("ndjson", "A stream is sent as application/x-ndjson.", b"application/x-ndjson")
_media_type("none", "A stream is sent without a Content-Type.", None)


@mutant("status-201", "A stream is sent with 201.", "OP-8", _TURN)
def _(mock: Mock) -> None:
    def changed(scope: Scope, message: Message) -> None:
        if scope["path"].endswith("/messages") and scope["method"] == "POST" and message["status"] == 200:
            message["status"] = 201

    mock.heads(changed)


@mutant("result", "A stream is one event with the whole result.", "SSE-3", _TURN)
def _(mock: Mock) -> None:
    async def send(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if not isinstance(answer, Stream):
            return answer
        messages = [json_of(chunk) async for chunk in answer.chunks if not is_a(chunk, "done")]
        answer.end()
        return Reply(200, event({"messages": messages}) + _DONE, media_type=b"text/event-stream")

    mock.around(SEND, send)
