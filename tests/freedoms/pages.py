"""Pages of messages: the order of one date, and filters that come after the limit (STATE-32, STATE-33)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from tests.mutants.mock import MESSAGES, Answer, Mock, sources, subject

from .freedom import Theme
from .wire import of_messages, values

freedom = Theme("pages")
Row = dict[str, Any]
_ALL = 1_000_000


def _dated(mock: Mock) -> None:
    dates: dict[str, str] = {}

    def changed(one: Row) -> None:
        run = one.get("run_id")
        if run and "date" in one:
            one["date"] = dates.setdefault(run, one["date"])

    values(mock, of_messages(changed))


def _paged(
    mock: Mock, *, ties_ascend: bool = False, shows: Callable[[Row, str], bool] = lambda _row, _id: True
) -> None:
    """Answer pages of those rows that a conversation shows."""

    async def listed(_handler: Handler, request: Request) -> Answer:
        query = request.query
        named = {name: query.get(name) for name in ("agent_id", "group_id")}
        rows = await mock.ask(MESSAGES, subject(request), order="asc", limit=_ALL, **named)
        rows = [row for row in rows if shows(row, subject(request))]
        if query["order"] == "desc":
            rows = _descending(rows) if ties_ascend else rows[::-1]
        types = query.get("include_return_message_types")
        return Reply.json([row for row in _page(rows, query) if not types or row["message_type"] in types])

    mock.around(MESSAGES, listed)


def _descending(rows: list[Row]) -> list[Row]:
    """The turns backwards, and each of them forwards."""
    turns = [list(turn) for _, turn in groupby(rows, key=lambda row: row["run_id"] or row["id"])]
    return [row for turn in reversed(turns) for row in turn]


def _page(rows: list[Row], query: dict[str, Any]) -> list[Row]:
    """Rows between the cursors, of so many ids."""
    ids = list(dict.fromkeys(row["id"] for row in rows))
    after, before = query.get("after"), query.get("before")
    if {after, before} - {None, *ids}:
        raise Refusal(404, "There is no such message here.")
    start = 0 if after is None else ids.index(after) + 1
    end = len(ids) if before is None else ids.index(before)
    limit = 100 if query["limit"] is None else max(query["limit"], 0)
    chosen = ids[start:end]
    chosen = chosen[max(0, len(chosen) - limit) :] if before is not None and after is None else chosen[:limit]
    return [row for row in rows if row["id"] in set(chosen)]


@freedom("one-date", "The messages of one turn have one date.", "STATE-32")
def _(mock: Mock) -> None:
    _dated(mock)


@freedom("ties-ascend", "The messages of one turn have one date, and stand in one order in either direction.", "STATE-32")  # fmt: skip
def _(mock: Mock) -> None:
    _dated(mock)
    _paged(mock, ties_ascend=True)


@freedom("filtered-last", "A page of some types has those that are in the page of all.", "STATE-33")
def _(mock: Mock) -> None:
    _paged(mock)


@freedom("no-system", "No list shows a system message.", "STATE-33")
def _(mock: Mock) -> None:
    _paged(mock, shows=lambda row, _id: row["message_type"] != "system_message")


@freedom("fork-without-system", "The list of a fork shows no system message.", "STATE-11")
def _(mock: Mock) -> None:
    origins = sources(mock)
    _paged(mock, shows=lambda row, id_: id_ not in origins or row["message_type"] != "system_message")


@freedom("unknown-group", "A group that there is not is 404.", "TOL-12")
def _(mock: Mock) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if request.query.get("group_id") is not None and isinstance(answer, Reply) and answer.body == b"[]":
            raise Refusal(404, "There is no such group.")
        return answer

    mock.around(MESSAGES, listed)


@freedom("thoughts-forgotten", "What the agent thought is told while it does, and not kept.", "MSG-6")
def _(mock: Mock) -> None:
    _paged(mock, shows=lambda row, _id: row["message_type"] != "reasoning_message")
