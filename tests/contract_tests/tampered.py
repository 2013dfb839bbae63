"""An application whose answers are changed on their way out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Call:
    """A request as a server saw it; `path` is percent-encoded."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def of_one_conversation(self) -> bool:
        """Whether its path goes on below that of the collection."""
        return self.path.startswith("/v1/conversations/conv-")


@dataclass(frozen=True)
class Answer:
    """What a server says, and how it breaks off: `kept` bytes of the body are sent, `delay` seconds late."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    delay: float = 0.0
    kept: int | None = None

    def but(self, **changes: Any) -> Answer:
        """The same with other `headers`, another `status`, `body`, `json`, `media` type, `delay` or `kept`."""
        headers = dict(changes.pop("headers", self.headers))
        if "json" in changes:
            changes["body"] = json.dumps(changes.pop("json")).encode()
            changes.setdefault("media", "application/json")
        if "media" in changes:
            headers["content-type"] = changes.pop("media")
        if "body" in changes:
            headers["content-length"] = str(len(changes["body"]))
        return replace(self, headers=tuple(headers.items()), **changes)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Change = Callable[[Call, Answer], Answer]


def unchanged(_call: Call, answer: Answer) -> Answer:
    return answer


class Tampered:
    """An application whose every answer goes through `change`; `calls` is what it was asked."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.change: Change = unchanged
        self.calls: list[Call] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        call = Call(scope["method"], scope["raw_path"].decode(), scope["query_string"].decode(), headers, body)
        self.calls.append(call)
        answer = self.change(call, await self._asked(scope, body, receive))
        await self._say(answer, send)

    async def _asked(self, scope: Any, body: bytes, receive: Any) -> Answer:
        given = [{"type": "http.request", "body": body, "more_body": False}]
        said: list[dict[str, Any]] = []

        async def hear() -> Any:
            return given.pop() if given else await receive()

        async def say(message: Any) -> None:
            said.append(message)

        await self.app(scope, hear, say)
        head, *rest = said
        headers = tuple((name.decode(), value.decode()) for name, value in head["headers"])
        return Answer(head["status"], headers, b"".join(part.get("body", b"") for part in rest))

    async def _say(self, answer: Answer, send: Any) -> None:
        await asyncio.sleep(answer.delay)
        headers = [(name.encode(), value.encode()) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send(
            {"type": "http.response.body", "body": answer.body[: answer.kept], "more_body": answer.kept is not None}
        )
