"""The stateful mock server, taken apart so that one thing in it can be broken."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from dataclasses import replace
from functools import cache
from typing import Any

from letta_contract import spec
from letta_contract.mock_server import Settings
from letta_contract.mock_server.bearer import BearerToken
from letta_contract.mock_server.engine import create_engine
from letta_contract.mock_server.examples import Examples
from letta_contract.mock_server.operation import CompiledOperation
from letta_contract.mock_server.refusal import Invalid, Refusal
from letta_contract.mock_server.reply import Headers, Reply, Stream, encode
from letta_contract.mock_server.request import Handler, Request
from letta_contract.mock_server.stateful import stateful_handlers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"  # the mock's own
CONVERSATION = "conv-123e4567-e89b-42d3-8456-426614174000"  # there from the start

CREATE, LIST, RETRIEVE = "create_conversation", "list_conversations", "retrieve_conversation"
UPDATE, DELETE, FORK = "update_conversation", "delete_conversation", "fork_conversation"
MESSAGES, SEND, STREAM = "list_conversation_messages", "send_conversation_message", "retrieve_conversation_stream"
CANCEL, RECOMPILE = "cancel_conversation", "recompile_conversation"
COMPACT, SUMMARIZE = "compact_conversation", "summarize_messages"
STRICT = (RETRIEVE, UPDATE, DELETE)
LOOSE = (FORK, MESSAGES, SEND, STREAM, CANCEL, RECOMPILE, COMPACT)
ON_CONVERSATION = (*STRICT, *LOOSE)
WITH_ID = (*ON_CONVERSATION, SUMMARIZE)
EVERY = (CREATE, LIST, *WITH_ID)

Answer = Reply | Stream
Ids = str | Iterable[str]
Schema = dict[str, Any]
Chunks = AsyncGenerator[bytes]
Answering = Callable[[Scope, Receive], Awaitable[Answer]]


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
        await _engine()({**scope, "mock": self}, receive, send)

    async def ask(self, id_: str, subject: str | None = None, body: Any = None, **query: Any) -> Any:
        """The JSON that the unbroken mock answers. Raises Refusal where it refuses."""
        operation = next(operation for operation in _operations() if operation.id == id_)
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
        operation = next(operation for operation in _operations() if operation.id == id_)
        raw = copy.deepcopy(operation.raw)
        change(raw)
        self.operations[id_].compiled = _compile(replace(operation, raw=raw))


def parts(schema: Schema, *steps: str) -> list[Schema]:
    """The schemas of the property that `steps` lead to, through lists and alternatives.

    A step `name=value` keeps to objects whose tag `name` has that value, and does not go deeper itself.
    """
    found = [schema]
    for step in steps:
        name, tagged, value = step.partition("=")
        objects = [whole for part in found for whole in _objects(part) if name in whole["properties"]]
        if tagged:
            found = [whole for whole in objects if value in whole["properties"][name].get("enum", ())]
        else:
            found = [whole["properties"][name] for whole in objects]
    unique = {id(part): part for part in found}
    if not unique:
        raise LookupError(f"The schema has no {' '.join(steps)}. Give steps that it has.")
    return list(unique.values())


def objects(schema: Schema, *steps: str) -> list[Schema]:
    """The object schemas that `steps` lead to."""
    return [whole for part in (parts(schema, *steps) if steps else [schema]) for whole in _objects(part)]


def _objects(schema: Schema) -> list[Schema]:
    own = [schema] if "properties" in schema else []
    inner = [part for keyword in ("allOf", "anyOf", "oneOf") for part in schema.get(keyword, ())]
    if "items" in schema:
        inner.append(schema["items"])
    return [*own, *(whole for part in inner for whole in _objects(part))]


def json_of(chunk: bytes) -> dict[str, Any] | None:
    """The JSON of one event's bytes; None for the terminator."""
    data = chunk.split(b"data: ", 1)[-1].strip()
    value: dict[str, Any] | None = None if data == b"[DONE]" else json.loads(data)
    return value


def event(value: Any, name: str = "") -> bytes:
    """The bytes of one event."""
    named = f"event: {name}\n".encode() if name else b""
    return named + b"data: " + encode(value) + b"\n\n"


def is_a(chunk: bytes, *kinds: str) -> bool:
    """Whether an event has one of these message types; `done` is the terminator."""
    value = json_of(chunk)
    return ("done" if value is None else value["message_type"]) in kinds


def plain(status: int, text: str, media_type: str = "text/plain", headers: Headers | None = None) -> Reply:
    """A reply that is no JSON."""
    return Reply(status, text.encode(), headers, media_type.encode())


def segment(scope: Scope) -> str:
    """The identifier in the path of a routed request, decoded."""
    return str(next(iter(scope["path_params"].values()), ""))


def hangs_up(send: Send) -> None:
    """Break the connection that an answer would go out on."""
    transport: Any = _bound(send).transport
    transport.abort()


def _bound(send: Any) -> Any:
    return send.__self__


def _partial(wrapped: Callable[..., Awaitable[Answer]], inner: Any) -> Callable[..., Awaitable[Answer]]:
    async def call(*args: Any) -> Answer:
        return await wrapped(inner, *args)

    return call


def _each(ids: Ids) -> Iterable[str]:
    return (ids,) if isinstance(ids, str) else ids


@cache
def _document() -> dict[str, Any]:
    return spec.load()


@cache
def _operations() -> list[spec.Operation]:
    return spec.operations(_document())


class _Routed:
    """The operation of whichever mock a request is for."""

    def __init__(self, id_: str) -> None:
        self.id = id_

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["mock"].operations[self.id](scope, receive, send)


@cache
def _engine() -> ASGIApp:
    """The router of the mock server, made once for all mutants: it takes longer than most of them."""
    operations: Any = {operation.id: _Routed(operation.id) for operation in _operations()}
    return create_engine(_operations(), operations, _no_such_path)


@cache
def _compiled() -> dict[str, ASGIApp]:
    return {operation.id: _compile(operation) for operation in _operations()}


def _compile(operation: spec.Operation) -> ASGIApp:
    return CompiledOperation(operation, _reached, Examples(operation), None, Settings().max_body)


async def _no_such_path(scope: Scope, receive: Receive, send: Send) -> None:
    await Refusal(404, "There is no such path.").reply(scope, receive, send)
