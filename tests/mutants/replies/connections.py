"""Servers that give no answer (STATE-48)."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from ..mock import FORK, MESSAGES, Mock, hangs_up
from .section import CASES, mine, mutant


def _connection(
    slug: str,
    what: str,
    rule: str,
    case: str,
    method: str,
    ending: str,
    patience: float,
    act: Callable[[Receive, Send], Any],
) -> None:
    @mutant(slug, what, rule, case, patience=patience)
    def _(mock: Mock) -> None:
        async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
            if mine(scope, method, ending):
                await act(receive, send)
            await app(scope, receive, send)

        mock.routed(routed)


async def _hangs(receive: Receive, _send: Send) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _breaks(_receive: Receive, send: Send) -> None:
    hangs_up(send)


async def _raises(_receive: Receive, _send: Send) -> None:
    raise RuntimeError("broken on purpose")


_connection("hangs-fork", "fork never answers.", "STATE-48", CASES[FORK], "POST", "/fork", 0.5, _hangs)
_connection(
    "hangs-delete",
    "delete never answers.",
    "STATE-48",
    "delete_conversation/gone-after-delete",
    "DELETE",
    "",
    0.5,
    _hangs,
)
_connection(
    "breaks-cancel",
    "cancel breaks the connection.",
    "STATE-48",
    "cancel_conversation/nothing-to-cancel",
    "POST",
    "/cancel",
    4.0,
    _breaks,
)
_connection(
    "breaks-messages", "messages breaks the connection.", "STATE-48", CASES[MESSAGES], "GET", "/messages", 4.0, _breaks
)
_connection(
    "raises-compact",
    "compact raises an exception.",
    "STATE-48",
    "compact_conversation/conversation-id-known",
    "POST",
    "/compact",
    4.0,
    _raises,
)


@mutant("dies", "recompile takes the whole server with it.", "STATE-48", "recompile_conversation/conversation-id-known")
def _(mock: Mock) -> None:
    async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if mine(scope, "POST", "/recompile"):
            _stop_listening(scope["server"][1])
            hangs_up(send)
        await app(scope, receive, send)

    mock.routed(routed)


def _stop_listening(port: int) -> None:
    """Let the kernel refuse connections to a port of this process, as if its server had died."""
    for number in range(3, 256):
        try:
            with socket.socket(fileno=os.dup(number)) as found:
                if found.getsockname()[1:2] == (port,) and found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    found.shutdown(socket.SHUT_RDWR)
        except OSError:
            continue
