"""Pages that are longer or shorter than limit (STATE-21, STATE-47, OP-2)."""

from __future__ import annotations

from collections.abc import Callable

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.request import Handler, Request

from ..lists import Lists
from ..mock import LIST, Answer, Mock
from ..mutant import Section, subtle

mutant = Section("listing")
_lists = Lists(mutant, LIST)
_subtle_lists = Lists(subtle, LIST)

_TOGETHER = "conditions-together"
_LIMIT = "limit-bounds-the-page"
_lists.asked("limit-ignored", "limit has no effect.", "STATE-21", _LIMIT, lambda _: {"limit": 1000})
_lists.asked(
    "limit-one-more",
    "A page has one item more than limit.",
    "STATE-21",
    _LIMIT,
    lambda query: {"limit": query["limit"] + 1},
)
_lists.asked(
    "limit-at-least-two",
    "A page has two items at least.",
    "STATE-21",
    _LIMIT,
    lambda query: {"limit": max(query["limit"], 2)},
)
_lists.asked(
    "default-limit-3",
    "Without limit, a page has 3 items.",
    "OP-2",
    "default-page",
    lambda query: {"limit": 3 if query["limit"] == 50 else query["limit"]},
)
_lists.asked(
    "default-limit-100",
    "Without limit, a page has 100 items.",
    "OP-2",
    "default-page",
    lambda query: {"limit": 100 if query["limit"] == 50 else query["limit"]},
)
_lists.answers(
    "limit-one-less",
    "A page has one item less than limit.",
    "STATE-21",
    _LIMIT,
    lambda items, query: items[:-1] if len(items) == query["limit"] else items,
)
_subtle_lists.asked(
    "limit-after",
    "limit has no effect behind a cursor.",
    "STATE-21",
    _TOGETHER,
    lambda query: {"limit": 1000} if query.get("after") else {},
)
_subtle_lists.asked(
    "limit-search",
    "limit has no effect in a search.",
    "STATE-21",
    _TOGETHER,
    lambda query: {"limit": 1000} if query.get("summary_search") else {},
)
_subtle_lists.asked(
    "limit-asc",
    "limit has no effect in ascending order.",
    "STATE-21",
    _TOGETHER,
    lambda query: {"limit": 1000} if query["order"] == "asc" else {},
)
_subtle_lists.asked(
    "limit-last-message",
    "limit has no effect by last_message_at.",
    "STATE-21",
    _TOGETHER,
    lambda query: {"limit": 1000} if query["order_by"] == "last_message_at" else {},
)
_subtle_lists.asked(
    "limit-archived",
    "limit has no effect with archive_status.",
    "STATE-21",
    _TOGETHER,
    lambda query: {"limit": 1000} if query.get("archive_status") in ("all", "archived") else {},
)


def _odd_limit(slug: str, what: str, odd: Callable[[int], bool], status: int) -> None:
    @mutant(f"limit-{slug}", f"{what} is {status}.", "STATE-47", "list_conversations/odd-limit")
    def _(mock: Mock) -> None:
        async def listed(handler: Handler, request: Request) -> Answer:
            return Refusal(status, "No.").reply if odd(request.query["limit"]) else await handler(request)

        mock.around(LIST, listed)


_odd_limit("zero-500", "limit 0", lambda limit: limit == 0, 500)
_odd_limit("negative-500", "A negative limit", lambda limit: limit < 0, 500)
_odd_limit("negative-400", "A negative limit", lambda limit: limit < 0, 400)
_odd_limit("negative-404", "A negative limit", lambda limit: limit < 0, 404)
