"""Pages that do not go on where the last one ended (STATE-25, STATE-26, STATE-30, STATE-48)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.refusal import Invalid, Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request
from letta_contract.mock_server.violations import violation

from ..lists import Lists
from ..mock import DELETE, LIST, RETRIEVE, Answer, Mock, touched
from ..mutant import Section

mutant = Section("listing")
_lists = Lists(mutant, LIST)

_lists.asked("after-ignored", "after has no effect.", "STATE-25", "after-is-exclusive", lambda _: {"after": None})
_lists.asked(
    "after-one-order",
    "after goes on in descending order only.",
    "STATE-25",
    "after-is-exclusive",
    lambda query: {"order": "desc"} if query.get("after") else {},
)
_lists.answers(
    "twice",
    "The first of a page is there twice.",
    "STATE-26",
    "pages-by-created-at",
    lambda items, query: [*items[:1], *items][: query["limit"]],
)
_lists.answers(
    "lost-after",
    "A page after X leaves out the next one.",
    "STATE-26",
    "pages-by-created-at",
    lambda items, query: items[1:] if query.get("after") else items,
)
_lists.answers(
    "lost-last",
    "Ascending pages leave out the newest.",
    "STATE-26",
    "pages-by-created-at",
    lambda items, query: [
        item for item in items if query["order"] != "asc" or item is not items[-1] or len(items) == query["limit"]
    ],
)
_lists.answers(
    "lost-without-date",
    "By last_message_at, those without one are left out.",
    "STATE-26",
    "pages-by-last-message-at",
    lambda items, query: [item for item in items if item["last_message_at"] or query["order_by"] != "last_message_at"],
)
_lists.answers(
    "lost-without-run",
    "By last_run_completion, nothing is shown of those that never ran.",
    "STATE-26",
    "pages-by-last-run-completion",
    lambda items, query: [] if query["order_by"] == "last_run_completion" else items,
)
_lists.answers(
    "unrun-repeated",
    "By last_run_completion, the pages after the first begin with its last.",
    "STATE-26",
    "pages-by-last-run-completion",
    lambda items, query: items[:-1] if query["order_by"] == "last_run_completion" and query.get("after") else items,
)


def _dropped(slug: str, what: str, dropped: Callable[[Any, Any], bool]) -> None:
    """By last_message_at, leave some out behind a cursor: `dropped` is given the cursor's key, and that of another."""

    @mutant(slug, what, "STATE-26", "list_conversations/pages-by-last-message-at")
    def _(mock: Mock) -> None:
        async def listed(handler: Handler, request: Request) -> Answer:
            after = request.query.get("after")
            if after is None or request.query["order_by"] != "last_message_at":
                return await handler(request)
            behind = await mock.ask(LIST, **{**request.query, "limit": 1000})
            cursor = (await mock.ask(RETRIEVE, after))["last_message_at"]
            kept = [item for item in behind if not dropped(cursor, item["last_message_at"])]
            return Reply.json(kept[: request.query["limit"]])

        mock.around(LIST, listed)


_dropped("after-ties", "Pages leave out what has the very key of the cursor.", lambda cursor, key: cursor == key)
_dropped(
    "after-date-ties",
    "Pages leave out what has the very date of the cursor.",
    lambda cursor, key: cursor is not None and cursor == key,
)
_dropped("after-null", "Behind a cursor without a date, there is nothing.", lambda cursor, _: cursor is None)
_dropped(
    "after-to-null", "Behind a cursor with a date, none without shows.", lambda one, key: bool(one) and key is None
)


@mutant("after-inclusive", "A page after X begins with X.", "STATE-25", "list_conversations/after-is-exclusive")
def _(mock: Mock) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        after = request.query.get("after")
        if after is None or not isinstance(answer, Reply):
            return answer
        everything = await mock.ask(LIST, **{**request.query, "after": None, "limit": 1000})
        cursor = [item for item in everything if item["id"] == after]
        return Reply.json([*cursor, *json.loads(answer.body)][: request.query["limit"]])

    mock.around(LIST, listed)


@mutant(
    "after-by-creation",
    "after goes by creation, whatever order_by is.",
    "STATE-26",
    "list_conversations/pages-by-last-message-at",
)
def _(mock: Mock) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        after = request.query.get("after")
        if after is None:
            return await handler(request)
        behind = await mock.ask(LIST, **{**request.query, "order_by": "created_at", "limit": 1000})
        ids = {item["id"] for item in behind}
        everything = await mock.ask(LIST, **{**request.query, "after": None, "limit": 1000})
        return Reply.json([item for item in everything if item["id"] in ids][: request.query["limit"]])

    mock.around(LIST, listed)


def _unknown_cursor(slug: str, what: str, answer: Callable[[Request], Answer | None]) -> None:
    @mutant(f"cursor-{slug}", f"An unknown cursor {what}.", "STATE-30", "list_conversations/unknown-cursor")
    def _(mock: Mock) -> None:
        async def listed(handler: Handler, request: Request) -> Answer:
            try:
                return await handler(request)
            except Refusal:
                other = answer(request)
                return other or await handler(replace(request, query={**request.query, "after": None}))

        mock.around(LIST, listed)


def _refused(status: int) -> Reply:
    return Refusal(status, "No.").reply


_unknown_cursor("empty", "gives an empty page", lambda _: Reply.json([]))
_unknown_cursor("first", "gives the first page", lambda _: None)
_unknown_cursor("422", "is 422", lambda _: Invalid([violation(("query", "after"), "value_error", "unknown")]).reply)
_unknown_cursor("400", "is 400", lambda _: _refused(400))
_unknown_cursor("500", "is 500", lambda _: _refused(500))
_unknown_cursor(
    "empty-asc",
    "gives an empty page, ascending",
    lambda request: Reply.json([]) if request.query["order"] == "asc" else _refused(404),
)
_unknown_cursor(
    "first-by-message",
    "gives the first page, by last_message_at",
    lambda request: None if request.query["order_by"] == "last_message_at" else _refused(404),
)


@mutant(
    "deleted-cursor-500",
    "The cursor of a deleted conversation is 500.",
    "STATE-48",
    "list_conversations/unknown-cursor",
)
def _(mock: Mock) -> None:
    deleted = touched(mock, DELETE)

    async def listed(handler: Handler, request: Request) -> Answer:
        return _refused(500) if request.query.get("after") in deleted else await handler(request)

    mock.around(LIST, listed)
