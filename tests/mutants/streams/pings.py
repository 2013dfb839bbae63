"""Pings though they are not wanted (SSE-8)."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

from ..mock import SEND, Chunks, Mock, event, is_a
from ..mutant import subtle
from .section import PING, before, events, mutant

_TOGETHER = "send_conversation_message/flags-together"
_PINGS = "send_conversation_message/pings-only-if-wanted"
events(
    "pings-unwanted",
    "A stream has pings though they are not wanted.",
    "SSE-8",
    before("stop_reason", lambda _: event(PING)),
    _PINGS,
)


@mutant("pings-ignored", "include_pings has no effect.", "SSE-8", _PINGS)
def _(mock: Mock) -> None:
    mock.body(SEND, include_pings=True)


@subtle(
    "background-pings",
    "A background turn has pings though they are not wanted.",
    "SSE-8",
    _TOGETHER,
)
def _(mock: Mock) -> None:
    mock.requests(
        SEND,
        lambda request: (
            replace(request, body={**request.body, "include_pings": True}) if request.field("background") else request
        ),
    )


@subtle(
    "tokens-pings",
    "With stream_tokens, there are pings though they are not wanted.",
    "SSE-8",
    _TOGETHER,
)
def _(mock: Mock) -> None:
    mock.requests(
        SEND,
        lambda request: (
            replace(request, body={**request.body, "include_pings": True})
            if request.field("stream_tokens")
            else request
        ),
    )


@subtle("slow-pings", "A slow turn has pings though they are not wanted.", "SSE-8", "*/comes-as-it-is-made")
def _(mock: Mock) -> None:
    async def changed(chunks: Chunks) -> Chunks:
        began = monotonic()
        async for chunk in chunks:
            if monotonic() - began > 1 and not is_a(chunk, "done"):
                yield event(PING)
            yield chunk

    mock.streams(changed)
