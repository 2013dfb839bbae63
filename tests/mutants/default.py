"""An agent's own conversation that is another under each of its names, or all of the agent's (ID-13, STATE-40)."""

from __future__ import annotations

import json
from typing import Any

from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from .mock import AGENT, CREATE, MESSAGES, SEND, Answer, Mock, made, subject
from .mutant import Section

mutant = Section("default")
_NAMES = "list_conversation_messages/two-names-of-one"


@mutant("apart", "The agent's id names another conversation than default.", "ID-13", _NAMES)
def _(mock: Mock) -> None:
    said: list[Any] = []

    async def send(handler: Handler, request: Request) -> Answer:
        if subject(request) == AGENT:
            said.append(request.field("input"))
        return await handler(request)

    def shown(rows: Any, request: Request) -> Any:
        return rows if subject(request) == AGENT else [row for row in rows if row.get("content") not in said]

    mock.around(SEND, send)
    mock.values(MESSAGES, shown)


@mutant("empty", "Under the agent's id there are no messages.", "ID-13", _NAMES)
def _(mock: Mock) -> None:
    mock.values(MESSAGES, lambda rows, request: rows[:0] if subject(request) == AGENT else rows)


@mutant("shows-all", "The agent's own conversation shows the messages of all others.", "STATE-40", _NAMES)
def _(mock: Mock) -> None:
    created = made(mock, CREATE)

    async def listed(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if subject(request) not in ("default", AGENT) or not isinstance(answer, Reply):
            return answer
        others = [row for id_ in sorted(created) for row in await mock.ask(MESSAGES, id_)]
        return Reply.json([*json.loads(answer.body), *others])

    mock.around(MESSAGES, listed)
