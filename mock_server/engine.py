"""connexion, driving the compiled operations.

connexion routes: it reads the paths, and finds the operation that a request means. Everything behind that is compiled
when the document is added, through connexion's own seams for it (`SpecMiddleware`, `AbstractRoutingAPI`), so that no
request pays for a validator, a copy of a schema or a thread.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

from starlette.routing import Route, Router

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # connexion imports a deprecated test client, which nobody here uses
    from connexion.frameworks.starlette import starlettify_path
    from connexion.middleware.abstract import AbstractRoutingAPI, SpecMiddleware
    from connexion.middleware.main import ConnexionMiddleware
    from connexion.resolver import Resolver
from connexion.operations.abstract import AbstractOperation
from connexion.spec import Specification
from letta_contract.spec import Operation
from starlette.types import ASGIApp, Receive, Scope, Send

from .method import without_method
from .operation import CompiledOperation
from .session import wait

Operations = dict[str, ASGIApp]
"""What answers the methods of a path."""
Path = tuple[re.Pattern[str], Operations]
Shape = tuple[int, str | None]
"""How many slashes a path has, and what is behind the last one; None where that is a parameter."""


class CompiledAPI(AbstractRoutingAPI["CompiledOperation"]):
    """The routes of one document, each to a compiled operation."""

    def __init__(self, *args: Any, compiled: dict[str, CompiledOperation], unrouted: ASGIApp, **kwargs: Any) -> None:
        self.compiled = compiled
        self.router = Router(default=unrouted)
        super().__init__(*args, **kwargs)

    def make_operation(self, operation: AbstractOperation) -> CompiledOperation:
        """What answers one operation."""
        return self.compiled[operation.operation_id]

    @staticmethod
    def _framework_path_and_name(operation: AbstractOperation, path: str) -> tuple[str, str]:
        types = operation.get_path_parameter_types()  # type: ignore[no-untyped-call]  # connexion leaves it untyped
        return starlettify_path(path, types), operation.operation_id  # type: ignore[no-untyped-call]  # as above

    def _add_operation_internal(
        self, method: str, path: str, operation: CompiledOperation, name: str | None = None
    ) -> None:
        route = Route(path, operation, methods=[method], name=name)
        # `$` overlooks a newline at the end (ID-6).
        route.path_regex = re.compile(route.path_regex.pattern.removesuffix("$") + r"\Z")
        self.router.routes.append(route)


class Routing(SpecMiddleware):
    """Finds the operation that a request means, or says which methods its path has (STATUS-17)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.router = Router()
        self.like: dict[Shape, list[Path]] = {}
        """The paths that one of a shape may be; hardly ever more than one, so that few patterns have to be tried."""

    def add_api(self, specification: Specification, **kwargs: Any) -> None:
        """Add the paths of the document."""
        self.router = CompiledAPI(specification, unrouted=self.app, **kwargs).router
        paths: dict[re.Pattern[str], tuple[Shape, Operations]] = {}
        for route in self.router.routes:
            assert isinstance(route, Route)
            _, operations = paths.setdefault(route.path_regex, (_shape(route.path), {}))
            operations |= dict.fromkeys(route.methods or (), route.app)
        for slashes, end in {shape for shape, _ in paths.values()}:
            shapes = ((slashes, end), (slashes, None))
            self.like[slashes, end] = [(pattern, one) for pattern, (shape, one) in paths.items() if shape in shapes]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route a request."""
        path, method = scope["path"], scope["method"]
        allowed: set[str] = set()
        slashes = path.count("/")
        like = self.like.get((slashes, path.rpartition("/")[2])) or self.like.get((slashes, None), [])
        for pattern, operations in like:
            if match := pattern.match(path):
                if method in operations:
                    scope["path_params"] = match.groupdict()
                    return await operations[method](scope, receive, send)
                allowed.update(operations)
        if allowed:
            await wait(scope)
            return await without_method(method, allowed)(scope, receive, send)
        return await self.router(scope, receive, send)  # which knows paths by their last slash, or without it


def _shape(template: str) -> Shape:
    end = template.rpartition("/")[2]
    return template.count("/"), None if "{" in end else end


def create_engine(operations: list[Operation], compiled: dict[str, CompiledOperation], unrouted: ASGIApp) -> ASGIApp:
    """An ASGI application that answers each operation by what it was compiled to, and all else by `unrouted`."""
    middlewares: list[Any] = [Routing]
    app = ConnexionMiddleware(unrouted, resolver=Resolver(lambda _operation_id: unrouted), middlewares=middlewares)
    app.add_api(_skeleton(operations), base_path="", compiled=compiled)
    return app


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
