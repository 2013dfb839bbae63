"""What a fork takes otherwise than all that is in context, up to the message that is named (STATE-11 to STATE-13)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from ..lists import Rows
from ..mock import COMPACT, FORK, MESSAGES, RETRIEVE, Answer, Mock, sources, subject, touched
from ..mutant import subtle

_IN_FULL = "fork_conversation/up-to-message-id-in-full"


def _midway(mock: Mock) -> dict[str, tuple[str, str]]:
    """The source, and the last message, of each fork that was made with message_id, as it fills."""
    found: dict[str, tuple[str, str]] = {}

    async def fork(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if request.query.get("message_id") and isinstance(answer, Reply):
            found[json.loads(answer.body)["id"]] = subject(request), request.query["message_id"]
        return answer

    mock.around(FORK, fork)
    return found


@subtle("fork-first-row", "Of message_id, a fork takes the first row only.", "STATE-12", _IN_FULL)
def _(mock: Mock) -> None:
    forks = _midway(mock)

    def cut(rows: Rows, request: Request) -> Rows:
        last = [row for row in rows if row["id"] == rows[-1]["id"]]
        return (
            rows[: len(rows) - len(last) + 1] if subject(request) in forks and request.query["order"] == "asc" else rows
        )

    mock.values(MESSAGES, cut)


@subtle("fork-system", "A fork with message_id shows the source's system message.", "STATE-11", _IN_FULL)
def _(mock: Mock) -> None:
    forks = _midway(mock)

    async def listed(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if subject(request) not in forks or not isinstance(answer, Reply):
            return answer
        rows = await mock.ask(MESSAGES, forks[subject(request)][0], order="asc")
        systems = [row for row in rows if row["message_type"] == "system_message"]
        own = [row for row in json.loads(answer.body) if row["message_type"] != "system_message"]
        return Reply.json([*systems, *own])

    mock.around(MESSAGES, listed)


@subtle("fork-cuts-source", "fork with message_id shortens the context of its source.", "STATE-13", _IN_FULL)
def _(mock: Mock) -> None:
    forks = _midway(mock)

    def shown(value: Any, _request: Request) -> Any:
        cut = any(source == value["id"] for source, _ in forks.values())
        return {**value, "in_context_message_ids": value["in_context_message_ids"][:2]} if cut else value

    mock.values(RETRIEVE, shown)


@subtle("fork-cuts-messages", "fork with message_id takes away the source's messages behind it.", "STATE-13", _IN_FULL)
def _(mock: Mock) -> None:
    forks = _midway(mock)

    def listed(rows: Rows, request: Request) -> Rows:
        last = next((last for source, last in forks.values() if source == subject(request)), None)
        ids = [row["id"] for row in rows]
        return rows[: ids.index(last) + 1] if last in ids else rows

    mock.values(MESSAGES, listed)


@subtle("fork-hidden-midway", "hidden has no effect beside message_id.", "STATE-6", _IN_FULL)
def _(mock: Mock) -> None:
    def change(request: Request) -> Request:
        return (
            replace(request, query={**request.query, "hidden": False}) if request.query.get("message_id") else request
        )

    mock.requests(FORK, change)


@subtle(
    "fork-without-summary",
    "A fork lacks the summary of what was compacted away.",
    "STATE-11",
    "fork_conversation/takes-what-is-in-context",
)
def _(mock: Mock) -> None:
    forks, compacted = sources(mock), touched(mock, COMPACT)

    def listed(rows: Rows, request: Request) -> Rows:
        lacking = forks.get(subject(request)) in compacted
        return [row for row in rows if not lacking or row["message_type"] != "summary_message"]

    mock.values(MESSAGES, listed)


@subtle(
    "fork-uncompacted",
    "A fork takes what was compacted away as well.",
    "STATE-11",
    "fork_conversation/takes-what-is-in-context",
)
def _(mock: Mock) -> None:
    origins, compacted = sources(mock), touched(mock, COMPACT)

    async def listed(handler: Handler, request: Request) -> Answer:
        source = origins.get(subject(request))
        if source not in compacted:
            return await handler(request)
        return Reply.json(await mock.ask(MESSAGES, source, order=request.query["order"]))

    mock.around(MESSAGES, listed)
