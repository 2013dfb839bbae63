"""Answers that go wrong on their way out, as networks and servers make them go wrong."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Kind = Literal["reset", "truncate", "cut", "garbage", "drip"]

KINDS: dict[Kind, str] = {
    "reset": "the connection is reset before a byte of the answer",
    "truncate": "the connection closes in the middle of the body, or of an event",
    "cut": "the connection closes between two events of a stream; a body is truncated",
    "garbage": "the body, or one event of the stream, is bytes that are neither JSON nor UTF-8",
    "drip": "the body, or each event of the stream, comes in 20 slow pieces",
}
_PIECES = 20
_GARBAGE = bytes((*range(0x80, 0x100), 0x7B, 0x22))
_UNLINGERING = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, and where."""

    kind: Kind
    after: int = 2
    """How many events of a stream come out well before it happens."""
    every: float = 0.05
    """Seconds between two pieces."""


class _BrokenOffError(Exception):
    """Nothing more goes out."""


def spoiled(answer: ASGIApp, fault: Fault) -> ASGIApp:
    """The same answer with the fault in it. The one who makes the answer learns of it as if the client had left."""

    async def send_out(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await answer(scope, receive, _Spoiler(send, fault))
        except _BrokenOffError:
            await _hang_up(scope.get("transport"), receive, reset=fault.kind == "reset")

    return send_out


class _Spoiler:
    """A `send` with a fault."""

    def __init__(self, send: Send, fault: Fault) -> None:
        self._send = send
        self._fault = fault
        self._spoil = self._how()[fault.kind]
        self._chunks = 0
        self._spoiled = False

    def _how(self) -> dict[Kind, Callable[[bytes, bool], Awaitable[None]]]:
        return {
            "reset": self._break_off,
            "truncate": self._truncate,
            "cut": self._cut,
            "garbage": self._garbage,
            "drip": self._drip,
        }

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if self._fault.kind == "reset":
                await self._spoil(b"", True)  # noqa: FBT003  # one shape for all
            await self._send(message)
            return
        more = message.get("more_body", False)
        # A stream is spoiled where the fault says, or at its end where that comes sooner; a whole body is its own end.
        due = self._chunks >= self._fault.after or not more
        self._chunks += 1
        if due or self._fault.kind == "drip":
            await self._spoil(message.get("body", b""), more)
        else:
            await self._send(message)

    async def _break_off(self, _body: bytes, _more: bool) -> None:  # noqa: FBT001
        raise _BrokenOffError

    async def _truncate(self, body: bytes, _more: bool) -> None:  # noqa: FBT001
        await self._send(_chunk(body[: len(body) // 2], more=True))
        raise _BrokenOffError

    async def _cut(self, body: bytes, more: bool) -> None:  # noqa: FBT001
        if self._chunks == 1 and not more:
            await self._truncate(body, more)
        raise _BrokenOffError

    async def _garbage(self, body: bytes, more: bool) -> None:  # noqa: FBT001
        await self._send(_chunk(body if self._spoiled else _garbage(len(body)), more=more))
        self._spoiled = True

    async def _drip(self, body: bytes, more: bool) -> None:  # noqa: FBT001
        size = len(body) // _PIECES + 1
        pieces = [body[start : start + size] for start in range(0, len(body), size)] or [b""]
        for piece in pieces[:-1]:
            await self._send(_chunk(piece, more=True))
            await asyncio.sleep(self._fault.every)
        await self._send(_chunk(pieces[-1], more=more))


def _chunk(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


def _garbage(length: int) -> bytes:
    """The same in each run, and nothing that a reader could take for text."""
    return (_GARBAGE * (length // len(_GARBAGE) + 1))[:length]


async def _hang_up(transport: Any, receive: Receive, *, reset: bool) -> None:
    """Close the connection; where the server does not let us, it does so itself when nothing more comes."""
    if transport is None:
        return
    if reset:
        # A copy of the descriptor reaches the socket whatever the event loop wraps it in.
        with socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno())) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _UNLINGERING)
        transport.abort()
    else:
        transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
