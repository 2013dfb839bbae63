"""The connection that a request comes in on: what it asked for so far, and its end."""

from __future__ import annotations

from typing import Any

from starlette.types import Message, Receive, Scope, Send


def segment(scope: Scope) -> str:
    """The identifier in the path of a routed request, decoded."""
    return str(next(iter(scope["path_params"].values()), ""))


async def read(receive: Receive) -> bytes:
    """The whole body of a request."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def again(body: bytes, receive: Receive) -> Receive:
    """A connection to read a body from, before whatever else comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body}]

    async def receiving() -> Message:
        return waiting.pop() if waiting else await receive()

    return receiving


def hangs_up(send: Send) -> None:
    """Break the connection that an answer would go out on."""
    transport: Any = _bound(send).transport
    transport.abort()


def _bound(send: Any) -> Any:
    return send.__self__
