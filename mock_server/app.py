"""The mock server as an ASGI application."""

from __future__ import annotations

from typing import Any

from letta_contract import spec
from starlette.types import ASGIApp, Receive, Scope, Send

from .bearer import BearerToken
from .control import Control
from .docs import docs
from .door import Door
from .engine import create_engine
from .examples import Examples
from .method import without_method
from .news import News
from .operation import CompiledOperation
from .refusal import Refusal
from .reload import reload_on_change
from .reply import Reply
from .request import Request
from .session import Sessions, wait
from .settings import Settings
from .worlds import Worlds


def create_app(settings: Settings) -> ASGIApp:
    """The server that these settings describe; `serve` runs it. Raises SpecError and NoExampleError."""
    worlds = Worlds(settings) if settings.stateful else None
    sessions = Sessions(worlds.world if worlds else None, settings)
    news = News()
    door = Door(_served(settings, sessions, news), sessions, settings.cors)
    if settings.reload:

        def read_again() -> ASGIApp:
            app = _served(settings, sessions, news)
            if worlds is not None:
                worlds.reread()
            return app

        reload_on_change(door, read_again, settings, news)
    return door


def _served(settings: Settings, sessions: Sessions, news: News) -> ASGIApp:
    """What answers, as the document's files are now."""
    document = _document(settings)
    operations = spec.operations(document, settings.spec)
    token = BearerToken(settings.token) if settings.token is not None else None
    kept = sessions.unnamed.handlers
    examples = {operation.id: Examples(operation, settings.seed) for operation in operations}
    compiled = {
        operation.id: CompiledOperation(
            operation,
            _of_session if operation.id in kept else examples[operation.id].handler,
            examples[operation.id],
            token,
            settings.max_body,
        )
        for operation in operations
    }
    return create_engine(operations, compiled, OwnPages(document, Control(settings, operations, sessions, news)))


def _document(settings: Settings) -> dict[str, Any]:
    """The document, with the examples that the user brought in it. Raises SpecError, and BroughtError for faulty ones.

    What is shipped is not checked again.
    """
    if settings.fixtures is not None or settings.spec != spec.ROOT:
        from . import brought

        brought.check_document(settings.spec)
    document = spec.load(settings.spec)
    if settings.fixtures is not None:
        brought.bring(settings.fixtures, document, settings.spec)
    return document


async def _of_session(_request: Request) -> Reply:
    """Stands where each session has a handler of its own."""
    raise AssertionError


class OwnPages:
    """What is no operation of the contract: the document, the pages of the mock server, and 404 for everything else."""

    def __init__(self, document: dict[str, Any], control: ASGIApp | None = None) -> None:
        self._document = Reply.json(document)
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a path that the document does not have."""
        path, method = scope["path"], scope["method"]
        first = path.split("/")[1] if path.startswith("/") else ""
        if self._control is not None and first == "_mock":
            await self._control(scope, receive, send)
        elif first == "docs":
            await docs(scope, receive, send)
        elif path == "/openapi.json":
            is_read = method in ("GET", "HEAD")
            await (self._document if is_read else without_method(method, ("GET", "HEAD")))(scope, receive, send)
        elif path == "*" and method == "OPTIONS":  # whether there is a server at all (RFC 9110 §9.3.7)
            await without_method(method, ())(scope, receive, send)
        else:
            await wait(scope)
            detail = "There is no such path. GET /openapi.json lists those that there are."
            await Refusal(404, detail).reply(scope, receive, send)
