"""Pages of messages that are too long, in the wrong order, or go on elsewhere (STATE-32 to STATE-36, STATE-47, OP-7)."""

from __future__ import annotations

import json
from collections.abc import Callable

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from ..lists import Lists, Rows
from ..mock import MESSAGES, Answer, Mock, subject
from ..mutant import Section, subtle

mutant = Section("history")
_lists = Lists(mutant, MESSAGES)
_subtle_lists = Lists(subtle, MESSAGES)

_lists.asked("limit-ignored", "limit has no effect.", "STATE-33", "limit-bounds-the-page", lambda _: {"limit": 1000})
_lists.asked(
    "limit-one-more",
    "A page has one message more than limit.",
    "STATE-33",
    "limit-bounds-the-page",
    lambda query: {"limit": (query["limit"] or 100) + 1},
)
_lists.asked(
    "limit-asc-ignored",
    "Ascending, limit has no effect.",
    "STATE-33",
    "limit-bounds-the-page",
    lambda query: {"limit": 1000} if query["order"] == "asc" else {},
)
_lists.asked(
    "default-limit-50",
    "Without limit, a page has 50 messages.",
    "OP-7",
    "default-page",
    lambda query: {"limit": 50} if query["limit"] == 100 else {},
)
_lists.asked("order-ignored", "order has no effect.", "STATE-32", "order", lambda _: {"order": "desc"})
_lists.asked(
    "order-swapped",
    "asc and desc are swapped.",
    "STATE-32",
    "order",
    lambda query: {"order": "asc" if query["order"] == "desc" else "desc"},
)
_lists.asked("after-ignored", "after has no effect.", "STATE-34", "after-is-exclusive", lambda _: {"after": None})
_lists.asked("before-ignored", "before has no effect.", "STATE-35", "before-is-exclusive", lambda _: {"before": None})
_lists.asked(
    "before-is-after",
    "before shows the other side.",
    "STATE-35",
    "before-is-exclusive",
    lambda query: {"before": None, "after": query.get("before") or query.get("after")},
)
_lists.asked(
    "after-is-before",
    "after shows the other side.",
    "STATE-34",
    "after-is-exclusive",
    lambda query: {"after": None, "before": query.get("after") or query.get("before")},
)
_lists.answers(
    "default-order",
    "Without order, messages are ascending.",
    "STATE-32",
    "order",
    lambda rows, query: rows if "include_err" in query else rows[::-1],
)
_lists.answers(
    "limit-one-less",
    "A page has one message less than limit.",
    "STATE-33",
    "limit-bounds-the-page",
    lambda rows, query: [row for row in rows if row["id"] != rows[-1]["id"]] if query["limit"] == 1 else rows,
)
_lists.answers(
    "lost-after",
    "A page after X leaves out the next message.",
    "STATE-34",
    "after-is-exclusive",
    lambda rows, query: [row for row in rows if row["id"] != rows[0]["id"]] if query.get("after") else rows,
)
_lists.answers(
    "lost-before",
    "A page before X leaves out the nearest.",
    "STATE-35",
    "before-is-exclusive",
    lambda rows, query: [row for row in rows if row["id"] != rows[-1]["id"]] if query.get("before") else rows,
)
_lists.answers(
    "before-other-order",
    "A page before X is in the other order.",
    "STATE-35",
    "before-is-exclusive",
    lambda rows, query: rows[::-1] if query.get("before") else rows,
)
_lists.answers(
    "no-first",
    "The oldest user message is never shown.",
    "STATE-36",
    "order",
    lambda rows, _: [row for row in rows if "first thing" not in str(row.get("content"))],
)
_lists.answers(
    "pages-repeat",
    "Each page but the first begins anew.",
    "STATE-36",
    "pages",
    lambda rows, query: rows if not query.get("after") else [*rows[:1], *rows[:1], *rows[2:]],
)
_lists.answers(
    "dates-shuffled",
    "Dates do not follow the order.",
    "STATE-32",
    "order",
    lambda rows, _: [{**row, "date": rows[-1 - place]["date"]} for place, row in enumerate(rows)],
)


@mutant("after-inclusive", "A page after X begins with X.", "STATE-34", "list_conversation_messages/after-is-exclusive")
def _(mock: Mock) -> None:
    _with_cursor(mock, "after", lambda cursor, rows: [*cursor, *rows])


