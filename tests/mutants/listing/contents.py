"""What is deleted, put away or hidden, and shows; what is there, and does not (STATE-5, STATE-6, STATE-20)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from ..lists import Query, Rows
from ..mock import CREATE, DELETE, FORK, LIST, RETRIEVE, UPDATE, Answer, Mock, subject, touched
from ..mutant import Section, subtle

mutant = Section("listing")


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


@subtle("agent-needed", "Without agent_id, the list is empty.", "STATE-5", "list_conversations/shows-what-was-made")
def _(mock: Mock) -> None:
    mock.values(LIST, lambda rows, request: rows if request.query.get("agent_id") else [])


@subtle(
    "unarchived-lost",
    "What is taken back from the archive shows in no list.",
    "STATE-5",
    "list_conversations/archive-status-filters",
)
def _(mock: Mock) -> None:
    away: set[str] = set()
    mock.requests(
        UPDATE, lambda request: (away.add(subject(request)) if request.field("archived") else None) or request
    )
    mock.values(LIST, lambda rows, request: [row for row in rows if row["id"] not in away or row["archived"]])


# -- what is deleted --------------------------------------------------------------------------------------------------


def _back(slug: str, what: str, case: str, where: Callable[[Query], Any]) -> None:
    """Show what was deleted in some lists."""

    @subtle(f"deleted-{slug}", what, "STATE-20", case)
    def _(mock: Mock) -> None:
        deleted: dict[str, Any] = {}

        async def delete(handler: Handler, request: Request) -> Answer:
            deleted[subject(request)] = await mock.ask(RETRIEVE, subject(request))
            return await handler(request)

        def shown(rows: Rows, request: Request) -> Rows:
            if not where(request.query) or not deleted or len(rows) >= request.query["limit"]:
                return rows
            back = list(deleted.values())[-1]
            search = request.query.get("summary_search")
            return rows if search and search not in (back["summary"] or "") else [*rows, back]

        mock.around(DELETE, delete)
        mock.values(LIST, shown)


_TOGETHER = "list_conversations/conditions-together"
_GONE = "list_conversations/leaves-out-deleted"
_back("search", "A search finds what was deleted.", _GONE, lambda query: query.get("summary_search"))
_back(
    "archived",
    "A list of the archived shows what was deleted.",
    _GONE,
    lambda query: query.get("archive_status") == "archived",
)
_back("asc", "An ascending list ends with what was deleted.", _GONE, lambda query: query["order"] == "asc")
_back("page-2", "The pages behind the first show what was deleted.", _TOGETHER, lambda query: query.get("after"))
_back(
    "last-message",
    "By last_message_at, a list shows what was deleted.",
    _GONE,
    lambda query: query["order_by"] == "last_message_at",
)
_back(
    "run",
    "By last_run_completion, a list shows what was deleted.",
    _GONE,
    lambda query: query["order_by"] == "last_run_completion",
)
_back("no-agent", "Without agent_id, a list shows what was deleted.", _GONE, lambda query: not query.get("agent_id"))


@subtle(
    "deleted-put-away",
    "What was archived before it was deleted stays among the archived.",
    "STATE-20",
    "list_conversations/leaves-out-deleted",
)
def _(mock: Mock) -> None:
    kept: list[Any] = []

    async def delete(handler: Handler, request: Request) -> Answer:
        kept.extend([shown] if (shown := await mock.ask(RETRIEVE, subject(request)))["archived"] else [])
        return await handler(request)

    mock.around(DELETE, delete)
    mock.values(
        LIST,
        lambda rows, request: [*rows, *kept] if request.query.get("archive_status") in ("all", "archived") else rows,
    )


# -- what is hidden ---------------------------------------------------------------------------------------------------


def _hidden(slug: str, what: str, case: str, where: Callable[[Query], Any]) -> None:
    @subtle(f"hidden-{slug}", what, "STATE-6", case)
    def _(mock: Mock) -> None:
        hidden: set[str] = set()

        def note(value: Any, request: Request) -> Any:
            if request.field("hidden") or request.query.get("hidden"):
                hidden.add(value["id"])
            return value

        async def listed(handler: Handler, request: Request) -> Answer:
            answer = await handler(request)
            if not isinstance(answer, Reply) or not where(request.query):
                return answer
            rows = json.loads(answer.body)
            shown = [
                {**await mock.ask(RETRIEVE, id_), "hidden": True} for id_ in sorted(hidden) if await mock.exists(id_)
            ]
            search = request.query.get("summary_search")
            return Reply.json([*rows, *(row for row in shown if not search or search in (row["summary"] or ""))])

        mock.values((CREATE, FORK), note)
        mock.around(LIST, listed)


_hidden(
    "all",
    "A list of all shows the hidden.",
    _TOGETHER,
    lambda query: query.get("archive_status") == "all",
)
_hidden("search", "A search shows the hidden.", "create_conversation/hidden", lambda query: query.get("summary_search"))
_hidden(
    "no-agent",
    "Without agent_id, a list shows the hidden.",
    "create_conversation/hidden",
    lambda query: not query.get("agent_id"),
)

_hidden(
    "archived",
    "What is hidden shows among the archived.",
    "fork_conversation/hidden",
    lambda query: query.get("archive_status") == "archived",
)


@subtle("hidden-renamed", "What is hidden shows when it is renamed.", "STATE-6", "create_conversation/hidden")
def _(mock: Mock) -> None:
    renamed = touched(mock, UPDATE)
    hidden: set[str] = set()

    def note(value: Any, request: Request) -> Any:
        if request.field("hidden"):
            hidden.add(value["id"])
        return value

    async def listed(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        shown = [await mock.ask(RETRIEVE, id_) for id_ in sorted(hidden & renamed) if await mock.exists(id_)]
        return Reply.json([*json.loads(answer.body), *shown]) if isinstance(answer, Reply) and shown else answer

    mock.values(CREATE, note)
    mock.around(LIST, listed)
