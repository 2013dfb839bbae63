"""The router of the mock server, which leads each request to the mock that it is for."""

from __future__ import annotations

from functools import cache
from typing import Any

from letta_contract.mock_server.engine import create_engine
from letta_contract.mock_server.refusal import Refusal
from starlette.types import ASGIApp, Receive, Scope, Send

from .operation import documented


class _Routed:
    """The operation of whichever mock a request is for."""

    def __init__(self, id_: str) -> None:
        self.id = id_

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["mock"].operations[self.id](scope, receive, send)


@cache
def engine() -> ASGIApp:
    """Made once for all mutants: it takes longer than most of them."""
    operations: Any = {id_: _Routed(id_) for id_ in documented()}
    return create_engine(list(documented().values()), operations, _no_such_path)


async def _no_such_path(scope: Scope, receive: Receive, send: Send) -> None:
    await Refusal(404, "There is no such path.").reply(scope, receive, send)
