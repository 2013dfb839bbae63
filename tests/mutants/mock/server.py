"""The stateful mock server, taken apart so that one thing in it can be broken."""

from __future__ import annotations

import copy
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply, Stream
from letta_contract.mock_server.request import Handler, Request
from letta_contract.mock_server.stateful import stateful_handlers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .answer import Answer, Answering
from .connection import again, read
from .engine import engine
from .events import Chunks
from .ids import RETRIEVE, SEND
from .operation import Operation, compiled, documented
from .schema import Schema

Ids = str | Iterable[str]


class Mock:
    """A new world behind operations that can each be replaced, wrapped or recompiled."""

    def __init__(self, token: str | None = None) -> None:
        handlers: dict[str, Any] = stateful_handlers()
        self._unbroken: dict[str, Handler] = handlers
        self.operations = {id_: Operation(id_, handler, token) for id_, handler in handlers.items()}
        self._layers: list[Callable[[ASGIApp], ASGIApp]] = []

    @property
    def app(self) -> ASGIApp:
        """The broken server."""
        app: ASGIApp = self._engine
        for layer in self._layers:
            app = layer(app)
        return app

    async def _engine(self, scope: Scope, receive: Receive, send: Send) -> None:
        await engine()({**scope, "mock": self}, receive, send)

    async def ask(self, id_: str, subject: str | None = None, body: Any = None, **query: Any) -> Any:
        """The JSON that the unbroken mock answers. Raises Refusal where it refuses."""
        operation = documented()[id_]
        defaults = {
            name: parameter["schema"]["default"]
            for name, parameter in operation.parameters("query").items()
            if "default" in parameter["schema"]
        }
        path = {} if subject is None else dict.fromkeys(operation.parameters("path"), subject)
        answer = await self._unbroken[id_](Request(path, defaults | query, body))
        assert isinstance(answer, Reply)
        return json.loads(answer.body)

    async def exists(self, conversation_id: str) -> bool:
        """Whether there is such a conversation."""
        try:
            await self.ask(RETRIEVE, conversation_id)
        except Refusal:
            return False
        return True

    def around(self, ids: Ids, wrapped: Callable[[Handler, Request], Awaitable[Answer]]) -> None:
        """Answer valid requests by `wrapped`, which is given the handler that it replaces."""
        for id_ in _each(ids):
            self.operations[id_].handler = _partial(wrapped, self.operations[id_].handler)

    def requests(self, ids: Ids, change: Callable[[Request], Request]) -> None:
        """Let handlers see another request."""

        async def changed(handler: Handler, request: Request) -> Answer:
            return await handler(change(request))

        self.around(ids, changed)

    def query(self, ids: Ids, **values: Any) -> None:
        """Let handlers see other query values; None takes one away."""
        self.requests(ids, lambda request: replace(request, query=request.query | values))

    def body(self, ids: Ids, **values: Any) -> None:
        """Let handlers see other fields of the body; None takes one away."""
        self.requests(ids, lambda request: replace(request, body=(request.body or {}) | values))

    def values(self, ids: Ids, change: Callable[[Any, Request], Any]) -> None:
        """Answer with another JSON value than the one that the handler gives."""

        async def changed(handler: Handler, request: Request) -> Answer:
            answer = await handler(request)
            if isinstance(answer, Reply):
                return Reply.json(change(json.loads(answer.body), request), answer.status)
            return answer

        self.around(ids, changed)

    def fields(self, ids: Ids, **fields: Any) -> None:
        """Answer with other fields of an object, or of each object in a list."""

        def change(value: Any, _request: Request) -> Any:
            return [{**item, **fields} for item in value] if isinstance(value, list) else {**value, **fields}

        self.values(ids, change)

    def without(self, ids: Ids, name: str) -> None:
        """Leave a field out of an object, or of each object in a list."""

        def change(value: Any, _request: Request) -> Any:
            items = value if isinstance(value, list) else [value]
            for item in items:
                item.pop(name, None)
            return value

        self.values(ids, change)

    def judged(self, ids: Ids, wrapped: Callable[[Answering, Scope, Receive], Awaitable[Answer]]) -> None:
        """Judge and answer requests by `wrapped`, which is given what it replaces: validation and handler."""
        for id_ in _each(ids):
            self.operations[id_].answer = _partial(wrapped, self.operations[id_].answer)

    def sent(self, ids: Ids, change: Callable[[bytes], bytes]) -> None:
        """Judge another body than what was sent."""

        async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
            return await answering(scope, again(change(await read(receive)), receive))

        self.judged(ids, judged)

    def queried(self, ids: Ids, change: Callable[[bytes], bytes]) -> None:
        """Judge another query than what was sent."""

        async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
            return await answering({**scope, "query_string": change(scope["query_string"])}, receive)

        self.judged(ids, judged)

    def early(self, ids: Ids, answer: Callable[[Scope], Answer | None]) -> None:
        """Answer some requests before they are judged: those for which `answer` has one."""

        async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
            return answer(scope) or await answering(scope, receive)

        self.judged(ids, judged)

    def unguarded(self, id_: str) -> Callable[[Scope], None]:
        """Do not ask for the token any more; the check that was made, which raises Refusal."""
        operation = self.operations[id_]
        token, operation.token = operation.token, None
        return lambda scope: token.check(scope["headers"])

    def replies(self, ids: Ids, change: Callable[[Reply], Reply | None], status: int | None = 200) -> None:
        """Change whole answers of one status (of all, where it is None), errors included."""

        async def changed(answer: Answering, scope: Scope, receive: Receive) -> Answer:
            try:
                given = await answer(scope, receive)
            except Refusal as refusal:
                given = refusal.reply
            if isinstance(given, Reply) and status in (None, given.status):
                return change(given) or given
            return given

        self.judged(ids, changed)

    def instead(
        self, ids: Ids, reply: Reply, refused: Callable[[Request, Refusal], bool] = lambda _request, _refusal: True
    ) -> None:
        """Answer this where a handler refuses; where `refused` tells so of the request and the refusal."""

        async def answered(handler: Handler, request: Request) -> Answer:
            try:
                return await handler(request)
            except Refusal as refusal:
                if refused(request, refusal):
                    return reply
                raise

        self.around(ids, answered)

    def streams(self, change: Callable[[Chunks], Chunks], ids: Ids = SEND) -> None:
        """Send other bytes as an event stream."""

        async def changed(handler: Handler, request: Request) -> Answer:
            answer = await handler(request)
            return Stream(change(answer.chunks), answer.end) if isinstance(answer, Stream) else answer

        self.around(ids, changed)

    def events(self, change: Callable[[bytes], bytes], ids: Ids = SEND) -> None:
        """Send each event of a stream otherwise; nothing, where nothing is left of it."""

        async def changed(chunks: Chunks) -> Chunks:
            async for chunk in chunks:
                yield change(chunk)

        self.streams(changed, ids)

    def schema(self, id_: str, change: Callable[[Schema], None]) -> None:
        """Validate the body of an operation by a changed schema."""
        self._recompile(id_, lambda raw: change(raw["requestBody"]["content"]["application/json"]["schema"]))

    def body_required(self, id_: str, *, required: bool) -> None:
        """Whether an operation asks for a body."""
        self._recompile(id_, lambda raw: raw["requestBody"].update(required=required))

    def parameter(self, id_: str, name: str, **schema: Any) -> None:
        """Validate a parameter by another schema; a keyword of None goes."""

        def change(raw: dict[str, Any]) -> None:
            parameter = next(parameter for parameter in raw["parameters"] if parameter["name"] == name)
            whole = parameter["schema"] | schema
            parameter["schema"] = {keyword: value for keyword, value in whole.items() if value is not None}

        self._recompile(id_, change)

    def optional(self, id_: str, name: str) -> None:
        """Do not ask for a required query parameter."""

        def change(raw: dict[str, Any]) -> None:
            next(parameter for parameter in raw["parameters"] if parameter["name"] == name)["required"] = False

        self._recompile(id_, change)

    def layer(self, middleware: Callable[[ASGIApp], ASGIApp]) -> None:
        """Put something in front of the whole server."""
        self._layers.append(middleware)

    def routed(self, wrapped: Callable[[ASGIApp, Scope, Receive, Send], Awaitable[None]]) -> None:
        """The same, as a function that is given the server behind it."""

        def layer(app: ASGIApp) -> ASGIApp:
            async def layered(scope: Scope, receive: Receive, send: Send) -> None:
                await wrapped(app, scope, receive, send)

            return layered

        self.layer(layer)

    def diverts(self, answer: Callable[[Scope], Reply | None]) -> None:
        """Answer some requests in front of the whole server: those for which `answer` has a reply."""

        async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
            await (answer(scope) or app)(scope, receive, send)

        self.routed(routed)

    def heads(self, change: Callable[[Scope, Message], None]) -> None:
        """Change the status and the headers of every answer of the whole server, in place."""

        async def changed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
            async def sending(message: Message) -> None:
                if message["type"] == "http.response.start":
                    change(scope, message)
                await send(message)

            await app(scope, receive, sending)

        self.routed(changed)

    def _recompile(self, id_: str, change: Callable[[dict[str, Any]], None]) -> None:
        operation = documented()[id_]
        raw = copy.deepcopy(operation.raw)
        change(raw)
        self.operations[id_].compiled = compiled(replace(operation, raw=raw))


def _partial(wrapped: Callable[..., Awaitable[Answer]], inner: Any) -> Callable[..., Awaitable[Answer]]:
    async def call(*args: Any) -> Answer:
        return await wrapped(inner, *args)

    return call


def _each(ids: Ids) -> Iterable[str]:
    return (ids,) if isinstance(ids, str) else ids
