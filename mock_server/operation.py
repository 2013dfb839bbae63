"""One operation, compiled once: what judges a request, and what answers it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from jsonschema_rs import Draft202012Validator
from letta_contract.spec import Operation
from starlette.types import ASGIApp, Receive, Scope, Send

from . import body
from .accept import Acceptance
from .bearer import BearerToken
from .examples import Examples
from .journal import Entry
from .json_schema import Schema, to_json_schema
from .prefer import Preferences, telling
from .query import QueryReader
from .refusal import Invalid, Refusal
from .reply import Answer, Headers
from .request import Handler, Request
from .session import Session
from .violations import Violation, violation, violations


class CompiledOperation:
    """An ASGI application for one operation of the document; judges in the order of ORDER-1 to ORDER-6."""

    def __init__(
        self, operation: Operation, handler: Handler, examples: Examples, token: BearerToken | None, max_body: int
    ) -> None:
        self.id = operation.id
        self.handler = handler
        self.examples = examples
        self.acceptance = Acceptance(examples.media_types)
        self.token = token
        self.max_body = max_body
        self.validator = _validator(operation)
        self.query_reader = QueryReader(operation.parameters("query"))
        self.has_body = operation.body_schema is not None
        self.body_required = operation.body_required

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge the request and answer it."""
        entry: Entry = scope.get("entry") or Entry(scope)
        entry.operation_id, entry.verdict = self.id, "invalid"
        session: Session | None = scope.get("session")
        headers: dict[bytes, bytes] = scope.get("by_name") or dict(scope["headers"])
        asked: Preferences | None = None
        honoured: dict[str, Any] = {}
        answer: ASGIApp
        try:
            if self.token is not None:
                self.token.check(scope["headers"])
            if b"prefer" in headers or b"__" in scope["query_string"]:
                asked = await Preferences.heeded(scope, honoured)
            request = await self.request(scope, headers, receive, entry)
            entry.verdict = "valid"
            if asked is not None and asked.picks:
                handler = self._picked(asked, request, scope["headers"], honoured)
            else:
                if headers.get(b"accept") not in self.acceptance.fine or len(headers) < len(scope["headers"]):
                    self.acceptance.check(scope["headers"])
                handler = self.handler if session is None else session.handlers.get(self.id, self.handler)
            if session is None or session.plain:
                answer = await handler(request)
            else:
                answer = await session.answer(handler, request, entry)
        except Refusal as refusal:
            if session is not None and entry.verdict != "valid":
                await session.wait()
            entry.refused(refusal)
            answer = refusal.reply
        except body.ClientLeftError:
            return
        if honoured:
            answer = telling(answer, honoured)
        await answer(scope, receive, send)

    def _picked(self, asked: Preferences, request: Request, headers: Headers, honoured: dict[str, Any]) -> Handler:
        """What a client asked for by its preferences. Raises Refusal; errors are JSON, whatever it accepts."""
        pick = self.examples.pick(asked, request)
        if pick.status < 400:
            Acceptance(pick.media_types).check(headers)

        async def picked(request: Request) -> Answer:
            # Not before: an expectation may answer instead.
            honoured.update(pick.honoured)
            return await pick.handler(request)

        return picked

    async def request(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, entry: Entry) -> Request:
        """What a request with a good token asks for. Raises Refusal where it does not fit the document."""
        path = entry.path_params = scope["path_params"]
        query = entry.query = self.query_reader.read(scope["query_string"])
        given = {"path": path, "query": query}
        wrong: list[Violation] = []
        if self.has_body:
            if b"expect" in headers:
                body.check_announced(headers, self.max_body)
            raw = await body.read(receive, self.max_body)
            entry.received(raw)
            if raw:
                try:
                    given["body"] = body.decode(raw, headers.get(b"content-type"))
                except Invalid as undecodable:
                    wrong = undecodable.violations
            elif self.body_required:
                wrong = [violation(("body",), "missing", "Field required")]
        if not self.validator.is_valid(given):
            wrong = violations(self.validator.iter_errors(given)) + wrong
        if wrong:
            raise Invalid(wrong)
        return Request(path, query, given.get("body"))


def _validator(operation: Operation) -> Draft202012Validator:
    """Judges path, query and body of a request together."""
    places = {place: _of_parameters(operation.parameters(place)) for place in ("path", "query")}
    if operation.body_schema is not None:
        places["body"] = to_json_schema(operation.body_schema)
    return Draft202012Validator({"properties": places}, validate_formats=True, formats={"date-time": _is_date})


def _of_parameters(parameters: dict[str, dict[str, Any]]) -> Schema:
    return {
        "properties": {name: to_json_schema(parameter["schema"]) for name, parameter in parameters.items()},
        "required": [name for name, parameter in parameters.items() if parameter.get("required")],
    }


def _is_date(text: str) -> bool:
    """Whether it is a date that can be read; one without time or offset will do (TOL-1)."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
