"""Event streams: how their lines are written, and what may stand between events (SSE-2 to SSE-10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from letta_contract.mock_server.reply import Stream
from letta_contract.mock_server.request import Handler, Request

from tests.mutants.mock import SEND, STREAM, Answer, Chunks, Mock, event, is_a, json_of

from .freedom import Theme
from .wire import Chunked, chunks, events, of_messages, streams, values

freedom = Theme("streams")
_PING = {"id": "ping-1", "date": "2026-01-01T00:00:00Z", "message_type": "ping"}


def _sent(slug: str, what: str, rule: str, change: Callable[[bytes], bytes]) -> None:
    """Send the bytes of each event otherwise."""

    @freedom(slug, what, rule)
    def _(mock: Mock) -> None:
        chunks(mock, lambda chunk: [change(chunk)])


_sent("crlf", "Lines end in CRLF.", "SSE-2", lambda chunk: chunk.replace(b"\n", b"\r\n"))
_sent("cr", "Lines end in CR.", "SSE-2", lambda chunk: chunk.replace(b"\n", b"\r"))
_sent("comments", "Comments stand before events, within them, and alone.", "SSE-2", lambda chunk: b":\n\n: wait\n" + chunk[:-1] + b":data: {}\n\n")  # fmt: skip
_sent("no-blank", "No blank stands behind `data:`.", "SSE-2", lambda chunk: chunk.replace(b"data: ", b"data:", 1))
_sent("more-blank-lines", "Several blank lines end an event.", "SSE-2", lambda chunk: b"\n" + chunk + b"\n\n")
_sent("ids", "Events have an id, and a time after which to try again.", "SSE-2", lambda chunk: b"id: 7\nretry: 3000\n" + chunk)  # fmt: skip
_sent(
    "named-message",
    "Events have the name that an event without one has.",
    "SSE-2",
    lambda chunk: chunk if chunk.startswith(b"event:") else b"event: message\n" + chunk,
)


@freedom("pieces", "Events are cut into packets anywhere.", "SSE-2")
def _(mock: Mock) -> None:
    chunks(mock, lambda chunk: (chunk[at : at + 7] for at in range(0, len(chunk), 7)))


@freedom("at-once", "A stream is sent when all of it is there.", "SSE-2")
def _(mock: Mock) -> None:
    def begin() -> Chunked:
        held: list[bytes] = []

        def changed(chunk: bytes) -> list[bytes]:
            held.append(chunk)
            return [b"".join(held)] if b"[DONE]" in chunk else []

        return changed

    streams(mock, begin)


@freedom("bom", "A stream begins with a byte order mark.", "SSE-2")
def _(mock: Mock) -> None:
    def begin() -> Chunked:
        marks = [b"\xef\xbb\xbf"]
        return lambda chunk: [(marks.pop() if marks else b"") + chunk]

    streams(mock, begin)


def _wanting(mock: Mock, change: Callable[[Request, bytes], Iterable[bytes]]) -> None:
    """Send other events, by what the request wants."""

    async def changed(handler: Handler, request: Request) -> Answer:
        async def other(chunks: Chunks) -> Chunks:
            async for chunk in chunks:
                for one in change(request, chunk):
                    yield one

        answer = await handler(request)
        return Stream(other(answer.chunks), answer.end) if isinstance(answer, Stream) else answer

    mock.around((SEND, STREAM), changed)


@freedom("many-pings", "A ping stands before each event.", "SSE-5")
def _(mock: Mock) -> None:
    _wanting(
        mock, lambda request, chunk: [event(_PING), chunk] if request.field("include_pings", default=True) else [chunk]
    )


@freedom("no-pings", "No ping is ever sent.", "SSE-5")
def _(mock: Mock) -> None:
    chunks(mock, lambda chunk: [] if is_a(chunk, "ping") else [chunk])


@freedom("whole-tokens", "The tokens of a message come all at once.", "SSE-9")
def _(mock: Mock) -> None:
    mock.body(SEND, stream_tokens=False)


def _split(value: dict[str, Any], name: str, parts: Iterable[str]) -> list[bytes]:
    return [event({**value, name: part}) for part in parts]


@freedom("characters", "Each token is a character, and the first one is empty.", "SSE-9")
def _(mock: Mock) -> None:
    def changed(request: Request, chunk: bytes) -> Iterable[bytes]:
        value = json_of(chunk)
        if value and request.field("stream_tokens", default=False) and value["message_type"] == "assistant_message":
            return _split(value, "content", ["", *value["content"]])
        return [chunk]

    _wanting(mock, changed)


@freedom("pieces-of-calls", "With stream_tokens, a tool call comes in pieces.", "MSG-18")
def _(mock: Mock) -> None:
    def changed(request: Request, chunk: bytes) -> Iterable[bytes]:
        value = json_of(chunk)
        if value and request.field("stream_tokens", default=False) and value["message_type"] == "tool_call_message":
            call = value["tool_call"]
            begun = {**call, "arguments": ""}
            parts = [
                begun,
                *(
                    {"name": None, "arguments": part, "tool_call_id": call["tool_call_id"]}
                    for part in call["arguments"]
                ),
            ]
            return [event({**value, "tool_call": part, "tool_calls": [part]}) for part in parts]
        return [chunk]

    _wanting(mock, changed)


def _calls(slug: str, what: str, change: Callable[[dict[str, Any]], Any]) -> None:
    @freedom(slug, what, "MSG-8")
    def _(mock: Mock) -> None:
        def changed(one: dict[str, Any]) -> None:
            if "tool_calls" in one:
                one["tool_calls"] = change(one)

        values(mock, of_messages(changed))


_calls("no-tool-calls", "tool_calls is null.", lambda _: None)
_calls("one-tool-call", "tool_calls is one call, and no list.", lambda one: one["tool_call"])


@freedom("no-usage", "What a turn used is not told.", "MSG-17")
def _(mock: Mock) -> None:
    def changed(one: dict[str, Any]) -> None:
        if one["message_type"] == "usage_statistics":
            one.clear()
            one["message_type"] = "usage_statistics"

    values(mock, of_messages(changed))


@freedom("more-usage", "total_tokens is more than the sum of the others.", "STATE-41")
def _(mock: Mock) -> None:
    def changed(one: dict[str, Any]) -> None:
        if one["message_type"] == "usage_statistics":
            one |= {"total_tokens": one["total_tokens"] + 1000, "cached_input_tokens": 0, "run_ids": ["run-1"]}

    values(mock, of_messages(changed))


@freedom("other-reason", "A turn that goes well ends with no_tool_call.", "MSG-16")
def _(mock: Mock) -> None:
    def changed(one: dict[str, Any]) -> None:
        if one.get("stop_reason") == "end_turn":
            one["stop_reason"] = "no_tool_call"

    values(mock, of_messages(changed))


@freedom("usage-of-cancelled", "A cancelled turn tells what it used.", "SSE-7")
def _(mock: Mock) -> None:
    used = {"message_type": "usage_statistics", "prompt_tokens": 1, "completion_tokens": 0, "total_tokens": 1}
    events(mock, lambda value: [value, used] if value.get("stop_reason") == "cancelled" else value)


@freedom("other-failure", "A turn whose model fails ends with the reason error, and no detail.", "SSE-10")
def _(mock: Mock) -> None:
    def changed(value: dict[str, Any]) -> dict[str, Any]:
        if value.get("stop_reason") == "llm_api_error":
            return {**value, "stop_reason": "error"}
        if value["message_type"] == "error_message":
            return {**value, "error_type": "internal_error", "detail": None}
        return value

    events(mock, changed)
