"""Streams that come late, do not end, end too soon, or are none (SSE-1 to SSE-3, SSE-6, OP-8)."""

from __future__ import annotations

import asyncio

from letta_contract.mock_server.reply import Reply, Stream
from letta_contract.mock_server.request import Handler, Request
from starlette.types import Message, Scope

from ..mock import SEND, Answer, Chunks, Mock, event, is_a, json_of
from .section import DONE, PING, TURN, cut, mutant

_SLOW = "send_conversation_message/comes-as-it-is-made"


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


@mutant("endless", "A stream goes on with pings and never ends.", "SSE-6", TURN, patience=0.5)
def _(mock: Mock) -> None:
    async def changed(chunks: Chunks) -> Chunks:
        async for chunk in chunks:
            if not is_a(chunk, "done"):
                yield chunk
        while True:
            yield event(PING)
            await asyncio.sleep(0.05)

    mock.streams(changed)


@mutant("open", "After [DONE] the response does not end.", "SSE-6", TURN, patience=0.5)
def _(mock: Mock) -> None:
    async def changed(chunks: Chunks) -> Chunks:
        async for chunk in chunks:
            yield chunk
        await asyncio.sleep(60)

    mock.streams(changed)


@mutant("silent", "A stream says nothing.", "SSE-6", TURN, patience=0.5)
def _(mock: Mock) -> None:
    async def changed(chunks: Chunks) -> Chunks:
        await asyncio.sleep(60)
        async for chunk in chunks:
            yield chunk

    mock.streams(changed)


@mutant("stops-midway", "A stream ends after its first message.", "SSE-6", TURN)
def _(mock: Mock) -> None:
    async def changed(chunks: Chunks) -> Chunks:
        async for chunk in chunks:
            yield chunk
            if is_a(chunk, "assistant_message"):
                return

    mock.streams(changed)


@mutant("half-an-event", "A stream ends inside an event.", "SSE-2", TURN)
def _(mock: Mock) -> None:
    async def changed(chunks: Chunks) -> Chunks:
        async for chunk in chunks:
            if is_a(chunk, "usage_statistics"):
                yield chunk[:40]
                return
            yield chunk

    mock.streams(changed)


@mutant("empty", "A stream has no event.", "SSE-6", TURN)
def _(mock: Mock) -> None:
    mock.events(lambda _: b"")


@mutant("cut", "The connection breaks before usage_statistics.", "SSE-6", TURN)
def _(mock: Mock) -> None:
    cut(mock, b"usage_statistics")


def _media_type(slug: str, what: str, media_type: bytes | None) -> None:
    @mutant(f"type-{slug}", what, "SSE-1", TURN)
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


@mutant("status-201", "A stream is sent with 201.", "OP-8", TURN)
def _(mock: Mock) -> None:
    def changed(scope: Scope, message: Message) -> None:
        if scope["path"].endswith("/messages") and scope["method"] == "POST" and message["status"] == 200:
            message["status"] = 201

    mock.heads(changed)


@mutant("result", "A stream is one event with the whole result.", "SSE-3", TURN)
def _(mock: Mock) -> None:
    async def send(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if not isinstance(answer, Stream):
            return answer
        messages = [json_of(chunk) async for chunk in answer.chunks if not is_a(chunk, "done")]
        answer.end()
        return Reply(200, event({"messages": messages}) + DONE, media_type=b"text/event-stream")

    mock.around(SEND, send)
