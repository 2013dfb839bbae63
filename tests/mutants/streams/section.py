"""What the mutants of event streams have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..mock import Mock, event, hangs_up, is_a, json_of
from ..mutant import Section

mutant = Section("streams")
TURN = "send_conversation_message/streaming-picks-the-media-type"
DONE = b"data: [DONE]\n\n"
PING = {"id": "ping-1", "date": "2026-01-01T00:00:00Z", "message_type": "ping"}
Value = dict[str, Any]


def events(
    slug: str, what: str, rule: str, change: Callable[[bytes], bytes], *cases: str, section: Section = mutant
) -> None:
    """Send each event otherwise."""

    @section(slug, what, rule, *(cases or (TURN,)))
    def _(mock: Mock) -> None:
        mock.events(change)


def of(kind: str, change: Callable[[Value], Value | bytes]) -> Callable[[bytes], bytes]:
    """Change the events of one kind."""

    def changed(chunk: bytes) -> bytes:
        value = json_of(chunk)
        if value is None or value["message_type"] != kind:
            return chunk
        other = change(value)
        return other if isinstance(other, bytes) else event(other, "error" if kind == "error_message" else "")

    return changed


def before(kind: str, extra: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Send something more before each event of one kind."""
    return lambda chunk: extra(chunk) + chunk if is_a(chunk, kind) else chunk


def cut(mock: Mock, at: bytes) -> None:
    """Break the connection where these bytes would be sent."""

    async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if at in message.get("body", b"") and message.get("more_body"):
                hangs_up(send)
            await send(message)

        await app(scope, receive, sending)

    mock.routed(routed)
