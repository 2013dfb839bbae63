"""What create makes otherwise than it was told (STATE-1, STATE-6, STATE-8, STATE-9, OP-1)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from ..mock import CREATE, DELETE, FORK, LIST, MESSAGES, RETRIEVE, SEND, UPDATE, Answer, Mock, subject
from ..mutant import Section, subtle

mutant = Section("lifecycle")


def _ignores(name: str, case: str = "keeps-what-was-given") -> None:
    @mutant(f"create-ignores-{name}", f"create ignores {name}.", "STATE-8", f"create_conversation/{case}")
    def _(mock: Mock) -> None:
        mock.body(CREATE, **{name: None})


for _name in ("summary", "model", "model_settings"):
    _ignores(_name)
for _name in ("description", "context_window_limit"):
    _ignores(_name, "keeps-newer-fields")


@subtle(
    "create-agent-in-body",
    "create minds an agent_id in its body.",
    "DOC-5",
    "create_conversation/keeps-what-was-given",
)
def _(mock: Mock) -> None:
    def change(request: Request) -> Request:
        agent_id = (request.body or {}).get("agent_id", request.query["agent_id"])
        return replace(request, query={**request.query, "agent_id": agent_id})

    mock.requests(CREATE, change)


@subtle("create-id-in-body", "create takes an id in its body.", "DOC-5", "create_conversation/keeps-what-was-given")
def _(mock: Mock) -> None:
    mock.values(CREATE, lambda value, request: {**value, "id": (request.body or {}).get("id", value["id"])})


@mutant(
    "create-for-another-agent",
    "create answers another agent_id.",
    "STATE-8",
    "create_conversation/keeps-what-was-given",
)
def _(mock: Mock) -> None:
    mock.fields(CREATE, agent_id="agent-00000000-0000-4000-8000-000000000000")


@mutant(
    "create-drops-settings",
    "create keeps only the provider of model_settings.",
    "STATE-8",
    "create_conversation/keeps-what-was-given",
)
def _(mock: Mock) -> None:
    def change(value: Any, _request: Request) -> Any:
        kept = {name: setting for name, setting in (value["model_settings"] or {}).items() if name == "provider_type"}
        return {**value, "model_settings": kept or None}

    mock.values(
        (CREATE, RETRIEVE, LIST), lambda value, request: value if isinstance(value, list) else change(value, request)
    )


@mutant(
    "create-capitalizes", "create changes the case of a summary.", "STATE-8", "create_conversation/keeps-what-was-given"
)
def _(mock: Mock) -> None:
    mock.values(CREATE, lambda value, _: {**value, "summary": (value["summary"] or "").upper() or None})


@mutant("create-twice-one-id", "Two creates answer one id.", "STATE-9", "create_conversation/new-id")
def _(mock: Mock) -> None:
    made: list[Any] = []

    async def create(handler: Handler, request: Request) -> Answer:
        if not made:
            made.append(await handler(request))
        answer: Answer = made[0]
        return answer

    mock.around(CREATE, create)


@mutant(
    "create-hidden-shown", "A conversation that is made hidden shows in lists.", "STATE-6", "create_conversation/hidden"
)
def _(mock: Mock) -> None:
    mock.body(CREATE, hidden=False)
    mock.fields((CREATE, LIST), hidden=True)


@mutant("create-201", "create answers 201.", "OP-1", "create_conversation/body-is-optional")
def _(mock: Mock) -> None:
    mock.replies(CREATE, lambda reply: Reply(201, reply.body))


@mutant(
    "create-not-kept", "What create answered is forgotten.", "STATE-1", "retrieve_conversation/shows-what-was-created"
)
def _(mock: Mock) -> None:
    def change(value: Any, _request: Request) -> Any:
        return {**value, "id": value["id"][:-4] + "0000"}

    mock.values(CREATE, change)


@mutant(
    "create-late-date",
    "created_at is another one in retrieve.",
    "STATE-1",
    "retrieve_conversation/shows-what-was-created",
)
def _(mock: Mock) -> None:
    mock.fields(CREATE, created_at="2026-01-01T00:00:00Z")


@mutant("create-needs-summary", "create without a body is 400.", "OP-1", "create_conversation/body-is-optional")
def _(mock: Mock) -> None:
    async def create(handler: Handler, request: Request) -> Answer:
        if request.body is None:
            raise Refusal(500, "KeyError: summary")
        return await handler(request)

    mock.around(CREATE, create)


@subtle("id-again", "create gives the id of a deleted conversation anew.", "STATE-9", "create_conversation/new-id")
def _(mock: Mock) -> None:
    free: list[str] = []
    alias: dict[str, str] = {}

    async def delete(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        free.append(next((old for old, new in alias.items() if new == subject(request)), subject(request)))
        return answer

    def renamed(value: dict[str, Any], _request: Request) -> dict[str, Any]:
        if not free:
            return value
        alias[free[0]] = value["id"]
        return {**value, "id": free.pop()}

    def known(request: Request) -> Request:
        return replace(request, path={"conversation_id": alias.get(subject(request), subject(request))})

    mock.around(DELETE, delete)
    mock.values(CREATE, renamed)
    for operation_id in (RETRIEVE, UPDATE, DELETE, FORK, MESSAGES, SEND):
        mock.requests(operation_id, known)


@subtle("hidden-unknown", "What is hidden can be shown by nobody.", "STATE-1", "create_conversation/hidden")
def _(mock: Mock) -> None:
    hidden: set[str] = set()

    async def create(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if request.field("hidden") and isinstance(answer, Reply):
            hidden.add(json.loads(answer.body)["id"])
        return answer

    async def retrieve(handler: Handler, request: Request) -> Answer:
        if subject(request) in hidden:
            raise Refusal(404, "There is no such conversation.")
        return await handler(request)

    mock.around(CREATE, create)
    mock.around(RETRIEVE, retrieve)
