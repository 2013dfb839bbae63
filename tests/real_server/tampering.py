"""The real server with one more thing broken, which the gate must see however much its baseline excuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from .serving import serving

CASES = ("retrieve_conversation/conversation-id-*",)  # the first to see it
_OURS = ("host", "content-length", "connection", "transfer-encoding")  # headers of one connection


@contextmanager
def tampered(url: str) -> Iterator[str]:
    """The address of a proxy that takes the agent out of every conversation that is retrieved."""
    with serving(_proxy(url)) as proxy:
        yield proxy


def _proxy(url: str) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            reply = await client.request(
                request.method,
                url + target.decode("ascii"),
                content=await request.body(),
                headers=[(name, value) for name, value in request.headers.items() if name not in _OURS],
            )
        headers = {name: value for name, value in reply.headers.items() if name not in _OURS}
        body = _broken(reply.content) if _retrieves(request) and reply.status_code == 200 else reply.content
        await Response(body, reply.status_code, headers)(scope, receive, send)

    return app


def _retrieves(request: Request) -> bool:
    *_, collection, id_ = request.url.path.split("/")
    return request.method == "GET" and collection == "conversations" and id_ != ""


def _broken(body: bytes) -> bytes:
    conversation = json.loads(body)
    conversation.pop("agent_id", None)
    return json.dumps(conversation).encode()
