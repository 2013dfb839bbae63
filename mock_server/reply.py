"""What a handler gives back, and how it goes out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]

JSON = b"application/json"
EVENT_STREAM = b"text/event-stream; charset=utf-8"
_EMPTY = (204, 304)
"""Statuses of answers that have no content (RFC 9110 §6.4.1)."""


class Reply:
    """A whole answer, encoded once: it can be sent any number of times. A body is JSON unless said otherwise."""

    __slots__ = ("body", "headers", "status")

    def __init__(
        self, status: int, body: bytes, headers: Headers | None = None, media_type: bytes | None = None
    ) -> None:
        self.status = status
        self.body = b"" if status in _EMPTY else body
        self.headers: Headers = [*(headers or ())]
        if status in _EMPTY:
            return
        self.headers.insert(0, (b"content-length", str(len(body)).encode()))
        if body or media_type:
            self.headers.insert(0, (b"content-type", media_type or JSON))

    @classmethod
    def json(cls, value: Any, status: int = 200, headers: Headers | None = None) -> Reply:
        """An answer that carries a JSON value."""
        return cls(status, encode(value), headers)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it; to HEAD, without its body (RFC 9110 §9.3.2)."""
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.body})


class LingeringReply(Reply):
    """An answer to a request that is still coming in: a connection that closed at once would take the answer along."""

    __slots__ = ()

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, and take in the rest of the request for a while before the connection closes."""
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER):
                while (message := await receive())["type"] != "http.disconnect" and message.get("more_body"):
                    pass
        await send({"type": "http.response.body", "body": b""})


_LINGER = 10.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Stream:
    """An event stream; each chunk goes out when it is made, and no more are made once the client has gone."""

    chunks: AsyncGenerator[bytes]
    end: Callable[[], None] = lambda: None
    """Called once when the stream is over, however it ended, even if it never began."""
    headers: Headers = field(default_factory=list)
    """Beside those that every stream has."""

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send it event by event."""
        try:
            await send({"type": "http.response.start", "status": 200, "headers": [*_STREAM_HEADERS, *self.headers]})
            await _until_gone(receive, self._send(send))
        finally:
            self.end()

    async def _send(self, send: Send) -> None:
        async with aclosing(self.chunks) as chunks:
            async for chunk in chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


_STREAM_HEADERS: Headers = [
    (b"content-type", EVENT_STREAM),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]


@dataclass(frozen=True, slots=True)
class LateReply:
    """A whole answer that takes its time; nobody works on it any more once the client has gone."""

    make: Callable[[], Awaitable[Reply]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for it, and send it."""
        await _until_gone(receive, self._send(scope, receive, send))

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        reply = await self.make()
        await reply(scope, receive, send)


Answer = Reply | LateReply | Stream
"""What a handler gives back."""


async def _until_gone(receive: Receive, work: Coroutine[Any, Any, None]) -> None:
    """Do something to its end, or until the client goes."""
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (working, leaving):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await working


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def encode(value: Any) -> bytes:
    """A JSON value as the mock server writes it."""
    try:
        return orjson.dumps(value)
    except TypeError:  # an integer of more than 64 bits
        return _ENCODER.encode(value).encode()


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
