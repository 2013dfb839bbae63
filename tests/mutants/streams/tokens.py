"""Chunks that do not join to the message (SSE-1, SSE-9)."""

from __future__ import annotations

import json
from collections.abc import Callable

from ..mock import Chunks, Mock, event, is_a, json_of
from ..mutant import subtle
from .section import Value, mutant

_TOKENS = "send_conversation_message/tokens-join-to-the-message"


def _said(change: Callable[[int, Value], list[Value]], kind: str = "assistant_message") -> Callable[[Chunks], Chunks]:
    async def changed(chunks: Chunks) -> Chunks:
        number = 0
        async for chunk in chunks:
            value = json_of(chunk)
            if value is not None and is_a(chunk, kind):
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


@subtle("tokens-in-ascii", "Chunks lose what is not ASCII.", "SSE-9", _TOKENS)
def _(mock: Mock) -> None:
    mock.streams(
        _said(lambda _, value: [{**value, "content": value["content"].encode("ascii", "replace").decode("ascii")}])
    )


def _thought(slug: str, what: str, change: Callable[[int, Value], list[Value]]) -> None:
    @subtle(f"thought-{slug}", what, "SSE-9", _TOKENS)
    def _(mock: Mock) -> None:
        mock.streams(_said(change, "reasoning_message"))


_thought(
    "new-ids",
    "Each chunk of a thought has an id of its own.",
    lambda number, value: [{**value, "id": f"message-{number}"}],
)
_thought("twice", "A chunk of a thought comes twice.", lambda number, value: [value] * 2 if number == 1 else [value])


@subtle("latin-1", "A stream is in Latin-1 where that has all of its characters.", "SSE-1", _TOKENS)
def _(mock: Mock) -> None:
    def changed(chunk: bytes) -> bytes:
        value = json_of(chunk)
        text = json.dumps(value, ensure_ascii=False)
        return chunk if value is None or not _in_latin_1(text) else f"data: {text}\n\n".encode("latin-1")

    mock.events(changed)


def _in_latin_1(text: str) -> bool:
    return max(text) <= "\xff"
