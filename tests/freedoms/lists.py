"""Lists: how equal keys are ordered, and what cursors, limits and filters may do beside what they must (STATE-21 to STATE-37)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from tests.mutants.mock import AGENT, CREATE, DELETE, LIST, MESSAGES, RETRIEVE, Answer, Mock, subject

from .dates import Coarse
from .freedom import Theme
from .world import world

freedom = Theme("lists")
Shown = dict[str, Any]
Key = Callable[[Shown, int], Any]
"""By what a list is sorted; the number is 1 where it ascends, and -1 where it descends."""
_ALL = 1_000_000


def _instant(text: str | None) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0


def _by_date(by: str) -> Key:
    """By a date in the order asked for, and those of one date by their ids, always ascending."""
    return lambda one, sign: (sign * _instant(one.get(by)), one["id"])


def _sorted_by(mock: Mock, key: Callable[[str], Key]) -> None:
    """Answer lists in another order, which `key` makes of `order_by`."""

    async def listed(handler: Handler, request: Request) -> Answer:
        query, by = request.query, key(request.query["order_by"])
        sign = 1 if query["order"] == "asc" else -1
        after = query.get("after")
        cursor = by(await mock.ask(RETRIEVE, after), sign) if after is not None else None
        found = await mock.ask(LIST, **query | {"limit": _ALL, "after": None})
        found = sorted(
            (one for one in found if cursor is None or by(one, sign) > cursor), key=lambda one: by(one, sign)
        )
        return Reply.json(found[: max(query["limit"], 0)])

    mock.around(LIST, listed)


@freedom("ties-by-id", "Conversations of one date come by their ids, and always ascending.", "STATE-23")
def _(mock: Mock) -> None:
    _sorted_by(mock, _by_date)


@freedom("nulls-first", "What has no date comes first in either order.", "STATE-23")
def _(mock: Mock) -> None:
    _sorted_by(mock, lambda by: lambda one, sign: (one.get(by) is not None, *_by_date(by)(one, sign)))


@freedom("nulls-last", "What has no date comes last in either order.", "STATE-23")
def _(mock: Mock) -> None:
    _sorted_by(mock, lambda by: lambda one, sign: (one.get(by) is None, *_by_date(by)(one, sign)))


@freedom("one-date", "All conversations are of one date, and come by their ids.", "STATE-23")
def _(mock: Mock) -> None:
    world(mock).clock = Coarse(timedelta(days=1))
    _sorted_by(mock, _by_date)


@freedom("runs-by-id", "By last_run_completion, conversations come in an order of their ids.", "STATE-24")
def _(mock: Mock) -> None:
    def key(by: str) -> Key:
        if by == "last_run_completion":
            return lambda one, _sign: (one["id"][::-1],)
        return _by_date(by)

    _sorted_by(mock, key)


@freedom("unknown-agent", "The list of an agent that there is not is 404.", "STATE-27")
def _(mock: Mock) -> None:
    def asked(request: Request) -> Request:
        if request.query.get("agent_id") not in (None, AGENT):
            raise Refusal(404, "There is no such agent.")
        return request

    mock.requests(LIST, asked)


@freedom("deleted-cursor", "The page after a conversation that was deleted is empty.", "STATE-30")
def _(mock: Mock) -> None:
    gone: set[str] = set()

    async def listed(handler: Handler, request: Request) -> Answer:
        return Reply.json([]) if request.query.get("after") in gone else await handler(request)

    async def deleted(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        gone.add(subject(request))
        return answer

    mock.around(LIST, listed)
    mock.around(DELETE, deleted)


def _lost(mock: Mock, instead: Callable[[Handler, Request], Awaitable[Answer]]) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        try:
            return await handler(request)
        except Refusal:
            if {request.query.get("before"), request.query.get("after")} <= {None}:
                raise
            return await instead(handler, request)

    mock.around(MESSAGES, listed)


@freedom("unknown-message", "The page of a message that there is not is empty.", "STATE-37")
def _(mock: Mock) -> None:
    async def instead(_handler: Handler, request: Request) -> Answer:
        await mock.ask(MESSAGES, subject(request), agent_id=request.query.get("agent_id"))
        return Reply.json([])

    _lost(mock, instead)


@freedom("unknown-message-ignored", "A cursor that is no message is as none.", "STATE-37")
def _(mock: Mock) -> None:
    async def instead(handler: Handler, request: Request) -> Answer:
        request.query |= {"before": None, "after": None}
        return await handler(request)

    _lost(mock, instead)


@freedom("limits-refused", "A limit below one is 422.", "STATE-47")
def _(mock: Mock) -> None:
    for id_ in (LIST, MESSAGES):
        mock.parameter(id_, "limit", minimum=1)


@freedom("limits-unbounded", "A limit below one is none.", "STATE-47")
def _(mock: Mock) -> None:
    def asked(request: Request) -> Request:
        if request.query["limit"] is not None and request.query["limit"] < 1:
            request.query["limit"] = _ALL
        return request

    mock.requests((LIST, MESSAGES), asked)


@freedom("strangers", "Others make and delete conversations of the agent, each time that a list is read.", "STATE-31")
def _(mock: Mock) -> None:
    strangers: list[str] = []

    async def listed(handler: Handler, request: Request) -> Answer:
        made = await mock.ask(CREATE, agent_id=AGENT, body={"summary": "someone else's"})
        strangers.append(made["id"])
        if len(strangers) > 2:
            await mock.ask(DELETE, strangers.pop(0))
        return await handler(request)

    mock.around(LIST, listed)


@freedom("contexts-in-lists", "Lists show the messages in context.", "STATE-4")
def _(mock: Mock) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        found = await _rows(handler, request)
        return Reply.json([one | await _context(mock, one["id"]) for one in found])

    mock.around(LIST, listed)


async def _context(mock: Mock, id_: str) -> Shown:
    shown = await mock.ask(RETRIEVE, id_)
    return {"in_context_message_ids": shown["in_context_message_ids"]}


async def _rows(handler: Handler, request: Request) -> list[Shown]:
    answer = await handler(request)
    assert isinstance(answer, Reply)
    rows: list[Shown] = json.loads(answer.body)
    return rows


@freedom("search-by-case", "A search tells capitals from small letters.", "STATE-28")
def _(mock: Mock) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        said = request.query.get("summary_search")
        if said is None:
            return await handler(request)
        found = await _rows(handler, replace(request, query=request.query | {"limit": _ALL}))
        return Reply.json([one for one in found if said in (one["summary"] or "")][: max(request.query["limit"], 0)])

    mock.around(LIST, listed)
