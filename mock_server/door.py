"""Where every request comes in and every answer goes out."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import cache
from importlib.metadata import version

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .cors import cors_headers, preflight
from .journal import Entry
from .refusal import Refusal
from .session import HEADER, Sessions

OWN = ("/_mock", "/docs", "/openapi.json")
"""Paths of the mock server itself, which no journal needs to know of."""


class Door:
    """Finds the session of a request, writes it down, and says on its answer what it is and who may read it."""

    def __init__(self, app: ASGIApp, sessions: Sessions, cors: str | None) -> None:
        self.app = app
        """What answers; may be replaced while others are being answered."""
        self.sessions = sessions
        self._cors = cors
        self._headers = [(b"x-mock-server", f"letta-contract/{_version()}".encode()), *cors_headers(cors)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in."""
        app: ASGIApp
        # Looked into several times on the way.
        by_name = scope["by_name"] = dict(scope["headers"])
        session, app = self.sessions.unnamed, self.app
        if HEADER in by_name:
            try:
                session = self.sessions.of(scope["headers"])
            except Refusal as refusal:  # its world cannot be had
                app = refusal.reply
        if scope["method"] == "OPTIONS" and self._cors is not None:
            app = preflight(scope) or app
        entry = Entry(scope)
        scope["session"], scope["entry"] = session, entry
        # uvicorn's; a fault needs it, and nothing else.
        scope["transport"] = getattr(getattr(send, "__self__", None), "transport", None)
        if not scope["path"].startswith(OWN):
            session.journal.add(entry)
        over = False

        def sign(message: Message) -> Awaitable[None]:
            nonlocal over
            if message["type"] == "http.response.start":
                message["headers"] += self._headers
                entry.status = message["status"]
            else:
                over = not message.get("more_body", False)
            return send(message)

        try:
            await app(scope, receive, sign)
        except Exception:
            if entry.status is None:
                await _FAULT.reply(scope, receive, sign)
            raise  # for uvicorn to log
        finally:
            entry.over(None if over else "before its end")


_FAULT = Refusal(500, "The mock server has a fault of its own. Its log says more; report it with the request, please.")


@cache
def _version() -> str:
    return version("letta-contract")
