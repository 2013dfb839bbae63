"""Headers and bytes that are no JSON, or not what they are called (OP-1 to OP-7)."""

from __future__ import annotations

import asyncio
import gzip
import json

from letta_contract.mock_server.reply import Reply
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..mock import CREATE, DELETE, FORK, LIST, MESSAGES, RETRIEVE, UPDATE, Mock, hangs_up, plain
from .section import CASES, mutant, replies


def _headed(reply: Reply, name: bytes, value: bytes | None) -> None:
    others = [header for header in reply.headers if header[0] != name]
    reply.headers = others if value is None else [*others, (name, value)]


replies(RETRIEVE, "html", "HTML", "OP-3", lambda _: plain(200, "<h1>conversation</h1>", "text/html"))
replies(RETRIEVE, "text", "JSON as text/plain", "OP-3", lambda reply: Reply(200, reply.body, media_type=b"text/plain"))
replies(LIST, "untyped", "without a Content-Type", "OP-2", lambda reply: _headed(reply, b"content-type", None))
replies(
    MESSAGES,
    "problem",
    "application/problem+json",
    "OP-7",
    lambda reply: Reply(200, reply.body, media_type=b"application/problem+json"),
)
replies(RETRIEVE, "empty", "200 without a body", "OP-3", lambda _: Reply(200, b""))
replies(DELETE, "empty", "200 without a body", "OP-5", lambda _: Reply(200, b""))
replies(DELETE, "text", "OK", "OP-5", lambda _: plain(200, "OK"))
replies(UPDATE, "cut", "JSON that is cut short", "OP-4", lambda reply: Reply(200, reply.body[:-1]))
replies(
    UPDATE,
    "trailing",
    "JSON with a line of log behind it",
    "OP-4",
    lambda reply: Reply(200, reply.body + b"\nok in 3 ms"),
)
replies(FORK, "nan", "NaN", "OP-6", lambda reply: Reply(200, reply.body[:-1] + b',"score":NaN}'))
replies(CREATE, "key-twice", "a key twice", "OP-1", lambda reply: Reply(200, b'{"id":"conv-0",' + reply.body[1:]))
replies(LIST, "python", "what Python prints", "OP-2", lambda reply: Reply(200, repr(json.loads(reply.body)).encode()))
replies(RETRIEVE, "utf-16", "UTF-16", "OP-3", lambda reply: Reply(200, reply.body.decode().encode("utf-16")))
replies(FORK, "latin-1", "Latin-1", "OP-6", lambda reply: Reply(200, reply.body[:-1] + b',"note":"caf\xe9"}'))
replies(MESSAGES, "gzip-untold", "gzip without saying so", "OP-7", lambda reply: Reply(200, gzip.compress(reply.body)))
replies(CREATE, "gzip-untrue", "what it calls gzip", "OP-1", lambda reply: _headed(reply, b"content-encoding", b"gzip"))
replies(RETRIEVE, "quoted", "JSON in a JSON string", "OP-3", lambda reply: Reply.json(reply.body.decode()))
replies(LIST, "html-after", "JSON and a script", "OP-2", lambda reply: Reply(200, reply.body + b"<script></script>"))


@mutant("longer-than-told", "retrieve says that its body is longer than it is.", "OP-3", CASES[RETRIEVE])
def _(mock: Mock) -> None:
    async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["method"] == "GET" and message["status"] == 200:
                told = dict(message["headers"])
                longer = str(int(told[b"content-length"]) + 10).encode()
                message["headers"] = [
                    *((name, value) for name, value in told.items() if name != b"content-length"),
                    (b"content-length", longer),
                ]
            await send(message)
            if message["type"] == "http.response.body" and scope["method"] == "GET":
                await asyncio.sleep(0.05)  # what is there gets out first
                hangs_up(send)

        await app(scope, receive, sending)

    mock.routed(routed)
