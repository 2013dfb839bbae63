"""The mock server as an ASGI application."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

from letta_contract import spec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .bearer import BearerToken
from .engine import create_engine
from .examples import example_handler
from .operation import CompiledOperation
from .refusal import Refusal
from .reply import Reply
from .settings import Settings
from .stateful import stateful_handlers


def create_app(settings: Settings) -> ASGIApp:
    """The server that these settings describe; `serve` runs it. Raises SpecError and NoExampleError."""
    from starlette.middleware.cors import CORSMiddleware

    document = spec.load(settings.spec)
    operations = spec.operations(document, settings.spec)
    token = BearerToken(settings.token) if settings.token is not None else None
    handlers = stateful_handlers() if settings.stateful else {}
    compiled = {
        operation.id: CompiledOperation(
            operation, handlers.get(operation.id) or example_handler(operation), token, settings.max_body
        )
        for operation in operations
    }
    app = create_engine(operations, compiled, OwnPages(document))
    if settings.cors is not None:
        app = CORSMiddleware(
            app,
            allow_origins=[settings.cors],
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["*"],
            allow_private_network=True,
        )
    return Signed(app)


class OwnPages:
    """What is no operation of the contract: the document itself, and 404 for everything else."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = Reply.json(document)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a path that the document does not have."""
        if scope["path"] == "/openapi.json" and scope["method"] in ("GET", "HEAD"):
            await self._document(scope, receive, send)
        else:
            detail = "There is no such path. GET /openapi.json lists those that there are."
            await Refusal(404, detail).reply(scope, receive, send)


class Signed:
    """Says on each reply that it comes from a mock, and from which."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._header = (b"x-mock-server", f"letta-contract/{_version()}".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and sign what comes back."""

        async def sign(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"].append(self._header)
            await send(message)

        await self._app(scope, receive, sign)


@cache
def _version() -> str:
    return version("letta-contract")
