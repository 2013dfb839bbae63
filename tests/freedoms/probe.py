"""What a mock says to a fixed series of requests, byte by byte, but for the present: no two runs of one mock differ."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from letta_contract.mock_server.moment import written
from starlette.types import Message

from tests.mutants.mock import AGENT, Mock

_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_ROOT = "/v1/conversations/"
_UNKNOWN = "3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364"
_TOOL = 'STUB:TOOL weather {"city": "Lisbon"}'


def heard(mock: Mock) -> list[str]:
    """Every message of every answer; dates are numbered in the order in which they first appear, those to come apart."""
    listener = _Listener(mock)
    asyncio.run(_talk(listener))
    now = written(datetime.now(UTC))
    dates: dict[str, str] = {}

    def numbered(found: re.Match[str]) -> str:
        return dates.setdefault(found[0], f"<{'future' if found[0] > now else 'date'} {len(dates)}>")

    return [_DATE.sub(numbered, told) for told in listener.told]


class _Listener:
    """Sends requests to an application in this process, and writes down what it sends back."""

    def __init__(self, mock: Mock) -> None:
        self._app = mock.app
        self.told: list[str] = []

    async def ask(self, method: str, path: str = "", query: str = "", body: Any = None, **headers: str) -> Any:
        """The JSON of an answer; None where it is none. `body` is JSON, or bytes as they are."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        given = {"authorization": "Bearer a-good-token", "content_type": "application/json"} | headers
        sent: list[Message] = []
        waiting: list[Message] = [{"type": "http.request", "body": content}]

        async def receive() -> Message:
            return waiting.pop() if waiting else await asyncio.get_running_loop().create_future()

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app(_scope(method, path, query, content, given), receive, send)
        self.told.append(f"{method} {path}?{query} {content[:80]!r} {headers}: " + "".join(map(_shown, sent)))
        try:
            return json.loads(b"".join(message.get("body", b"") for message in sent))
        except ValueError:
            return None


def _scope(method: str, path: str, query: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    path = path if path.startswith("/") else _ROOT + path
    length = {"content_length": str(len(body))} if body else {}
    return {
        "type": "http",
        "http_version": "1.1",
        "asgi": {"version": "3.0"},
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [
            (name.replace("_", "-").encode(), value.encode()) for name, value in (headers | length).items() if value
        ],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1024),
    }


def _shown(message: Message) -> str:
    if message["type"] == "http.response.start":
        return f"{message['status']} {message['headers']} "
    return f"[{message.get('body', b'').decode('latin-1')}]"


async def _talk(listener: _Listener) -> None:
    for part in (_conversations, _lists, _turns, _contexts, _wrong, _odd, _others):
        await part(listener.ask)


Ask = Callable[..., Any]
_OF = f"agent_id={AGENT}"


async def _made(ask: Ask, **fields: Any) -> str:
    """The id of a new conversation."""
    made = await ask("POST", query=_OF, body=fields or None)
    return str(made["id"])


async def _conversations(ask: Ask) -> None:
    mine = await _made(ask, summary="Mine", description="d", context_window_limit=8000)
    for settings in (
        {"provider_type": "openai", "temperature": 1},
        {"provider_type": "moonshot"},
        {"provider_type": "moonshot_coding"},
        {"provider_type": "anthropic", "effort": "xhigh"},
    ):
        await ask("POST", query=_OF, body={"model_settings": settings})
    await ask("POST", query=_OF, body={"model": "acme/huge", "hidden": True})
    for body in (
        {"archived": True},
        {"archived": True, "summary": None},
        {"archived": False},
        {"last_message_at": "2026-01-01"},
    ):
        await ask("PATCH", mine, body=body)
        await ask("GET", mine)
    away = await _made(ask, summary="Gone soon")
    await ask("PATCH", away, body={"archived": True})
    await ask("POST", f"{away}/fork")
    fork = await ask("POST", f"{mine}/fork", "hidden=yes")
    await ask("GET", f"{fork['id']}/messages")


async def _lists(ask: Ask) -> None:
    gone = await _made(ask, summary="mine, too")
    await ask("DELETE", gone)
    for query in (
        *(
            f"order_by={by}&order={way}"
            for by in ("created_at", "last_message_at", "last_run_completion")
            for way in ("asc", "desc")
        ),
        *("limit=0", "limit=2.0", "summary_search=MINE", "archive_status=archived", "archive_status=all"),
        *(
            f"after={gone}",
            f"after=conv-{_UNKNOWN}",
            f"agent_id=agent-{_UNKNOWN}",
            "agent_id=&limit=1",
            "limit=1&limit=1",
        ),
        *("after=%zz", "after=%00", "limit=many"),
    ):
        await ask("GET", query=query)


