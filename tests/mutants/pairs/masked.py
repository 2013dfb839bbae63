"""What shows only where nothing else hides it: a page that would be the same, a field that is smallest, a value of 0."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Request

from ..lists import Lists
from ..mock import LIST, MESSAGES, RECOMPILE, RETRIEVE, SEND, UPDATE, Mock, sources, subject, touched
from ..mutant import Section, subtle

_conversations = Lists(Section("subtle"), LIST)


_conversations.asked(
    "search-lost-in-all",
    "With archive_status all, summary_search has no effect.",
    "STATE-28",
    "conditions-together",
    lambda query: {"summary_search": None} if query.get("archive_status") == "all" else {},
)
_conversations.asked(
    "status-lost-behind-a-cursor",
    "Behind a cursor, archive_status archived has no effect.",
    "STATE-29",
    "conditions-together",
    lambda query: {"archive_status": None} if query.get("after") and query.get("archive_status") == "archived" else {},
)
_conversations.asked(
    "nobodys-search",
    "Beside summary_search, agent_id has no effect.",
    "STATE-27",
    "conditions-together",
    lambda query: {"agent_id": None} if query.get("summary_search") else {},
)


@subtle(
    "default-ascends",
    "On default, messages come oldest first where nobody asks for an order.",
    "STATE-32",
    "list_conversation_messages/conditions-together",
)
def _(mock: Mock) -> None:
    mock.queried(
        MESSAGES, lambda query: query + b"&order=asc" if b"agent_id=" in query and b"order=" not in query else query
    )


@subtle(
    "default-forked-empty",
    "A fork of default has no messages.",
    "STATE-11",
    "fork_conversation/has-the-sources-messages",
)
def _(mock: Mock) -> None:
    forked = sources(mock)
    mock.values(MESSAGES, lambda rows, request: [] if forked.get(subject(request)) == "default" else rows)


@subtle(
    "system-says-nothing",
    "A system message may lack its content.",
    "BODY-12",
    "send_conversation_message/body-values",
)
def _(mock: Mock) -> None:
    mock.sent(SEND, lambda body: body.replace(b'"role": "system"}', b'"role": "system", "content": ""}'))


@subtle(
    "no-window-of-nothing",
    "update takes a context_window_limit of 0 for none, and keeps the old one.",
    "STATE-15",
    "update_conversation/changes-newer-fields",
)
def _(mock: Mock) -> None:
    def change(request: Request) -> Request:
        given = {name: value for name, value in request.body.items() if (name, value) != ("context_window_limit", 0)}
        return replace(request, body=given)

    mock.requests(UPDATE, change)


@subtle(
    "gone-in-a-stream",
    "Unless streaming is false, send tells in a stream that the conversation is gone.",
    "SSE-11",
    "send_conversation_message/gone-after-delete",
)
def _(mock: Mock) -> None:
    done = Reply(200, b"data: [DONE]\n\n", media_type=b"text/event-stream")
    mock.instead(SEND, done, lambda request, refusal: refusal.status == 404 and request.field("streaming") is not False)


@subtle(
    "updated-when-created",
    "update sets updated_at to created_at; recompile moves it.",
    "STATE-17",
    "update_conversation/updated-at-goes-on",
)
def _(mock: Mock) -> None:
    later = touched(mock, RECOMPILE)

    def set_back(value: dict[str, Any], _request: Request) -> dict[str, Any]:
        later.discard(value["id"])
        return {**value, "updated_at": value["created_at"]}

    mock.values(UPDATE, set_back)
    mock.values(
        RETRIEVE, lambda shown, _: {**shown, "updated_at": "2035-01-01T00:00:00Z"} if shown["id"] in later else shown
    )


@subtle(
    "gone-but-for-dry-runs",
    "A dry run of recompile answers a prompt for a deleted conversation.",
    "STATE-19",
    "recompile_conversation/gone-after-delete",
)
def _(mock: Mock) -> None:
    prompt = Reply.json("You are a helpful agent.")
    mock.instead(RECOMPILE, prompt, lambda request, refusal: refusal.status == 404 and request.query["dry_run"])


@subtle(
    "system-in-parts",
    "A system message that was sent in parts is listed so.",
    "STATE-39",
    "send_conversation_message/ways-to-say-it",
)
def _(mock: Mock) -> None:
    def seen(row: dict[str, Any]) -> dict[str, Any]:
        of_parts = row["message_type"] == "system_message" and row["content"].startswith("Say hello")
        return {**row, "content": [{"type": "text", "text": row["content"]}]} if of_parts else row

    mock.values(MESSAGES, lambda rows, _: [seen(row) for row in rows])
