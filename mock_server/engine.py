"""connexion, driving the compiled operations.

connexion routes: it reads the paths, and finds the operation that a request means. Everything behind that is compiled
when the document is added, through connexion's own seam for it (`RoutedMiddleware`), so that no request pays for a
validator, a copy of a schema or a thread.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

from starlette.exceptions import HTTPException
from starlette.routing import Route, Router

from .refusal import Refusal
from .reply import Reply

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # connexion imports a deprecated test client, which nobody here uses
    from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
    from connexion.middleware.exceptions import ExceptionMiddleware
    from connexion.middleware.main import ConnexionMiddleware
    from connexion.middleware.routing import RoutingMiddleware
    from connexion.middleware.server_error import ServerErrorMiddleware
    from connexion.resolver import Resolver
from connexion.operations.abstract import AbstractOperation
from letta_contract.spec import Operation
from starlette.types import ASGIApp, Receive, Scope, Send

from .operation import CompiledOperation


class CompiledAPI(RoutedAPI["CompiledOperation"]):
    """The compiled operations of one document by operationId."""

    def __init__(self, *args: Any, compiled: dict[str, CompiledOperation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.compiled = compiled
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> CompiledOperation:
        """What answers one operation."""
        return self.compiled[operation.operation_id]


class CompiledMiddleware(RoutedMiddleware[CompiledAPI]):
    """Hands each routed request to its compiled operation."""

    api_cls = CompiledAPI


class Routing(RoutingMiddleware):
    """connexion's router, with the contract's 405 (STATUS-17, STATUS-18) and with paths matched to their very end."""

    def add_api(self, *args: Any, **kwargs: Any) -> None:
        """Add the paths of a document that has no base path."""
        super().add_api(*args, **kwargs)
        mount: Any = self.router.routes[-1]
        # What is mounted under nothing need not be mounted, and a mount keeps out paths with a newline in them.
        self.router = mount.app
        for route in _routes(self.router):
            # `$` overlooks a newline at the end (ID-6).
            route.path_regex = re.compile(route.path_regex.pattern.removesuffix("$") + r"\Z")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route a request."""
        try:
            await super().__call__(scope, receive, send)
        except HTTPException as error:
            if error.status_code != 405:
                raise
            await self._without_method(scope["method"], scope["path"])(scope, receive, send)

    def _without_method(self, method: str, path: str) -> Reply:
        allowed = {"OPTIONS"}.union(
            *(route.methods or () for route in _routes(self.router) if route.path_regex.match(path))
        )
        headers = [(b"allow", ", ".join(sorted(allowed)).encode())]
        if method == "OPTIONS":
            return Reply(200, b"", headers)
        shown = method if method.isascii() and method.isalpha() else "This method"
        return Refusal(405, f"{shown} is not a method of this path. Use one that Allow names.", headers).reply


def create_engine(operations: list[Operation], compiled: dict[str, CompiledOperation], unrouted: ASGIApp) -> ASGIApp:
    """An ASGI application that answers each operation by what it was compiled to, and all else by `unrouted`."""
    middlewares: list[Any] = [ServerErrorMiddleware, ExceptionMiddleware, Routing, CompiledMiddleware]
    app = ConnexionMiddleware(unrouted, resolver=Resolver(lambda _operation_id: unrouted), middlewares=middlewares)
    app.add_api(_skeleton(operations), base_path="", compiled=compiled)
    return app


def _routes(router: Router) -> list[Route]:
    return [route for route in router.routes if isinstance(route, Route)]


def _skeleton(operations: list[Operation]) -> dict[str, Any]:
    """A document with nothing but what routes: connexion checks what it is given in Python, and we compile the rest."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        parameters = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in operation.parameters("path")
        ]
        paths.setdefault(operation.path, {})[operation.method.lower()] = {
            "operationId": operation.id,
            "parameters": parameters,
            "responses": {"200": {"description": "As compiled."}},
        }
    return {"openapi": "3.0.3", "info": {"title": "Routes", "version": "1"}, "paths": paths}
