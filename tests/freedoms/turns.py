"""What an agent says and does is its own business: other words, thoughts, calls and failures than the mock's (SSE-4, SSE-10)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply, Stream
from letta_contract.mock_server.request import Handler, Request
from letta_contract.mock_server.script import Script, script

from tests.mutants.mock import MESSAGES, SEND, Answer, Chunks, Mock, event, is_a, subject

from .freedom import Theme
from .wire import of_messages, values
from .world import unsent

freedom = Theme("turns")
_HEAVY = 'Grüße, 世界 😀 \u2028 \\ "quoted"\n\ndata: x'


def _played(slug: str, what: str, rule: str, play: Callable[[str], Script]) -> None:
    """Let the agent answer to an `input` that is text, and to messages (as to no text), otherwise."""

    @freedom(slug, what, rule)
    def _(mock: Mock) -> None:
        def asked(request: Request) -> Request:
            said = request.field("input")
            return replace(request, script=play(said if isinstance(said, str) else ""))

        mock.requests(SEND, asked)


_played(
    "thinks",
    "The agent thinks before each answer.",
    "MSG-6",
    lambda said: replace(script(said), reasoning="Let me think about that."),
)
_played(
    "says-odd-things",
    "The agent says what JSON and streams must escape, or does as it is told.",
    "SSE-4",
    lambda said: script(said if "STUB:" in said else _HEAVY),
)
_played(
    "obeys-nobody", "The agent does nothing that a prompt asks for.", "SSE-4", lambda _: Script("I would rather not.")
)
_played(
    "calls-first",
    "The agent uses a tool of its own before each answer.",
    "SSE-4",
    lambda said: script(said) if "STUB:" in said else Script(tool=("search", '{"query": ""}')),
)
_played("fails", "The model always fails.", "STATUS-10", lambda _: Script(failure=502))
_played("fails-as-500", "The model always fails, which is told as 500.", "STATUS-10", lambda _: Script(failure=500))
_played("overloaded", "The model is always overloaded.", "STATUS-10", lambda _: Script(failure=503))
_played("broke", "There are no credits for the model.", "TOL-13", lambda _: Script(failure=402))


@freedom("fails-sometimes", "The model fails in every seventh turn.", "STATUS-10")
def _(mock: Mock) -> None:
    turns = count(1)
    mock.requests(SEND, lambda request: request if next(turns) % 7 else replace(request, script=Script(failure=502)))


@freedom("no-client-tools", "Tools of clients are ignored.", "BODY-3")
def _(mock: Mock) -> None:
    mock.body(SEND, client_tools=None)


@freedom("deaf-to-otids", "Messages do not tell the ids that the client gave them.", "MSG-1")
def _(mock: Mock) -> None:
    values(mock, of_messages(lambda one: one.pop("otid", None)))


def _beginning(mock: Mock, first: Callable[[Request], Any]) -> None:
    """Show more messages at the beginning of a turn, where all types are wanted."""

    async def sent(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if request.field("include_return_message_types"):
            return answer
        if isinstance(answer, Stream):
            return Stream(_after_pings(answer.chunks, await first(request)), answer.end)
        if isinstance(answer, Reply):
            value = json.loads(answer.body)
            return Reply.json(value | {"messages": [*await first(request), *value["messages"]]})
        return answer

    mock.around(SEND, sent)


async def _after_pings(chunks: Chunks, more: list[dict[str, Any]]) -> Chunks:
    async for chunk in chunks:
        if more and not is_a(chunk, "ping"):
            for one in more:
                yield event(one)
            more = []
        yield chunk


@freedom("echoes", "A turn begins with what was said to the agent.", "SSE-4")
def _(mock: Mock) -> None:
    async def said(request: Request) -> Any:
        agent_id = request.field("agent_id")
        rows = await mock.ask(MESSAGES, subject(request), limit=3, agent_id=agent_id)
        return [row for row in rows if row["message_type"] == "user_message"][:1]

    _beginning(mock, said)


@freedom("other-messages", "A turn begins with messages that no list shows.", "SSE-4")
def _(mock: Mock) -> None:
    common = {"id": "message-0", "date": "2026-01-01T00:00:00Z"}
    stats = {
        "trigger": "context_window_exceeded",
        "context_window": 8000,
        "messages_count_before": 9,
        "messages_count_after": 1,
    }

    async def more(_request: Request) -> Any:
        return [
            {**common, "message_type": "event_message", "event_type": "compaction", "event_data": {}},
            {**common, "message_type": "summary_message", "summary": "", "compaction_stats": stats},
            {**common, "message_type": "hidden_reasoning_message", "state": "redacted", "hidden_reasoning": None},
        ]

    _beginning(mock, more)


@freedom("heartbeats", "Before each turn, the server itself says something to the agent.", "STATE-39")
def _(mock: Mock) -> None:
    async def sent(handler: Handler, request: Request) -> Answer:
        if request.field("input") is not None and await mock.exists(subject(request)):
            unsent(mock, subject(request), "user_message", '{"type": "heartbeat"}')
        return await handler(request)

    mock.around(SEND, sent)


@freedom("otids-once", "What has an otid that was there already is 409.", "TOL-13")
def _(mock: Mock) -> None:
    seen: set[tuple[str, str]] = set()

    def asked(request: Request) -> Request:
        given = {(subject(request), one["otid"]) for one in request.field("messages", []) if one.get("otid")}
        if given & seen:
            raise Refusal(409, "That message was sent before.")
        seen.update(given)
        return request

    mock.requests(SEND, asked)
