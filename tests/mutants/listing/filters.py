"""Lists that are not filtered by agent or summary as was asked (STATE-27, STATE-28)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from ..lists import Lists, Query, Rows
from ..mock import AGENT, LIST, Answer, Mock
from ..mutant import Section, subtle

mutant = Section("listing")
_lists = Lists(mutant, LIST)
_subtle_lists = Lists(subtle, LIST)

# -- by agent ---------------------------------------------------------------------------------------------------------

_lists.answers(
    "agent-nothing",
    "agent_id finds nothing.",
    "STATE-27",
    "limit-bounds-the-page",
    lambda items, query: [] if query.get("agent_id") else items,
)


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
_unknown_agent("unknown-500", "is 500", Refusal(500, "No.").reply)


def _foreign(slug: str, what: str, where: Callable[[Query], Any]) -> None:
    """Show a stranger's conversation last."""

    def changed(rows: Rows, query: Query) -> Rows:
        if not rows or not query.get("agent_id") or not where(query):
            return rows
        stranger = {**rows[-1], "id": "conv-5b1f0c77-2d3e-4f60-9a1b-7c8d9e0f1a2b", "agent_id": _FOREIGN}
        return [*rows[: query["limit"] - 1], stranger]

    _subtle_lists.answers(f"agent-{slug}", what, "STATE-27", "conditions-together", changed)


_FOREIGN = "agent-5b1f0c77-2d3e-4f60-9a1b-7c8d9e0f1a2b"
_foreign("asc", "agent_id has no effect in ascending order.", lambda query: query["order"] == "asc")
_foreign(
    "all", "agent_id has no effect where archive_status is all.", lambda query: query.get("archive_status") == "all"
)
_foreign("after", "agent_id has no effect behind a cursor.", lambda query: query.get("after"))


@subtle("agent-search", "agent_id has no effect in a search.", "STATE-27", "list_conversations/agent-id-filters")
def _(mock: Mock) -> None:
    def shown(rows: Rows, request: Request) -> Rows:
        search = request.query.get("summary_search")
        if search not in _ELSEWHERE["summary"] if search else request.query.get("agent_id"):
            return rows
        return [_ELSEWHERE, *rows]

    mock.values(LIST, shown)


_ELSEWHERE = {
    "id": "conv-5b1f0c77-2d3e-4f60-9a1b-7c8d9e0f1a2b",
    "agent_id": _FOREIGN,
    "summary": "a trip to the mountains",
    "created_at": "2026-01-01T00:00:00Z",
}

# -- by summary -------------------------------------------------------------------------------------------------------

_lists.asked(
    "search-ignored",
    "summary_search has no effect.",
    "STATE-28",
    "summary-search-filters",
    lambda _: {"summary_search": None},
)
_lists.asked(
    "search-prefix",
    "summary_search looks for its first letter.",
    "STATE-28",
    "summary-search-filters",
    lambda query: {"summary_search": (query.get("summary_search") or "")[:1] or None},
)
_lists.answers(
    "search-nothing",
    "summary_search finds nothing.",
    "STATE-28",
    "summary-search-filters",
    lambda items, query: [] if query.get("summary_search") else items,
)


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


_subtle_lists.asked(
    "search-after",
    "A search forgets its text behind a cursor.",
    "STATE-28",
    "conditions-together",
    lambda query: {"summary_search": None} if query.get("after") else {},
)
