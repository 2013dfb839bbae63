"""What only conversations of a rarer kind show: with a run, compacted, by default, with several fields told at once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from ..lists import Rows
from ..mock import COMPACT, LIST, MESSAGES, RECOMPILE, RETRIEVE, SEND, UPDATE, Answer, Mock, subject, touched
from ..mutant import subtle

_SHOWN = "retrieve_conversation/shows-what-was-updated"


@subtle(
    "never-run-lost",
    "By last_run_completion, what never had a run is behind no cursor that had one.",
    "STATE-26",
    "list_conversations/pages-by-last-run-completion",
)
def _(mock: Mock) -> None:
    ran = touched(mock, SEND)

    async def listed(handler: Handler, request: Request) -> Answer:
        query = request.query
        if query["order_by"] != "last_run_completion":
            return await handler(request)
        rows = await mock.ask(LIST, **{**query, "limit": 1000, "after": None})
        rows.sort(key=lambda row: row["id"] not in ran)
        ids = [row["id"] for row in rows]
        if query.get("after") in ids:
            rows = rows[ids.index(query["after"]) + 1 :]
            rows = [row for row in rows if row["id"] in ran] if query["after"] in ran else rows
        return Reply.json(rows[: query["limit"]])

    mock.around(LIST, listed)


@subtle("pictures-lost", "A list shows no image.", "STATE-39", "send_conversation_message/ways-to-say-it")
def _(mock: Mock) -> None:
    def seen(row: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(row.get("content"), list):
            return row
        return {**row, "content": [part for part in row["content"] if part["type"] != "image"]}

    mock.values(MESSAGES, lambda rows, _: [seen(row) for row in rows])


@subtle(
    "nothing-behind-compaction",
    "Once compacted, a descending list shows nothing behind a cursor.",
    "STATE-34",
    "compact_conversation/leaves-no-more",
)
def _(mock: Mock) -> None:
    compacted = touched(mock, COMPACT)

    def listed(rows: Rows, request: Request) -> Rows:
        gone = subject(request) in compacted and request.query.get("after") and request.query["order"] == "desc"
        return [] if gone else rows

    mock.values(MESSAGES, listed)


@subtle(
    "dry-run-by-default",
    "On default, dry_run says something.",
    "STATE-44",
    "recompile_conversation/dry-run-changes-nothing",
)
def _(mock: Mock) -> None:
    async def recompile(handler: Handler, request: Request) -> Answer:
        if request.query["dry_run"] and subject(request) == "default":
            agent_id = request.body["agent_id"]
            body = {"input": "recompiled", "streaming": False, "agent_id": agent_id}
            await mock.ask(SEND, "default", body=body)
        return await handler(request)

    mock.around(RECOMPILE, recompile)


@subtle("archived-with-summary", "Archived with a new summary, it keeps its old one.", "STATE-15", _SHOWN)
def _(mock: Mock) -> None:
    def change(request: Request) -> Request:
        if request.field("archived") is not None and request.field("summary") is not None:
            return replace(request, body={key: value for key, value in request.body.items() if key != "summary"})
        return request

    mock.requests(UPDATE, change)


@subtle("dated-with-settings", "Of a date and settings told at once, retrieve shows no date.", "STATE-2", _SHOWN)
def _(mock: Mock) -> None:
    lost: set[str] = set()

    def note(request: Request) -> Request:
        both = request.field("last_message_at") and request.field("model_settings")
        (lost.add if both else lost.discard)(subject(request))
        return request

    mock.requests(UPDATE, note)
    mock.values(RETRIEVE, lambda shown, _: {**shown, "last_message_at": None} if shown["id"] in lost else shown)


@subtle(
    "said-in-background-parts",
    "In the background, only the first part of a message is kept.",
    "STATE-39",
    "send_conversation_message/flags-together",
)
def _(mock: Mock) -> None:
    def change(request: Request) -> Request:
        said = request.field("messages")
        if not request.field("background") or not said or len(said) < 2:
            return request
        return replace(request, body={**request.body, "messages": json.loads(json.dumps(said[:1]))})

    mock.requests(SEND, change)
