"""Lists of conversations that show the wrong ones, or in the wrong order (STATE-21 to STATE-31)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.refusal import Invalid, Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request
from letta_contract.mock_server.violations import violation

from .mock import AGENT, CREATE, DELETE, LIST, Answer, Mock
from .mutant import Section

mutant = Section("listing")
Query = dict[str, Any]


def _asks(mock: Mock, change: Callable[[Query], Query]) -> None:
    mock.requests(LIST, lambda request: replace(request, query=request.query | change(request.query)))


def _answers(slug: str, what: str, rule: str, case: str, change: Callable[[list[Any], Query], list[Any]]) -> None:
    @mutant(slug, what, rule, f"list_conversations/{case}")
    def _(mock: Mock) -> None:
        mock.values(LIST, lambda items, request: change(items, request.query))


def _asked(slug: str, what: str, rule: str, case: str, change: Callable[[Query], Query]) -> None:
    @mutant(slug, what, rule, f"list_conversations/{case}")
    def _(mock: Mock) -> None:
        _asks(mock, change)


_LIMIT = "limit-bounds-the-page"
_asked("limit-ignored", "limit has no effect.", "STATE-21", _LIMIT, lambda _: {"limit": 1000})
_asked(
    "limit-one-more",
    "A page has one item more than limit.",
    "STATE-21",
    _LIMIT,
    lambda query: {"limit": query["limit"] + 1},
)
_asked(
    "limit-at-least-two",
    "A page has two items at least.",
    "STATE-21",
    _LIMIT,
    lambda query: {"limit": max(query["limit"], 2)},
)
_asked(
    "default-limit-3",
    "Without limit, a page has 3 items.",
    "OP-2",
    "default-page",
    lambda query: {"limit": 3 if query["limit"] == 50 else query["limit"]},
)
_asked(
    "default-order-asc",
    "Without order, the list is ascending.",
    "OP-2",
    "default-page",
    lambda query: {} if "agent_id" not in query else {"order": "asc"},
)
_asked(
    "default-order-by",
    "Without order_by, the list is by summary's age.",
    "OP-2",
    "default-page",
    lambda _: {"order_by": "last_message_at", "order": "asc"},
)
_asked("order-ignored", "order has no effect.", "STATE-22", "order-by-created-at", lambda _: {"order": "desc"})
_asked(
    "order-swapped",
    "asc and desc are swapped.",
    "STATE-22",
    "order-by-created-at",
    lambda query: {"order": "asc" if query["order"] == "desc" else "desc"},
)
_asked(
    "order-by-ignored",
    "order_by has no effect.",
    "STATE-22",
    "order-by-last-message-at",
    lambda _: {"order_by": "created_at"},
)
_asked(
    "last-message-by-creation",
    "By last_message_at, order has no effect.",
    "STATE-22",
    "order-by-last-message-at",
    lambda query: {"order": "desc"} if query["order_by"] == "last_message_at" else {},
)
_asked("after-ignored", "after has no effect.", "STATE-25", "after-is-exclusive", lambda _: {"after": None})
_asked(
    "after-one-order",
    "after goes on in descending order only.",
    "STATE-25",
    "after-is-exclusive",
    lambda query: {"order": "desc"} if query.get("after") else {},
)
_asked(
    "search-ignored",
    "summary_search has no effect.",
    "STATE-28",
    "summary-search-filters",
    lambda _: {"summary_search": None},
)
_asked(
    "search-prefix",
    "summary_search looks for its first letter.",
    "STATE-28",
    "summary-search-filters",
    lambda query: {"summary_search": (query.get("summary_search") or "")[:1] or None},
)
_asked(
    "archive-swapped",
    "archived and unarchived are swapped.",
    "STATE-29",
    "archive-status-filters",
    lambda query: {
        "archive_status": {"archived": "unarchived", "unarchived": "archived"}.get(
            query.get("archive_status", ""), "all"
        )
    },
)
_asked(
    "archive-all",
    "archive_status all leaves out the archived.",
    "STATE-29",
    "archive-status-filters",
    lambda query: {"archive_status": "unarchived"} if query.get("archive_status") == "all" else {},
)
_asked(
    "archive-archived",
    "archive_status archived shows all.",
    "STATE-29",
    "archive-status-filters",
    lambda query: {"archive_status": "all"} if query.get("archive_status") == "archived" else {},
)
_asked(
    "archive-default",
    "Without archive_status, archived ones show.",
    "STATE-7",
    "archive-status-filters",
    lambda query: {"archive_status": query.get("archive_status", "all")},
)
_asked(
    "archive-ignored",
    "archive_status has no effect.",
    "STATE-29",
    "archive-status-filters",
    lambda _: {"archive_status": "unarchived"},
)

_answers(
    "limit-one-less",
    "A page has one item less than limit.",
    "STATE-21",
    _LIMIT,
    lambda items, query: items[:-1] if len(items) == query["limit"] else items,
)
_answers(
    "not-reversed",
    "asc and desc are sorted by dates cut to minutes.",
    "STATE-23",
    "order-by-created-at",
    lambda items, query: items[::-1] if query["order"] == "asc" and len(items) > 1 else items,
)
_answers(
    "shuffled",
    "The first two of a page are swapped.",
    "STATE-22",
    "default-page",
    lambda items, _: [*items[1::-1], *items[2:]],
)
_answers(
    "nulls-midway",
    "Those without last_message_at stand in the middle.",
    "STATE-23",
    "order-by-last-message-at",
    lambda items, query: _midway(items) if query["order_by"] == "last_message_at" else items,
)
_answers(
    "twice",
    "The first of a page is there twice.",
    "STATE-26",
    "pages-by-created-at",
    lambda items, query: [*items[:1], *items][: query["limit"]],
)
_answers(
    "lost-after",
    "A page after X leaves out the next one.",
    "STATE-26",
    "pages-by-created-at",
    lambda items, query: items[1:] if query.get("after") else items,
)
_answers(
    "lost-last",
    "Ascending pages leave out the newest.",
    "STATE-26",
    "pages-by-created-at",
    lambda items, query: [
        item for item in items if query["order"] != "asc" or item is not items[-1] or len(items) == query["limit"]
    ],
)
_answers(
    "lost-without-date",
    "By last_message_at, those without one are left out.",
    "STATE-26",
    "pages-by-last-message-at",
    lambda items, query: [item for item in items if item["last_message_at"] or query["order_by"] != "last_message_at"],
)
_answers(
    "lost-without-run",
    "By last_run_completion, nothing is shown of those that never ran.",
    "STATE-26",
    "pages-by-last-run-completion",
    lambda items, query: [] if query["order_by"] == "last_run_completion" else items,
)
_answers(
    "unrun-repeated",
    "By last_run_completion, the pages after the first begin with its last.",
    "STATE-26",
    "pages-by-last-run-completion",
    lambda items, query: items[:-1] if query["order_by"] == "last_run_completion" and query.get("after") else items,
)
_answers(
    "search-nothing",
    "summary_search finds nothing.",
    "STATE-28",
    "summary-search-filters",
    lambda items, query: [] if query.get("summary_search") else items,
)
_answers(
    "agent-nothing",
    "agent_id finds nothing.",
    "STATE-27",
    _LIMIT,
    lambda items, query: [] if query.get("agent_id") else items,
)


def _midway(items: list[Any]) -> list[Any]:
    dated = [item for item in items if item["last_message_at"]]
    undated = [item for item in items if not item["last_message_at"]]
    return [*dated[:1], *undated, *dated[1:]]


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


@mutant(
    "deleted-cursor-500",
    "The cursor of a deleted conversation is 500.",
    "STATE-48",
    "list_conversations/unknown-cursor",
)
def _(mock: Mock) -> None:
    deleted: set[str] = set()
    mock.requests(DELETE, lambda request: deleted.add(request.path["conversation_id"]) or request)

    async def listed(handler: Handler, request: Request) -> Answer:
        return _refused(500) if request.query.get("after") in deleted else await handler(request)

    mock.around(LIST, listed)


@mutant("agent-ignored", "agent_id has no effect.", "STATE-27", "list_conversations/agent-id-filters")
def _(mock: Mock) -> None:
    mock.query(LIST, agent_id=None)


def _unknown_agent(slug: str, what: str, answer: Reply | None) -> None:
    @mutant(f"agent-{slug}", f"An unknown agent {what}.", "STATE-27", "list_conversations/agent-id-filters")
    def _(mock: Mock) -> None:
        async def listed(handler: Handler, request: Request) -> Answer:
            if request.query.get("agent_id") in (None, AGENT):
                return await handler(request)
            return answer or await handler(replace(request, query={**request.query, "agent_id": None}))

        mock.around(LIST, listed)


_unknown_agent("unknown-all", "has everyone's conversations", None)
_unknown_agent(
    "unknown-422", "is 422", Reply.json({"detail": [{"loc": ["query", "agent_id"], "msg": "?", "type": "?"}]}, 422)
)
_unknown_agent("unknown-500", "is 500", _refused(500))


@mutant(
    "search-null",
    "summary_search finds those without a summary as well.",
    "STATE-28",
    "list_conversations/summary-search-filters",
)
def _(mock: Mock) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        if not request.query.get("summary_search"):
            return await handler(request)
        found = await mock.ask(LIST, **request.query)
        everything = await mock.ask(LIST, **{**request.query, "summary_search": None})
        unnamed = [item for item in everything if not item["summary"]]
        return Reply.json([*found, *unnamed][: request.query["limit"]])

    mock.around(LIST, listed)


@mutant(
    "search-all-if-none",
    "summary_search shows all where nothing matches.",
    "STATE-28",
    "list_conversations/summary-search-filters",
)
def _(mock: Mock) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        found = await mock.ask(LIST, **request.query)
        return Reply.json(found or await mock.ask(LIST, **{**request.query, "summary_search": None}))

    mock.around(LIST, listed)


def _odd_limit(slug: str, what: str, odd: Callable[[int], bool], status: int) -> None:
    @mutant(f"limit-{slug}", f"{what} is {status}.", "STATE-47", "list_conversations/odd-limit")
    def _(mock: Mock) -> None:
        async def listed(handler: Handler, request: Request) -> Answer:
            return _refused(status) if odd(request.query["limit"]) else await handler(request)

        mock.around(LIST, listed)


_odd_limit("zero-500", "limit 0", lambda limit: limit == 0, 500)
_odd_limit("negative-500", "A negative limit", lambda limit: limit < 0, 500)
_odd_limit("negative-400", "A negative limit", lambda limit: limit < 0, 400)
_odd_limit("negative-404", "A negative limit", lambda limit: limit < 0, 404)


@mutant(
    "late",
    "A new conversation shows in lists only when the next is made.",
    "STATE-5",
    "list_conversations/shows-what-was-made",
)
def _(mock: Mock) -> None:
    newest: list[str] = []

    def note(value: Any, _request: Request) -> Any:
        newest[:] = [value["id"]]
        return value

    mock.values(CREATE, note)
    mock.values(LIST, lambda items, _: [item for item in items if item["id"] not in newest])
