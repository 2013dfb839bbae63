"""Bodies that are taken or refused as such: for their form, their media type, or as none (OP-1, STATUS-12 to STATUS-16, TOL-11)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.refusal import Invalid, Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request
from letta_contract.mock_server.violations import violation
from starlette.types import Receive, Scope

from ..mock import (
    COMPACT,
    CREATE,
    RECOMPILE,
    SEND,
    STREAM,
    SUMMARIZE,
    UPDATE,
    Answer,
    Answering,
    Mock,
    Schema,
)
from .section import mutant

WITH_BODY = (CREATE, UPDATE, SEND, STREAM, RECOMPILE, COMPACT, SUMMARIZE)


def _unjudged(operation_id: str) -> None:
    @mutant(
        f"no-validation-{operation_id}",
        f"{operation_id} does not judge its body.",
        "ORDER-4",
        f"{operation_id}/body-values",
    )
    def _(mock: Mock) -> None:
        mock.schema(operation_id, dict.clear)
        mock.requests(
            operation_id, lambda request: request if isinstance(request.body, dict) else replace(request, body=None)
        )

        async def judged(handler: Handler, request: Request) -> Answer:
            try:
                return await handler(request)
            except (TypeError, ValueError, KeyError, AttributeError):
                return Reply.json(None)

        mock.around(operation_id, judged)


for _operation_id in WITH_BODY:
    _unjudged(_operation_id)


def _malformed(operation_id: str, slug: str, what: str, rule: str, status: int, kinds: Iterable[str]) -> None:
    """Answer a body that was refused for one of these reasons otherwise."""

    @mutant(f"{slug}-{operation_id}", f"{operation_id} answers {status} to {what}.", rule, f"{operation_id}/body-form")
    def _(mock: Mock) -> None:
        async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
            try:
                return await answering(scope, receive)
            except Invalid as invalid:
                if any(entry["type"] in kinds for entry in invalid.violations):
                    raise Refusal(status, "No.") from None
                raise

        mock.judged(operation_id, judged)


for _operation_id, _status in zip(WITH_BODY, (400, 500, 200, 400, 404, 400, 500), strict=True):
    _malformed(_operation_id, "malformed", "malformed JSON", "STATUS-13", _status, ["json_invalid"])
for _operation_id, _status in ((CREATE, 400), (COMPACT, 404), (STREAM, 500)):
    _malformed(_operation_id, "media-type", "another media type", "STATUS-14", _status, ["content_type"])
_malformed(UPDATE, "missing", "a missing body", "STATUS-16", 400, ["missing"])
_malformed(SEND, "missing", "a missing body", "STATUS-16", 500, ["missing"])


def _any_media_type(operation_id: str) -> None:
    @mutant(
        f"any-media-type-{operation_id}",
        f"{operation_id} reads any media type as JSON.",
        "STATUS-14",
        f"{operation_id}/body-form",
    )
    def _(mock: Mock) -> None:
        async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
            others = [header for header in scope["headers"] if header[0] != b"content-type"]
            return await answering({**scope, "headers": [*others, (b"content-type", b"application/json")]}, receive)

        mock.judged(operation_id, judged)


for _operation_id in (CREATE, UPDATE, COMPACT):
    _any_media_type(_operation_id)


def _body_needed(operation_id: str) -> None:
    @mutant(f"body-needed-{operation_id}", f"{operation_id} asks for a body.", "STATUS-16", f"{operation_id}/body-form")
    def _(mock: Mock) -> None:
        mock.body_required(operation_id, required=True)


for _operation_id in (CREATE, STREAM, RECOMPILE, COMPACT, SUMMARIZE):
    _body_needed(_operation_id)


def _body_missing(operation_id: str) -> None:
    @mutant(
        f"body-missing-{operation_id}",
        f"{operation_id} works without a body.",
        "STATUS-16",
        f"{operation_id}/body-form",
    )
    def _(mock: Mock) -> None:
        mock.body_required(operation_id, required=False)

        async def bodiless(handler: Handler, request: Request) -> Answer:
            return Reply.json(None) if request.body is None else await handler(request)

        mock.around(operation_id, bodiless)


_body_missing(UPDATE)
_body_missing(SEND)


@mutant("no-null-create", "create refuses a body of null.", "OP-1", "create_conversation/body-is-optional")
def _(mock: Mock) -> None:
    def change(schema: Schema) -> None:
        schema.update({"allOf": [dict(schema)], "not": {"enum": [None]}})

    mock.schema(CREATE, change)


def _no_null(operation_id: str, rule: str) -> None:
    @mutant(
        f"no-null-body-{operation_id}", f"{operation_id} refuses a body of null.", rule, f"{operation_id}/body-form"
    )
    def _(mock: Mock) -> None:
        async def judged(handler: Handler, request: Request) -> Answer:
            if request.body is None:
                raise Invalid([violation(("body",), "dict_type", "Input should be a valid dictionary")])
            return await handler(request)

        mock.around(operation_id, judged)


_no_null(COMPACT, "OP-12")
_no_null(STREAM, "OP-9")


def _refuses(slug: str, what: str, rule: str, case: str, operation_id: str, media: bytes) -> None:
    """Refuse what says that it is of a media type with these letters in it."""

    @mutant(slug, what, rule, f"{operation_id}/{case}")
    def _(mock: Mock) -> None:
        refused = Invalid([violation(("body",), "content_type", "Input should be application/json")]).reply

        def told(scope: Scope) -> Reply | None:
            said = any(name == b"content-type" and media in value for name, value in scope["headers"])
            return refused if said else None

        mock.early(operation_id, told)


_refuses("charset", "create refuses JSON that says its charset.", "TOL-11", "body-is-optional", CREATE, b"charset")
_refuses("charset-update", "update refuses JSON that names its charset.", "STATUS-14", "body-form", UPDATE, b"charset")
_refuses("empty-text", "recompile minds how no body is called.", "STATUS-16", "body-form", RECOMPILE, b"text/plain")


@mutant("both", "send takes messages and input together.", "BODY-4", "send_conversation_message/messages-or-input")
def _(mock: Mock) -> None:
    _says(mock, lambda body: body.get("messages") is not None and body.get("input") is not None)


@mutant(
    "both-falsy",
    "send takes messages beside an input of nothing.",
    "BODY-4",
    "send_conversation_message/messages-or-input",
)
def _(mock: Mock) -> None:
    _says(mock, lambda body: bool(body.get("messages")) and body.get("input") in ("", []))


@mutant(
    "both-parts", "send takes messages beside input in parts.", "BODY-4", "send_conversation_message/messages-or-input"
)
def _(mock: Mock) -> None:
    _says(mock, lambda body: bool(body.get("messages")) and isinstance(body.get("input"), list))


@mutant(
    "no-messages-beside",
    "send takes an empty list of messages beside input.",
    "BODY-5",
    "send_conversation_message/messages-or-input",
)
def _(mock: Mock) -> None:
    _says(mock, lambda body: body.get("messages") == [] and bool(body.get("input")))


@mutant("neither", "send takes neither messages nor input.", "BODY-4", "send_conversation_message/messages-or-input")
def _(mock: Mock) -> None:
    _says(mock, lambda body: body.get("messages") is None and body.get("input") is None)


@mutant("no-messages", "send takes an empty list of messages.", "BODY-5", "send_conversation_message/messages-or-input")
def _(mock: Mock) -> None:
    _says(mock, lambda body: body.get("messages") == [])


def _says(mock: Mock, wrong: Callable[[dict[str, Any]], bool]) -> None:
    """Take for an ordinary message what should be refused."""

    def change(sent: bytes) -> bytes:
        try:
            body = json.loads(sent)
        except ValueError:
            return sent
        return json.dumps({"input": "Hello."}).encode() if isinstance(body, dict) and wrong(body) else sent

    mock.sent(SEND, change)
