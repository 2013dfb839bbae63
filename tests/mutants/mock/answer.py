"""What an operation answers: a reply, or a stream."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from letta_contract.mock_server.reply import Headers, Reply, Stream
from starlette.types import Receive, Scope

Answer = Reply | Stream
Answering = Callable[[Scope, Receive], Awaitable[Answer]]


def plain(status: int, text: str, media_type: str = "text/plain", headers: Headers | None = None) -> Reply:
    """A reply that is no JSON."""
    return Reply(status, text.encode(), headers, media_type.encode())
