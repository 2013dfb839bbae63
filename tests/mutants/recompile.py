"""Prompts that are compiled wrongly, or changed where they were to be tried only (STATE-44, OP-11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from .mock import MESSAGES, RECOMPILE, RETRIEVE, SEND, UPDATE, Answer, Mock, plain, subject, touched
from .mutant import Section, subtle

mutant = Section("context")
_PROMPT = "recompile_conversation/answers-the-prompt"
_DRY = "recompile_conversation/dry-run-changes-nothing"


def _prompt(slug: str, what: str, change: Callable[[str], Any]) -> None:
    @mutant(f"prompt-{slug}", f"recompile answers {what}.", "OP-11", _PROMPT)
    def _(mock: Mock) -> None:
        mock.values(RECOMPILE, lambda value, _: change(value))


_prompt("object", "an object", lambda text: {"system_prompt": text})
_prompt("null", "null", lambda _: None)
_prompt("list", "the lines of the prompt", str.splitlines)


@mutant("prompt-plain", "recompile answers plain text.", "OP-11", _PROMPT)
def _(mock: Mock) -> None:
    mock.replies(RECOMPILE, lambda reply: Reply(200, reply.body.strip(b'"'), media_type=b"text/plain"))


@mutant("prompt-unquoted", "recompile answers text that it calls JSON.", "OP-11", _PROMPT)
def _(mock: Mock) -> None:
    mock.replies(RECOMPILE, lambda reply: Reply(200, reply.body.strip(b'"')))


@mutant("dry-run-ignored", "dry_run has no effect.", "STATE-44", _DRY)
def _(mock: Mock) -> None:
    mock.query(RECOMPILE, dry_run=False)


@subtle("recompile-empties", "recompile takes the messages away.", "STATE-39", _DRY)
def _(mock: Mock) -> None:
    emptied: set[str] = set()

    def note(request: Request) -> Request:
        if not request.query["dry_run"]:
            emptied.add(subject(request))
        return request

    mock.requests(RECOMPILE, note)
    mock.values(MESSAGES, lambda rows, request: [] if subject(request) in emptied else rows)


@mutant("dry-run-touches", "dry_run changes updated_at.", "STATE-44", _DRY)
def _(mock: Mock) -> None:
    async def recompile(handler: Handler, request: Request) -> Answer:
        if request.query["dry_run"]:
            await mock.ask(UPDATE, subject(request), body={})
        return await handler(request)

    mock.around(RECOMPILE, recompile)


@mutant("dry-run-says", "dry_run adds a message.", "STATE-44", _DRY)
def _(mock: Mock) -> None:
    async def recompile(handler: Handler, request: Request) -> Answer:
        if request.query["dry_run"]:
            await mock.ask(SEND, subject(request), body={"input": "recompiled", "streaming": False})
        return await handler(request)

    mock.around(RECOMPILE, recompile)


@mutant("dry-run-context", "After dry_run, retrieve shows another context.", "STATE-44", _DRY)
def _(mock: Mock) -> None:
    tried = touched(mock, RECOMPILE)

    def shown(value: Any, _request: Request) -> Any:
        ids = value["in_context_message_ids"]
        return {**value, "in_context_message_ids": ids[:-1] if value["id"] in tried else ids}

    mock.values(RETRIEVE, shown)


@mutant("recompile-body-500", "recompile falls over an empty object.", "OP-11", _PROMPT)
def _(mock: Mock) -> None:
    async def recompile(handler: Handler, request: Request) -> Answer:
        return plain(500, "KeyError") if request.body == {} else await handler(request)

    mock.around(RECOMPILE, recompile)


@mutant("recompile-null-500", "recompile falls over a body of null.", "OP-11", _PROMPT)
def _(mock: Mock) -> None:
    mock.requests(RECOMPILE, lambda request: replace(request, body=request.body or {}))

    def change(schema: dict[str, Any]) -> None:
        schema.update({"not": {"enum": [None]}})

    mock.schema(RECOMPILE, change)


@subtle("dry-run-body-touches", "dry_run with a body changes updated_at.", "STATE-44", _DRY)
def _(mock: Mock) -> None:
    async def recompile(handler: Handler, request: Request) -> Answer:
        if request.query["dry_run"] and request.body:
            await mock.ask(UPDATE, subject(request), body={})
        return await handler(request)

    mock.around(RECOMPILE, recompile)


@subtle("dry-run-body-object", "dry_run with a body answers an object.", "OP-11", _DRY)
def _(mock: Mock) -> None:
    mock.values(
        RECOMPILE,
        lambda text, request: {"system_prompt": text} if request.query["dry_run"] and request.body else text,
    )
