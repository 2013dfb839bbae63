"""Lists of messages that show the wrong ones, or in the wrong order (STATE-11 to STATE-13, STATE-32 to STATE-40)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from typing import Any

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from .mock import FORK, MESSAGES, SEND, UPDATE, Answer, Mock
from .mutant import Section

mutant = Section("history")
Query = dict[str, Any]
Rows = list[dict[str, Any]]


def _asked(slug: str, what: str, rule: str, case: str, change: Callable[[Query], Query]) -> None:
    @mutant(slug, what, rule, f"list_conversation_messages/{case}")
    def _(mock: Mock) -> None:
        mock.requests(MESSAGES, lambda request: replace(request, query=request.query | change(request.query)))


def _answers(slug: str, what: str, rule: str, case: str, change: Callable[[Rows, Query], Rows]) -> None:
    @mutant(slug, what, rule, f"list_conversation_messages/{case}")
    def _(mock: Mock) -> None:
        mock.values(MESSAGES, lambda rows, request: change(rows, request.query))


_asked("limit-ignored", "limit has no effect.", "STATE-33", "limit-bounds-the-page", lambda _: {"limit": 1000})
_asked(
    "limit-one-more",
    "A page has one message more than limit.",
    "STATE-33",
    "limit-bounds-the-page",
    lambda query: {"limit": (query["limit"] or 100) + 1},
)
_asked(
    "limit-asc-ignored",
    "Ascending, limit has no effect.",
    "STATE-33",
    "limit-bounds-the-page",
    lambda query: {"limit": 1000} if query["order"] == "asc" else {},
)
_asked("order-ignored", "order has no effect.", "STATE-32", "order", lambda _: {"order": "desc"})
_asked(
    "order-swapped",
    "asc and desc are swapped.",
    "STATE-32",
    "order",
    lambda query: {"order": "asc" if query["order"] == "desc" else "desc"},
)
_asked("after-ignored", "after has no effect.", "STATE-34", "after-is-exclusive", lambda _: {"after": None})
_asked("before-ignored", "before has no effect.", "STATE-35", "before-is-exclusive", lambda _: {"before": None})
_asked(
    "before-is-after",
    "before shows the other side.",
    "STATE-35",
    "before-is-exclusive",
    lambda query: {"before": None, "after": query.get("before") or query.get("after")},
)
_asked(
    "after-is-before",
    "after shows the other side.",
    "STATE-34",
    "after-is-exclusive",
    lambda query: {"after": None, "before": query.get("after") or query.get("before")},
)
_asked(
    "types-ignored",
    "The filter by type has no effect.",
    "STATE-38",
    "types-filter",
    lambda _: {"include_return_message_types": []},
)
_asked(
    "types-first",
    "Only the first of the asked types is shown.",
    "STATE-38",
    "types-filter",
    lambda query: {"include_return_message_types": query.get("include_return_message_types", [])[:1]},
)

_answers(
    "default-order",
    "Without order, messages are ascending.",
    "STATE-32",
    "order",
    lambda rows, query: rows if "include_err" in query else rows[::-1],
)
_answers(
    "limit-one-less",
    "A page has one message less than limit.",
    "STATE-33",
    "limit-bounds-the-page",
    lambda rows, query: [row for row in rows if row["id"] != rows[-1]["id"]] if query["limit"] == 1 else rows,
)
_answers(
    "lost-after",
    "A page after X leaves out the next message.",
    "STATE-34",
    "after-is-exclusive",
    lambda rows, query: [row for row in rows if row["id"] != rows[0]["id"]] if query.get("after") else rows,
)
_answers(
    "lost-before",
    "A page before X leaves out the nearest.",
    "STATE-35",
    "before-is-exclusive",
    lambda rows, query: [row for row in rows if row["id"] != rows[-1]["id"]] if query.get("before") else rows,
)
_answers(
    "before-other-order",
    "A page before X is in the other order.",
    "STATE-35",
    "before-is-exclusive",
    lambda rows, query: rows[::-1] if query.get("before") else rows,
)
_answers(
    "types-inverted",
    "The filter by type keeps the others.",
    "STATE-38",
    "types-filter",
    lambda rows, query: [] if query.get("include_return_message_types") else rows,
)
_answers(
    "no-first",
    "The oldest user message is never shown.",
    "STATE-36",
    "order",
    lambda rows, _: [row for row in rows if "first thing" not in str(row.get("content"))],
)
_answers(
    "pages-repeat",
    "Each page but the first begins anew.",
    "STATE-36",
    "pages",
    lambda rows, query: rows if not query.get("after") else [*rows[:1], *rows[:1], *rows[2:]],
)
_answers(
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
        everything = await mock.ask(MESSAGES, request.path["conversation_id"], **query)
        cursor = [row for row in everything if row["id"] == wanted]
        return Reply.json(join(cursor, json.loads(answer.body)))

    mock.around(MESSAGES, listed)


@mutant(
    "before-from-start",
    "before with limit gives the farthest ones.",
    "STATE-35",
    "list_conversation_messages/before-is-exclusive",
)
def _(mock: Mock) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        limit = request.query["limit"]
        if not request.query.get("before") or limit is None:
            return await handler(request)
        rows = await mock.ask(MESSAGES, request.path["conversation_id"], **{**request.query, "limit": 1000})
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


# -- what was sent ----------------------------------------------------------------------------------------------------

_SHOWS = "send_conversation_message/shows-in-its-conversation"


def _only(kind: str, what: str) -> None:
    @mutant(f"no-{kind}", what, "STATE-39", _SHOWS)
    def _(mock: Mock) -> None:
        mock.values(MESSAGES, lambda rows, _: [row for row in rows if row["message_type"] != kind])


_only("user_message", "What the user said is not kept.")
_only("assistant_message", "What the assistant said is not kept.")


@mutant("stored-twice", "A sent message is kept twice.", "STATE-39", _SHOWS)
def _(mock: Mock) -> None:
    def doubled(rows: Rows, _request: Request) -> Rows:
        twice = ({**row, "id": f"{row['id'][:-4]}beef"} for row in rows if row["message_type"] == "user_message")
        return [*rows, *twice]

    mock.values(MESSAGES, doubled)


@mutant("text-changed", "A sent message is kept with its spaces taken out.", "STATE-39", _SHOWS)
def _(mock: Mock) -> None:
    def changed(rows: Rows, _request: Request) -> Rows:
        return [
            {**row, "content": str(row["content"]).replace(" ", "")} if row["message_type"] == "user_message" else row
            for row in rows
        ]

    mock.values(MESSAGES, changed)


@mutant("text-cut", "A sent message is kept up to its 10th character.", "STATE-39", _SHOWS)
def _(mock: Mock) -> None:
    mock.requests(
        SEND,
        lambda request: (
            replace(request, body={**request.body, "input": request.body["input"][:10]})
            if isinstance(request.field("input"), str)
            else request
        ),
    )


@mutant(
    "leaks-to-newer",
    "New conversations show what was said in the one before.",
    "STATE-40",
    "send_conversation_message/shows-nowhere-else",
)
def _(mock: Mock) -> None:
    _leak(mock, 1)


@mutant(
    "leaks-everywhere",
    "All conversations show what was said in any.",
    "STATE-40",
    "send_conversation_message/shows-nowhere-else",
)
def _(mock: Mock) -> None:
    _leak(mock, 0)


def _leak(mock: Mock, least: int) -> None:
    spoken: list[str] = []
    mock.requests(SEND, lambda request: spoken.append(request.path["conversation_id"]) or request)

    async def listed(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        own = request.path["conversation_id"]
        others = [id_ for id_ in dict.fromkeys(spoken) if id_ != own]
        if not isinstance(answer, Reply) or len(others) <= least - 1 or not others:
            return answer
        strangers = await mock.ask(MESSAGES, others[-1], **{**request.query, "after": None, "before": None})
        return Reply.json([*json.loads(answer.body), *strangers])

    mock.around(MESSAGES, listed)


@mutant(
    "sends-by-get",
    "Listing messages is counted as a new message of the user.",
    "STATE-18",
    "list_conversation_messages/same-twice",
)
def _(mock: Mock) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if request.query["order"] == "asc" and request.query["limit"] == 100:
            await mock.ask(SEND, request.path["conversation_id"], body={"input": "seen", "streaming": False})
        return answer

    mock.around(MESSAGES, listed)


# -- forks ------------------------------------------------------------------------------------------------------------

_FORKED = "fork_conversation/has-the-sources-messages"


def _forked(slug: str, what: str, case: str, rule: str, change: Callable[[Rows], Rows]) -> None:
    @mutant(f"fork-{slug}", what, rule, case)
    def _(mock: Mock) -> None:
        forks: set[str] = set()
        mock.values(FORK, lambda value, _: forks.add(value["id"]) or value)
        mock.values(MESSAGES, lambda rows, request: change(rows) if request.path["conversation_id"] in forks else rows)


def _but_last(rows: Rows) -> Rows:
    groups = [list(group) for _, group in groupby(rows, key=lambda row: row["id"])]
    return [row for group in groups[:-1] for row in group]


_forked("empty", "A fork has no messages.", _FORKED, "STATE-11", lambda _: [])
_forked("but-last", "A fork lacks the last message.", _FORKED, "STATE-11", _but_last)
_forked(
    "users-only",
    "A fork has what the user said.",
    _FORKED,
    "STATE-11",
    lambda rows: [row for row in rows if row["message_type"] == "user_message"],
)
_forked(
    "doubled",
    "A fork has each message twice.",
    _FORKED,
    "STATE-11",
    lambda rows: [row for row in rows for _ in range(2)],
)
_forked("reversed", "A fork has the messages in the other order.", _FORKED, "STATE-11", lambda rows: rows[::-1])
_forked(
    "two-systems",
    "A fork shows the source's system message as one of the user.",
    _FORKED,
    "STATE-11",
    lambda rows: [
        {**row, "message_type": "user_message"} if row["message_type"] == "system_message" else row for row in rows
    ],
)


@mutant(
    "fork-exclusive", "message_id is the first that is not taken.", "STATE-12", "fork_conversation/up-to-message-id"
)
def _(mock: Mock) -> None:
    async def fork(handler: Handler, request: Request) -> Answer:
        wanted = request.query.get("message_id")
        if wanted is not None:
            rows = await mock.ask(MESSAGES, request.path["conversation_id"], order="asc")
            ids = list(dict.fromkeys(row["id"] for row in rows))
            request = replace(request, query={**request.query, "message_id": ids[max(ids.index(wanted) - 1, 1)]})
        return await handler(request)

    mock.around(FORK, fork)


@mutant("fork-from", "message_id is where the fork begins.", "STATE-12", "fork_conversation/up-to-message-id")
def _(mock: Mock) -> None:
    begins: dict[str, str] = {}

    async def fork(handler: Handler, request: Request) -> Answer:
        wanted = request.query.get("message_id")
        answer = await handler(replace(request, query={**request.query, "message_id": None}))
        if wanted is not None and isinstance(answer, Reply):
            begins[json.loads(answer.body)["id"]] = wanted
        return answer

    def listed(rows: Rows, request: Request) -> Rows:
        begin = begins.get(request.path["conversation_id"])
        ids = [row["id"] for row in rows]
        if begin not in ids:
            return rows
        return rows[ids.index(begin) :] if request.query["order"] == "asc" else rows[: ids.index(begin) + 1]

    mock.around(FORK, fork)
    mock.values(MESSAGES, listed)


@mutant(
    "fork-talks-back", "What is said in a fork is said in its source.", "STATE-13", "fork_conversation/goes-its-own-way"
)
def _(mock: Mock) -> None:
    sources: dict[str, str] = {}

    def note(value: Any, request: Request) -> Any:
        sources[value["id"]] = request.path["conversation_id"]
        return value

    async def send(handler: Handler, request: Request) -> Answer:
        source = sources.get(request.path["conversation_id"])
        if source:
            await mock.ask(SEND, source, body={**request.body, "streaming": False})
        return await handler(request)

    mock.values(FORK, note)
    mock.around(SEND, send)


@mutant("fork-tells-source", "A fork leaves a message in its source.", "STATE-13", "fork_conversation/source-stays")
def _(mock: Mock) -> None:
    async def fork(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if request.path["conversation_id"].startswith("conv-"):
            await mock.ask(SEND, request.path["conversation_id"], body={"input": "forked", "streaming": False})
        return answer

    mock.around(FORK, fork)


@mutant(
    "update-clears-messages", "update forgets the messages.", "STATE-14", "update_conversation/changes-nothing-else"
)
def _(mock: Mock) -> None:
    renamed: set[str] = set()
    mock.requests(UPDATE, lambda request: renamed.add(request.path["conversation_id"]) or request)
    mock.values(MESSAGES, lambda rows, request: rows[:0] if request.path["conversation_id"] in renamed else rows)