@mutant(
    "before-inclusive", "A page before X ends with X.", "STATE-35", "list_conversation_messages/before-is-exclusive"
)
def _(mock: Mock) -> None:
    _with_cursor(mock, "before", lambda cursor, rows: [*rows, *cursor])


def _with_cursor(mock: Mock, name: str, join: Callable[[Rows, Rows], Rows]) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        wanted = request.query.get(name)
        if wanted is None or not isinstance(answer, Reply):
            return answer
        query = {**request.query, "before": None, "after": None, "limit": 1000}
        everything = await mock.ask(MESSAGES, subject(request), **query)
        cursor = [row for row in everything if row["id"] == wanted]
        return Reply.json(join(cursor, json.loads(answer.body)))

    mock.around(MESSAGES, listed)


@mutant(
    "before-from-start",
    "before with limit gives the farthest ones.",
    "STATE-35",
    "list_conversation_messages/conditions-together",
)
def _(mock: Mock) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        limit = request.query["limit"]
        if not request.query.get("before") or limit is None:
            return await handler(request)
        rows = await mock.ask(MESSAGES, subject(request), **{**request.query, "limit": 1000})
        ids = list(dict.fromkeys(row["id"] for row in rows))[:limit]
        return Reply.json([row for row in rows if row["id"] in ids])

    mock.around(MESSAGES, listed)


@mutant("odd-limit-500", "limit 0 is 500.", "STATE-47", "list_conversation_messages/odd-limit")
def _(mock: Mock) -> None:
    _odd_limit(mock, lambda limit: limit == 0)


@mutant("negative-limit-500", "A negative limit is 500.", "STATE-47", "list_conversation_messages/odd-limit")
def _(mock: Mock) -> None:
    _odd_limit(mock, lambda limit: limit < 0)


def _odd_limit(mock: Mock, odd: Callable[[int], bool]) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        if request.query["limit"] is not None and odd(request.query["limit"]):
            raise Refusal(500, "ZeroDivisionError")
        return await handler(request)

    mock.around(MESSAGES, listed)


@mutant("new-ids", "Each reading gives the messages new ids.", "STATE-18", "list_conversation_messages/same-twice")
def _(mock: Mock) -> None:
    readings: list[None] = []

    def renamed(rows: Rows, _request: Request) -> Rows:
        readings.append(None)
        return [{**row, "id": f"{row['id'][:-6]}{len(readings):06d}", "otid": row["id"]} for row in rows]

    mock.values(MESSAGES, renamed)


@mutant(
    "readings-counted", "Messages tell how often they were read.", "STATE-18", "list_conversation_messages/same-twice"
)
def _(mock: Mock) -> None:
    readings: list[None] = []

    def counted(rows: Rows, _request: Request) -> Rows:
        readings.append(None)
        return [{**row, "seq_id": len(readings)} for row in rows]

    mock.values(MESSAGES, counted)


_subtle_lists.asked(
    "messages-limit-after",
    "limit has no effect behind a cursor.",
    "STATE-33",
    "conditions-together",
    lambda query: {"limit": 1000} if query.get("after") else {},
)
_subtle_lists.asked(
    "messages-limit-before",
    "limit has no effect before a cursor, in descending order.",
    "STATE-33",
    "conditions-together",
    lambda query: {"limit": 1000} if query.get("before") and query["order"] == "desc" else {},
)
_subtle_lists.asked(
    "messages-limit-types",
    "limit has no effect with a filter by type.",
    "STATE-33",
    "conditions-together",
    lambda query: {"limit": 1000} if query.get("include_return_message_types") else {},
)
_subtle_lists.asked(
    "before-after",
    "before has no effect beside after.",
    "STATE-35",
    "conditions-together",
    lambda query: {"before": None} if query.get("after") else {},
)
_subtle_lists.asked(
    "after-before",
    "after has no effect beside before.",
    "STATE-34",
    "conditions-together",
    lambda query: {"after": None} if query.get("before") else {},
)


@subtle(
    "after-one-row",
    "A page after a message of two rows begins with the second.",
    "STATE-34",
    "list_conversation_messages/after-is-exclusive",
)
def _(mock: Mock) -> None:
    _with_cursor(mock, "after", lambda cursor, rows: [*cursor[1:], *rows])


@subtle("limit-counts-rows", "A page ends between the rows of a message.", "STATE-36", "*/pages")
def _(mock: Mock) -> None:
    mock.values(MESSAGES, lambda rows, request: rows[: request.query["limit"]])