async def _turns(ask: Ask) -> None:
    on = await _made(ask)
    there, stream = f"{on}/messages", f"{on}/stream"
    said = {"messages": [{"role": "user", "content": "Hello there", "otid": "mine-1"}]}
    for body in (
        said,
        {"input": "Hello", "stream_tokens": True},
        {"input": "Hello", "streaming": False},
        {"input": _TOOL, "stream_tokens": True},
        {"input": "STUB:HTTP 500"},
        {"input": "STUB:HTTP 500", "streaming": False},
        {"input": "again", "background": True},
    ):
        await ask("POST", there, body=body)
        await ask("GET", there, "order=asc")
    await ask("POST", there, body=said)
    await ask("POST", there, body={"input": "STUB:REASON"})
    await ask("GET", there, f"agent_id=agent-{_UNKNOWN}")
    await ask("POST", stream)
    await ask("POST", stream, body={"run_id": f"run-{_UNKNOWN}"})
    slow = asyncio.ensure_future(ask("POST", there, body={"input": "STUB:SLOW 9 0.02"}))
    await asyncio.sleep(0.02)
    busy = asyncio.ensure_future(ask("POST", there, body={"input": "Hello"}))
    await asyncio.sleep(0.03)
    await ask("POST", f"{on}/cancel")
    await slow
    await busy
    rows = await ask("GET", there, "limit=3")
    last = quote(rows[-1]["id"])
    await ask("POST", f"{on}/fork", f"message_id=message-{_UNKNOWN}")
    for query in (
        f"after={last}",
        f"before=message-{_UNKNOWN}",
        "include_return_message_types=assistant_message&limit=2",
        "group_id=group-1",
    ):
        await ask("GET", there, query)
    await ask("POST", f"{on}/fork", f"message_id={last}")
    await ask("GET", on)
    told = {"input": _TOOL, "client_tools": [{"name": "weather"}], "override_model": "acme/huge"}
    await ask("POST", f"{await _made(ask)}/messages", body=told)


async def _contexts(ask: Ask) -> None:
    on = await _made(ask)
    await ask("POST", f"{on}/compact")
    for _ in range(3):
        await ask("POST", f"{on}/messages", body={"input": "Hello", "streaming": False})
    await ask("POST", f"{on}/compact")
    await ask("POST", f"{on}/compact")
    await ask("POST", f"{on}/recompile")
    await ask("GET", f"{on}/messages")
    for _ in range(3):
        await ask("POST", "default/messages", body={"input": "Hello", "streaming": False, "agent_id": AGENT})
    await ask("POST", f"/v1/agents/{AGENT}/summarize")


async def _wrong(ask: Ask) -> None:
    on = await _made(ask)
    await ask("GET", "conv-1")
    await ask("GET", "conv-1%2f2")
    await ask("GET", "conv-%zz")
    await ask("POST", f"{on}/cancel")
    for body in (b"{", {"messages": [{"role": "nobody"}], "max_steps": "x"}, b'"\xff"', b"[" * 60 + b"]" * 60):
        await ask("POST", f"{on}/messages", body=body)
    await ask("POST", f"{on}/messages", body=b"input=Hello", content_type="text/plain")
    await ask("POST", f"{on}/messages", body={"input": "Hello"}, content_type="")
    await ask("PATCH", on, body={"summary": "long " * 4000})
    await ask("GET", "x" * 9000)
    await ask("GET", on, authorization="", x_long="x" * 3000)
    await ask("GET", "/v1/nothing", authorization="")


async def _odd(ask: Ask) -> None:
    on = await _made(ask)
    for body in (
        b'{"summary": "\\u0000"}',
        b'{"summary": "\\ud800"}',
        {"context_window_limit": 2**60},
        {"context_window_limit": 7.0},
        {"archived": "true", "context_window_limit": "7"},
    ):
        await ask("PATCH", on, body=body)


async def _others(ask: Ask) -> None:
    await ask("GET", "/v1/conversations", "limit=1")
    for method in ("HEAD", "OPTIONS", "PUT"):
        await ask(method)
    on = await _made(ask)
    await ask("GET", on, accept_encoding="gzip")
    await ask("POST", f"{on}/messages", body={"input": "Hello"}, accept_encoding="gzip")
