"""One operation of the mock: judged by the document, then answered."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from letta_contract import spec
from letta_contract.mock_server import Settings
from letta_contract.mock_server.bearer import BearerToken
from letta_contract.mock_server.examples import Examples
from letta_contract.mock_server.operation import CompiledOperation
from letta_contract.mock_server.refusal import Invalid, Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .answer import Answer, Answering


class Operation:
    """One operation: judged by the document, then answered by `handler`; each part can be replaced."""

    def __init__(self, id_: str, handler: Handler, token: str | None) -> None:
        self.compiled: ASGIApp = _compiled()[id_]
        self.handler = handler
        self.token: Any = None if token is None else BearerToken(token)
        self.answer: Answering = self._answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        try:
            if self.token is not None:
                self.token.check(scope["headers"])
            answer = await self.answer(scope, receive)
        except Refusal as refusal:
            answer = refusal.reply
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)

        try:
            await self.compiled(scope, receive, keep)
        except _Valid as valid:
            return await self.handler(valid.request)
        status = sent[0]["status"]
        detail = json.loads(sent[1]["body"])["detail"]
        raise Invalid(detail) if status == 422 else Refusal(status, detail)


class _Valid(Exception):  # noqa: N818  # not an error: what lies behind validation is reached
    def __init__(self, request: Request) -> None:
        self.request = request


async def _reached(request: Request) -> Reply:
    raise _Valid(request)


@cache
def documented() -> dict[str, spec.Operation]:
    """The operations of the document, by their ids."""
    return {operation.id: operation for operation in spec.operations(spec.load())}


@cache
def _compiled() -> dict[str, ASGIApp]:
    return {id_: compiled(operation) for id_, operation in documented().items()}


def compiled(operation: spec.Operation) -> ASGIApp:
    """The judge of the requests of an operation; those that it lets through, Operation answers."""
    return CompiledOperation(operation, _reached, Examples(operation), None, Settings().max_body)
