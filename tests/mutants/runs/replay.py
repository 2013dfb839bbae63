"""Streams that are read again otherwise than they were sent (SSE-4, SSE-6, SSE-8, BODY-6, OP-9, STATE-48)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from letta_contract.mock_server.reply import Reply, Stream
from letta_contract.mock_server.request import Handler, Request

from ..mock import STREAM, Answer, Mock, event, is_a, json_of, plain
from ..mutant import Section, subtle

mutant = Section("runs")
_REPLAY = "retrieve_conversation_stream/replays-a-background-run"


@mutant("place-ignored", "starting_after has no effect.", "BODY-6", _REPLAY)
def _(mock: Mock) -> None:
    mock.body(STREAM, starting_after=0)


@mutant("place-inclusive", "starting_after is the first event that is shown.", "BODY-6", _REPLAY)
def _(mock: Mock) -> None:
    async def stream(handler: Handler, request: Request) -> Answer:
        after = request.field("starting_after", 0)
        body = {**(request.body or {}), "starting_after": max(after - 1, 0)}
        return await handler(Request(request.path, request.query, body))

    mock.around(STREAM, stream)


def _replayed(slug: str, what: str, rule: str, change: Callable[[bytes], bytes]) -> None:
    @mutant(f"replay-{slug}", what, rule, _REPLAY)
    def _(mock: Mock) -> None:
        mock.events(change, STREAM)


_replayed("no-done", "A replayed stream has no [DONE].", "SSE-6", lambda chunk: b"" if is_a(chunk, "done") else chunk)
_replayed(
    "no-stop",
    "A replayed stream has no stop_reason.",
    "SSE-4",
    lambda chunk: b"" if is_a(chunk, "stop_reason") else chunk,
)
_replayed("twice", "A replayed stream has its end twice.", "SSE-4", lambda chunk: chunk * 2)
_replayed(
    "python",
    "A replayed stream is no JSON.",
    "SSE-3",
    lambda chunk: chunk if is_a(chunk, "done") else f"data: {json_of(chunk)}\n\n".encode(),
)


@mutant("replay-json", "stream answers JSON.", "OP-9", _REPLAY)
def _(mock: Mock) -> None:
    async def stream(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if isinstance(answer, Stream):
            events = [json_of(chunk) async for chunk in answer.chunks if not is_a(chunk, "done")]
            return Reply.json(events)
        return answer

    mock.around(STREAM, stream)


@mutant("replay-500", "stream falls over what it kept.", "STATE-48", _REPLAY)
def _(mock: Mock) -> None:
    async def stream(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        return plain(500, "redis: nil") if isinstance(answer, Stream) else answer

    mock.around(STREAM, stream)


@mutant("replay-others", "stream replays a turn of its own making.", "OP-9", _REPLAY)
def _(mock: Mock) -> None:
    def other(chunk: bytes) -> bytes:
        value = json_of(chunk)
        return (
            event({**value, "id": f"{value['id']}x", "content": "something else"})
            if value and is_a(chunk, "assistant_message")
            else chunk
        )

    mock.events(other, STREAM)


@mutant("background-no-done", "A background turn has no [DONE].", "SSE-6", _REPLAY)
def _(mock: Mock) -> None:
    mock.events(lambda chunk: b"" if is_a(chunk, "done") else chunk)


@subtle(
    "replay-pings",
    "A replayed stream has pings though they are not wanted.",
    "SSE-8",
    "retrieve_conversation_stream/replays-a-background-run",
)
def _(mock: Mock) -> None:
    mock.body(STREAM, include_pings=True)
    ping = event({"message_type": "ping", "id": "ping-1", "date": "2026-01-01T00:00:00Z"})
    mock.events(
        lambda chunk: ping + chunk if (json_of(chunk) or {}).get("message_type") == "stop_reason" else chunk, STREAM
    )


@subtle(
    "replay-unpinged-no-done",
    "A replay from the middle has no [DONE].",
    "SSE-6",
    "retrieve_conversation_stream/replays-a-background-run",
)
def _(mock: Mock) -> None:
    async def replay(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if not isinstance(answer, Stream) or not request.field("starting_after", 0):
            return answer

        async def cut(chunks: Any) -> Any:
            async for chunk in chunks:
                if json_of(chunk) is not None:
                    yield chunk

        return Stream(cut(answer.chunks), answer.end)

    mock.around(STREAM, replay)


@subtle(
    "replay-start-pings",
    "A replay from the start has pings though they are not wanted.",
    "SSE-8",
    "retrieve_conversation_stream/replays-a-background-run",
)
def _(mock: Mock) -> None:
    ping = event({"message_type": "ping", "id": "ping-1", "date": "2026-01-01T00:00:00Z"})

    async def replay(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if not isinstance(answer, Stream) or request.field("starting_after", 0):
            return answer

        async def pinged(chunks: Any) -> Any:
            yield ping
            async for chunk in chunks:
                yield chunk

        return Stream(pinged(answer.chunks), answer.end)

    mock.around(STREAM, replay)
