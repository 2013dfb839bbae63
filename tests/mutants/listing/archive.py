"""Lists that are not filtered by archive_status as was asked (STATE-7, STATE-26, STATE-29, TOL-10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from ..lists import Lists, Query
from ..mock import LIST, RETRIEVE, UPDATE, Answer, Mock, subject
from ..mutant import Section, subtle

mutant = Section("listing")
_lists = Lists(mutant, LIST)
_subtle_lists = Lists(subtle, LIST)
_TOGETHER = "conditions-together"
_ARCHIVE = "archive-status-filters"
_lists.asked(
    "archive-swapped",
    "archived and unarchived are swapped.",
    "STATE-29",
    _ARCHIVE,
    lambda query: {
        "archive_status": {"archived": "unarchived", "unarchived": "archived"}.get(
            query.get("archive_status", ""), "all"
        )
    },
)
_lists.asked(
    "archive-all",
    "archive_status all leaves out the archived.",
    "STATE-29",
    _ARCHIVE,
    lambda query: {"archive_status": "unarchived"} if query.get("archive_status") == "all" else {},
)
_lists.asked(
    "archive-archived",
    "archive_status archived shows all.",
    "STATE-29",
    _ARCHIVE,
    lambda query: {"archive_status": "all"} if query.get("archive_status") == "archived" else {},
)
_lists.asked(
    "archive-default",
    "Without archive_status, archived ones show.",
    "STATE-7",
    _ARCHIVE,
    lambda query: {"archive_status": query.get("archive_status", "all")},
)
_lists.asked(
    "archive-ignored",
    "archive_status has no effect.",
    "STATE-29",
    _ARCHIVE,
    lambda _: {"archive_status": "unarchived"},
)
_subtle_lists.asked(
    "archived-search",
    "A search shows the archived.",
    "STATE-7",
    _TOGETHER,
    lambda query: {"archive_status": "all"} if query.get("summary_search") and not query.get("archive_status") else {},
)
_subtle_lists.asked(
    "archived-asc",
    "An ascending list shows the archived.",
    "STATE-7",
    _TOGETHER,
    lambda query: {"archive_status": "all"} if query["order"] == "asc" else {},
)
_subtle_lists.asked(
    "archived-no-agent",
    "Without agent_id, a list shows the archived.",
    "STATE-7",
    _ARCHIVE,
    lambda query: {} if query.get("agent_id") else {"archive_status": "all"},
)
_subtle_lists.asked(
    "archive-after",
    "A list of the unarchived shows the archived behind a cursor.",
    "STATE-7",
    _TOGETHER,
    lambda query: {"archive_status": "all"} if query.get("after") else {},
)


_subtle_lists.asked(
    "archived-after",
    "A list of the archived forgets that behind a cursor.",
    "STATE-29",
    _TOGETHER,
    lambda query: {"archive_status": "unarchived"} if query.get("after") else {},
)
_subtle_lists.asked(
    "archived-searched",
    "A list of the archived forgets that in a search.",
    "STATE-29",
    _TOGETHER,
    lambda query: {"archive_status": "unarchived"} if query.get("summary_search") else {},
)


def _no_cursor(slug: str, what: str, where: Callable[[Query], bool]) -> None:
    @subtle(slug, what, "STATE-26", f"list_conversations/{_TOGETHER}")
    def _(mock: Mock) -> None:
        async def listed(handler: Handler, request: Request) -> Answer:
            after = request.query.get("after")
            archived = after and await mock.exists(after) and (await mock.ask(RETRIEVE, after))["archived"]
            if archived and where(request.query):
                raise Refusal(404, "There is no such conversation.")
            return await handler(request)

        mock.around(LIST, listed)


_no_cursor("archived-cursor", "What is archived is no cursor.", lambda _: True)
_no_cursor(
    "archived-cursor-unasked",
    "What is archived is no cursor of a list that leaves it out.",
    lambda query: not query.get("archive_status"),
)


@subtle(
    "archive-stale",
    "What is taken back from the archive stays among the archived.",
    "STATE-29",
    f"list_conversations/{_ARCHIVE}",
)
def _(mock: Mock) -> None:
    away: set[str] = set()

    def note(request: Request) -> Request:
        if request.field("archived"):
            away.add(subject(request))
        return request

    async def listed(handler: Handler, request: Request) -> Answer:
        if request.query.get("archive_status") != "archived":
            return await handler(request)
        everything = await mock.ask(LIST, **{**request.query, "archive_status": "all"})
        return Reply.json([item for item in everything if item["id"] in away])

    mock.requests(UPDATE, note)
    mock.around(LIST, listed)


@mutant("any-archive-status", "An unknown archive_status is taken.", "TOL-10", f"list_conversations/{_ARCHIVE}")
def _(mock: Mock) -> None:
    mock.parameter(LIST, "archive_status", enum=None)
    mock.requests(LIST, _without_unknown)


@mutant(
    "archive-status-loc", "An unknown archive_status is told of the body.", "ERR-3", f"list_conversations/{_ARCHIVE}"
)
def _(mock: Mock) -> None:
    mock.replies(LIST, lambda reply: Reply(422, reply.body.replace(b'"query"', b'"body"')), 422)


def _without_unknown(request: Request) -> Request:
    known = request.query.get("archive_status") in (None, "unarchived", "archived", "all")
    return request if known else replace(request, query={**request.query, "archive_status": "unarchived"})
