"""A field beside another, a fork beside a state, a body beside a query (STATE-2, STATE-3, STATE-8, STATE-13 to -16)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.refusal import Invalid, Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request
from starlette.types import Receive, Scope

from ..mock import (
    CREATE,
    FORK,
    LIST,
    RECOMPILE,
    RETRIEVE,
    STREAM,
    UPDATE,
    Answer,
    Answering,
    Mock,
    again,
    made,
    read,
    segment,
    subject,
)
from ..mutant import subtle


def _takes(given: str, taken: str, value: Callable[[Any], bool]) -> None:
    @subtle(
        f"{given}-takes-{taken}",
        f"update of {given} takes {taken} away.",
        "STATE-14",
        "retrieve_conversation/shows-what-was-updated",
    )
    def _(mock: Mock) -> None:
        lost: set[str] = set()

        async def update(handler: Handler, request: Request) -> Answer:
            if request.field(taken) is not None:
                lost.discard(subject(request))
            elif request.field(given) is not None and value(request.field(given)):
                lost.add(subject(request))
            return await handler(request)

        mock.around(UPDATE, update)
        mock.values((UPDATE, RETRIEVE), lambda shown, _: {**shown, taken: None} if shown["id"] in lost else shown)


_takes("archived", "model_settings", bool)
_takes("archived", "model", lambda archived: not archived)
_takes("model", "model_settings", bool)


@subtle("update-hides", "update minds hidden, which is no field of it.", "DOC-5", "update_conversation/identity-stays")
def _(mock: Mock) -> None:
    hidden: set[str] = set()

    def note(request: Request) -> Request:
        if (request.body or {}).get("hidden"):
            hidden.add(subject(request))
        return request

    mock.requests(UPDATE, note)
    mock.values(LIST, lambda items, _: [item for item in items if item["id"] not in hidden])


@subtle(
    "limit-not-kept",
    "create answers a limit that it does not keep.",
    "STATE-1",
    "create_conversation/keeps-newer-fields",
)
def _(mock: Mock) -> None:
    created = made(mock, CREATE)
    mock.values(RETRIEVE, lambda shown, _: {**shown, "context_window_limit": None} if shown["id"] in created else shown)


@subtle("budget-lost", "create keeps no budget of thinking.", "STATE-8", "create_conversation/keeps-settings")
def _(mock: Mock) -> None:
    def change(shown: Any, _request: Request) -> Any:
        thinking = (shown["model_settings"] or {}).get("thinking")
        if not thinking:
            return shown
        kept = {name: value for name, value in thinking.items() if name != "budget_tokens"}
        return {**shown, "model_settings": {**shown["model_settings"], "thinking": kept}}

    mock.values((CREATE, RETRIEVE), change)


@subtle(
    "same-summary-same-id", "create answers the one that has that summary.", "STATE-9", "create_conversation/new-id"
)
def _(mock: Mock) -> None:
    first: dict[str, Any] = {}
    mock.values(CREATE, lambda made, _: first.setdefault(made["summary"], made) if made["summary"] else made)


@subtle(
    "agent-in-body-only", "create takes agent_id from its body.", "DOC-5", "create_conversation/keeps-what-was-given"
)
def _(mock: Mock) -> None:
    async def create(handler: Handler, request: Request) -> Answer:
        try:
            return await handler(request)
        except Refusal:
            other = (request.body or {}).get("agent_id")
            if not other:
                raise
            return await handler(replace(request, query={**request.query, "agent_id": other}))

    mock.around(CREATE, create)


@subtle(
    "fork-settings-not-kept",
    "fork answers settings that retrieve does not show.",
    "STATE-3",
    "retrieve_conversation/shows-what-was-forked",
)
def _(mock: Mock) -> None:
    forks = made(mock, FORK)
    mock.values(RETRIEVE, lambda shown, _: {**shown, "model_settings": None} if shown["id"] in forks else shown)


@subtle("fork-unarchives", "fork brings its source back.", "STATE-13", "fork_conversation/source-stays")
def _(mock: Mock) -> None:
    async def fork(handler: Handler, request: Request) -> Answer:
        await mock.ask(UPDATE, subject(request), body={"archived": False})
        return await handler(request)

    mock.around(FORK, fork)


@subtle("fork-unhides", "A hidden conversation shows once it was forked.", "STATE-13", "create_conversation/hidden")
def _(mock: Mock) -> None:
    forked: set[str] = set()
    mock.requests(FORK, lambda request: forked.add(subject(request)) or request)

    async def listed(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if not isinstance(answer, Reply):
            return answer
        items = json.loads(answer.body)
        left_out = sorted(forked - {item["id"] for item in items})
        return Reply.json([*items, *[await mock.ask(RETRIEVE, id_) for id_ in left_out]])

    mock.around(LIST, listed)


@subtle(
    "dry-run-unchecked",
    "With dry_run, recompile does not judge its body.",
    "OP-11",
    "recompile_conversation/dry-run-changes-nothing",
)
def _(mock: Mock) -> None:
    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        body = await read(receive)
        if b"dry_run=true" in scope["query_string"].lower():
            body = b"{}"
        return await answering(scope, again(body, receive))

    mock.judged(RECOMPILE, judged)


@subtle(
    "stream-400-before-body",
    "stream refuses what has no run before it judges the body.",
    "ORDER-4",
    "retrieve_conversation_stream/order-of-judgement",
)
def _(mock: Mock) -> None:
    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        try:
            return await answering(scope, receive)
        except Invalid as invalid:
            in_path = any(entry["loc"][0] == "path" for entry in invalid.violations)
            if not in_path and await mock.exists(segment(scope)):
                raise Refusal(400, "There is no run to read.") from None
            raise

    mock.judged(STREAM, judged)
