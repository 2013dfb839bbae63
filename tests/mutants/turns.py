"""Turns that answer wrongly (OP-8, BODY-3, STATE-41, STATE-48, SSE-12, SSE-13, MSG)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply, Stream
from letta_contract.mock_server.request import Handler, Request
from starlette.types import Receive, Scope

from .mock import SEND, Answer, Answering, Chunks, Mock, event, is_a, json_of, plain, subject
from .mutant import Section, subtle

mutant = Section("turns")
_TOGETHER = "send_conversation_message/flags-together"
_MEDIA = "send_conversation_message/streaming-picks-the-media-type"
_FAILURE = "send_conversation_message/failure-is-told"


def _streams(slug: str, what: str, rule: str, *wanted: Any, to: bool) -> None:
    @mutant(slug, what, rule, _MEDIA)
    def _(mock: Mock) -> None:
        def changed(request: Request) -> Request:
            if request.body.get("streaming") not in wanted:
                return request
            return replace(request, body={**request.body, "streaming": to})

        mock.requests(SEND, changed)


_streams("always-streams", "send streams though streaming is false.", "SSE-12", False, to=True)
_streams("json-by-default", "send answers JSON where streaming is left out.", "SSE-13", None, to=False)
_streams("never-streams", "send answers JSON though streaming is true.", "SSE-13", True, to=False)


@mutant("tokens-stream", "stream_tokens streams though streaming is false.", "SSE-12", _TOGETHER)
def _(mock: Mock) -> None:
    mock.requests(
        SEND,
        lambda request: (
            replace(request, body={**request.body, "streaming": True}) if request.field("stream_tokens") else request
        ),
    )


@mutant("parts-500", "send falls over input in parts.", "BODY-3", "send_conversation_message/ways-to-say-it")
def _(mock: Mock) -> None:
    async def send(handler: Handler, request: Request) -> Answer:
        if isinstance(request.field("input"), list):
            return plain(500, "AttributeError")
        return await handler(request)

    mock.around(SEND, send)


@mutant("messages-400", "send knows input only.", "BODY-3", "send_conversation_message/ways-to-say-it")
def _(mock: Mock) -> None:
    async def send(handler: Handler, request: Request) -> Answer:
        if request.field("messages"):
            raise Refusal(400, "Give input.")
        return await handler(request)

    mock.around(SEND, send)


@mutant("tokens-missing", "total_tokens leaves out the prompt.", "STATE-41", "send_conversation_message/usage-adds-up")
def _(mock: Mock) -> None:
    mock.values(
        SEND,
        lambda value, _: {**value, "usage": {**value["usage"], "total_tokens": value["usage"]["completion_tokens"]}},
    )


@mutant(
    "streamed-tokens-missing", "total_tokens of a stream is 0.", "STATE-41", "send_conversation_message/usage-adds-up"
)
def _(mock: Mock) -> None:
    def changed(chunk: bytes) -> bytes:
        value = json_of(chunk)
        return event({**value, "total_tokens": 0}) if value and is_a(chunk, "usage_statistics") else chunk

    mock.events(changed)


@mutant(
    "no-answer",
    "send answers without what the assistant said.",
    "OP-8",
    "send_conversation_message/answers-what-was-asked",
)
def _(mock: Mock) -> None:
    mock.values(SEND, lambda value, _: {**value, "messages": []})


@mutant(
    "no-streamed-answer",
    "send streams nothing that the assistant said.",
    "OP-8",
    "send_conversation_message/answers-what-was-asked",
)
def _(mock: Mock) -> None:
    mock.events(lambda chunk: b"" if is_a(chunk, "assistant_message") else chunk)


_ANSWERS = "send_conversation_message/answers-what-was-asked"


@mutant("cancelled", "A plain turn ends with cancelled.", "MSG-16", _ANSWERS)
def _(mock: Mock) -> None:
    mock.values(SEND, lambda value, _: {**value, "stop_reason": {**value["stop_reason"], "stop_reason": "cancelled"}})


@mutant("streamed-approval", "A plain streamed turn ends with requires_approval.", "MSG-16", _ANSWERS)
def _(mock: Mock) -> None:
    mock.events(lambda chunk: chunk.replace(b'"end_turn"', b'"requires_approval"'))


@mutant("types-ignored", "The filter by type has no effect.", "BODY-3", "send_conversation_message/types-filter")
def _(mock: Mock) -> None:
    mock.body(SEND, include_return_message_types=None)


@mutant(
    "types-ignored-streamed",
    "The filter by type has no effect on streams.",
    "BODY-3",
    "send_conversation_message/types-filter",
)
def _(mock: Mock) -> None:
    def changed(request: Request) -> Request:
        if request.field("streaming", default=True):
            return replace(request, body={**request.body, "include_return_message_types": None})
        return request

    mock.requests(SEND, changed)


def _unfiltered(slug: str, what: str, where: str) -> None:
    @subtle(slug, what, "BODY-3", _TOGETHER)
    def _(mock: Mock) -> None:
        mock.requests(
            SEND,
            lambda request: (
                replace(request, body={**request.body, "include_return_message_types": None})
                if request.field(where)
                else request
            ),
        )


_unfiltered("types-tokens", "With stream_tokens, the filter by type has no effect.", "stream_tokens")
_unfiltered("types-background", "In the background, the filter by type has no effect.", "background")


@subtle(
    "types-no-stop",
    "A stream of which a filter by type leaves no message has no stop_reason.",
    "SSE-4",
    "send_conversation_message/types-filter",
)
def _(mock: Mock) -> None:
    async def changed(chunks: Chunks) -> Chunks:
        said = False
        async for chunk in chunks:
            said = said or is_a(chunk, "assistant_message", "reasoning_message")
            if said or not is_a(chunk, "stop_reason"):
                yield chunk

    mock.streams(changed)


@mutant("accepted-json", "What streams is JSON where JSON is accepted.", "SSE-13", _MEDIA)
def _(mock: Mock) -> None:
    _by_accept(mock, b"application/json", streaming=False)


@mutant("accepted-stream", "What is JSON streams where a stream is accepted.", "SSE-12", _MEDIA)
def _(mock: Mock) -> None:
    _by_accept(mock, b"text/event-stream", streaming=True)


def _by_accept(mock: Mock, media_type: bytes, *, streaming: bool) -> None:
    accepted = [False]

    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        accepted[0] = (b"accept", media_type) in scope["headers"]
        return await answering(scope, receive)

    mock.judged(SEND, judged)
    mock.requests(
        SEND,
        lambda request: replace(request, body={**request.body, "streaming": streaming}) if accepted[0] else request,
    )


@mutant("background-streams", "A background turn streams though streaming is false.", "SSE-12", _TOGETHER)
def _(mock: Mock) -> None:
    mock.requests(
        SEND,
        lambda request: (
            replace(request, body={**request.body, "streaming": True}) if request.field("background") else request
        ),
    )


# -- failures ---------------------------------------------------------------------------------------------------------


def _fails(slug: str, what: str, rule: str, status: int, reply: Reply) -> None:
    @mutant(f"failure-{slug}", what, rule, _FAILURE)
    def _(mock: Mock) -> None:
        mock.instead(SEND, reply, lambda _, refusal: refusal.status == status)


_fails("empty", "A failed turn is 500 without a body.", "ERR-1", 500, Reply(500, b""))
_fails("text", "A failed turn is 500 as text.", "ERR-1", 500, plain(500, "Internal Server Error"))
_fails("status", "A failed turn is 507.", "STATUS-10", 500, Refusal(507, "No.").reply)
_fails("bare", "A failed turn is 500 with an error of another form.", "ERR-4", 500, Reply.json({"code": 1}, 500))
_fails(
    "traceback",
    "A failed turn shows a traceback.",
    "ERR-6",
    500,
    Refusal(500, 'Traceback (most recent call last):\n  File "/a.py", line 1').reply,
)
_fails(
    "422",
    "A failed turn is 422.",
    "STATUS-10",
    500,
    Reply.json({"detail": [{"loc": ["body"], "msg": "?", "type": "?"}]}, 422),
)


@mutant("usage-in-text", "A turn counts its tokens in strings.", "MSG-17", "send_conversation_message/usage-adds-up")
def _(mock: Mock) -> None:
    mock.values(
        SEND,
        lambda value, _: {**value, "usage": {**value["usage"], "total_tokens": str(value["usage"]["total_tokens"])}},
    )


@mutant(
    "busy-forever",
    "After one turn, a conversation stays busy.",
    "STATE-46",
    "send_conversation_message/streaming-picks-the-media-type",
)
def _(mock: Mock) -> None:
    spoken: set[str] = set()

    async def send(handler: Handler, request: Request) -> Answer:
        id_ = subject(request)
        if id_ in spoken:
            raise Refusal(409, "A run is still active.")
        answer = await handler(request)
        if isinstance(answer, Reply | Stream):
            spoken.add(id_)
        return answer

    mock.around(SEND, send)


@subtle(
    "second-turn-500",
    "The second turn of a conversation is 500.",
    "STATE-48",
    "send_conversation_message/shows-in-its-conversation",
)
def _(mock: Mock) -> None:
    spoken: set[str] = set()

    async def send(handler: Handler, request: Request) -> Answer:
        if subject(request) in spoken:
            raise Refusal(500, "KeyError: run")
        spoken.add(subject(request))
        return await handler(request)

    mock.around(SEND, send)
