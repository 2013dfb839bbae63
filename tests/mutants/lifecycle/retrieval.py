"""What retrieve shows otherwise than it is, or changes (STATE-1, STATE-2, STATE-16, STATE-18)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from letta_contract.mock_server.request import Handler, Request

from ..mock import COMPACT, CREATE, LIST, MESSAGES, RETRIEVE, SEND, UPDATE, Answer, Mock, subject, touched
from ..mutant import Section, subtle

mutant = Section("lifecycle")


@mutant(
    "retrieve-another",
    "retrieve answers the conversation that was made last.",
    "STATE-1",
    "retrieve_conversation/shows-the-one-asked-for",
)
def _(mock: Mock) -> None:
    last: list[str] = []
    mock.values(CREATE, lambda value, _: last.append(value["id"]) or value)

    async def retrieve(handler: Handler, request: Request) -> Answer:
        if last and subject(request) in last:
            request = replace(request, path={"conversation_id": last[-1]})
        return await handler(request)

    mock.around(RETRIEVE, retrieve)


@mutant(
    "retrieve-stale",
    "retrieve goes on showing what it showed first.",
    "STATE-2",
    "retrieve_conversation/shows-what-was-updated",
    "retrieve_conversation/random-lives",
)
def _(mock: Mock) -> None:
    shown: dict[str, Any] = {}
    mock.values(RETRIEVE, lambda value, _: shown.setdefault(value["id"], value))


@mutant("retrieve-touches", "retrieve changes updated_at.", "STATE-18", "retrieve_conversation/changes-nothing")
def _(mock: Mock) -> None:
    _touches(mock, RETRIEVE)


@mutant("messages-touches", "Listing messages changes updated_at.", "STATE-18", "retrieve_conversation/changes-nothing")
def _(mock: Mock) -> None:
    _touches(mock, MESSAGES)


def _touches(mock: Mock, operation_id: str) -> None:
    async def touch(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if subject(request).startswith("conv-"):
            await mock.ask(UPDATE, subject(request), body={})
        return answer

    mock.around(operation_id, touch)


@mutant("list-renames", "Listing conversations renames them.", "STATE-18", "retrieve_conversation/changes-nothing")
def _(mock: Mock) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        for item in await mock.ask(LIST, limit=3):
            await mock.ask(UPDATE, item["id"], body={"summary": "seen"})
        return await handler(request)

    mock.around(LIST, listed)


def _field(slug: str, what: str, rule: str, *cases: str, **fields: Any) -> None:
    @mutant(f"shows-{slug}", f"retrieve shows {what}.", rule, *cases)
    def _(mock: Mock) -> None:
        mock.fields(RETRIEVE, **fields)


_CREATED = "retrieve_conversation/shows-what-was-created"
_field("no-summary", "no summary", "STATE-1", _CREATED, summary=None)
_field("no-model", "no model", "STATE-1", _CREATED, model=None)
_field("no-settings", "no model_settings", "STATE-1", _CREATED, model_settings=None)
_field("other-agent", "another agent", "STATE-1", _CREATED, agent_id="agent-00000000-0000-4000-8000-000000000000")
_field("other-author", "another author", "STATE-1", _CREATED, created_by_id="user-1")
_field("no-date", "no created_at", "STATE-1", _CREATED, created_at=None)


@subtle(
    "context-forgotten",
    "After its messages were listed, retrieve shows no context.",
    "STATE-18",
    "retrieve_conversation/changes-nothing",
)
def _(mock: Mock) -> None:
    read = touched(mock, MESSAGES)
    mock.values(RETRIEVE, lambda value, _: {**value, "in_context_message_ids": []} if value["id"] in read else value)


@subtle(
    "reading-dates", "Listing its messages sets last_message_at.", "STATE-18", "retrieve_conversation/changes-nothing"
)
def _(mock: Mock) -> None:
    read = touched(mock, MESSAGES)
    mock.values(
        RETRIEVE,
        lambda value, _: {**value, "last_message_at": "2026-05-05T05:05:05Z"} if value["id"] in read else value,
    )


def _side_effect(slug: str, what: str, rule: str, operation_id: str, case: str, **fields: Any) -> None:
    """Show other fields of a conversation once an operation has been at it."""

    @subtle(slug, what, rule, case)
    def _(mock: Mock) -> None:
        seen = touched(mock, operation_id)
        mock.values(RETRIEVE, lambda value, _: {**value, **fields} if value["id"] in seen else value)


_side_effect(
    "send-dates",
    "send changes created_at.",
    "STATE-16",
    SEND,
    "retrieve_conversation/random-lives",
    created_at="2026-05-05T05:05:05Z",
)
_side_effect(
    "send-clears",
    "send clears the summary.",
    "STATE-1",
    SEND,
    "send_conversation_message/shows-in-its-conversation",
    summary=None,
)
_side_effect(
    "compact-clears",
    "compact clears the summary.",
    "STATE-1",
    COMPACT,
    "compact_conversation/leaves-no-more",
    summary=None,
)
