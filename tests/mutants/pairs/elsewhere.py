"""What is right at the first place and wrong at another: the second item, the agent's own list, a run that goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.refusal import Invalid
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request
from letta_contract.mock_server.violations import violation

from ..mock import (
    CREATE,
    FORK,
    MESSAGES,
    SEND,
    STREAM,
    UPDATE,
    Answer,
    Mock,
    plain,
    subject,
)
from ..mutant import subtle

_SECOND = "send_conversation_message/body-values"


def _of_the_second(slug: str, what: str, mended: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    @subtle(slug, what, "BODY-12", _SECOND)
    def _(mock: Mock) -> None:
        def change(body: bytes) -> bytes:
            try:
                value = json.loads(body)
                first, *others = value["messages"]
            except (ValueError, KeyError, TypeError, RecursionError):
                return body
            value["messages"] = [first, *(mended(one) if isinstance(one, dict) else one for one in others)]
            return json.dumps(value).encode()

        mock.sent(SEND, change)


_of_the_second("second-role", "From the second message on, any role is taken.", lambda one: {**one, "role": "user"})
_of_the_second(
    "second-content", "From the second message on, content may be missing.", lambda one: {"content": "", **one}
)


@subtle(
    "null-beside-input",
    "send refuses messages of null beside an input.",
    "BODY-4",
    "send_conversation_message/ways-to-say-it",
)
def _(mock: Mock) -> None:
    async def send(handler: Handler, request: Request) -> Answer:
        if "messages" in request.body and request.body["messages"] is None and request.field("input"):
            raise Invalid([violation(("body", "messages"), "list_type", "No list.")])
        return await handler(request)

    mock.around(SEND, send)


@subtle(
    "agents-list-descends",
    "Under the agent's id, messages are always descending.",
    "STATE-32",
    "list_conversation_messages/two-names-of-one",
)
def _(mock: Mock) -> None:
    def change(request: Request) -> Request:
        by_agent = subject(request).startswith("agent-")
        return replace(request, query={**request.query, "order": "desc"}) if by_agent else request

    mock.requests(MESSAGES, change)


@subtle(
    "summary-brings-back",
    "update of the summary brings back what was archived.",
    "STATE-14",
    "update_conversation/changes-nothing-else",
)
def _(mock: Mock) -> None:
    mock.requests(
        UPDATE,
        lambda request: (
            replace(request, body={"archived": False, **request.body})
            if request.field("summary") is not None
            else request
        ),
    )


@subtle(
    "default-forked-whole",
    "A fork of default takes all, whatever message_id says.",
    "STATE-12",
    "fork_conversation/up-to-message-id-in-full",
)
def _(mock: Mock) -> None:
    def change(request: Request) -> Request:
        return (
            replace(request, query={**request.query, "message_id": None}) if subject(request) == "default" else request
        )

    mock.requests(FORK, change)


@subtle(
    "default-forks-by-name",
    "A fork of default says that it is of an agent called default.",
    "STATE-10",
    "fork_conversation/conversation-id-agent",
)
def _(mock: Mock) -> None:
    mock.values(
        FORK, lambda value, request: {**value, "agent_id": "default"} if subject(request) == "default" else value
    )


@subtle(
    "read-meanwhile-cut",
    "A run that is read while it goes on ends without a word.",
    "SSE-4",
    "cancel_conversation/ends-the-run",
)
def _(mock: Mock) -> None:
    busy: set[str] = set()

    def note(request: Request) -> Request:
        if request.field("background") and "SLOW" in str(request.field("input")):
            busy.add(subject(request))
        return request

    async def stream(handler: Handler, request: Request) -> Answer:
        if subject(request) in busy:
            return Reply(200, b"data: [DONE]\n\n", media_type=b"text/event-stream")
        return await handler(request)

    mock.requests(SEND, note)
    mock.around(STREAM, stream)


@subtle(
    "background-failure-500",
    "A failure in the background is a 500 as plain text.",
    "SSE-10",
    "send_conversation_message/failure-is-told",
)
def _(mock: Mock) -> None:
    async def send(handler: Handler, request: Request) -> Answer:
        failing = "STUB:HTTP" in str(request.field("input")) and request.field("background")
        return plain(500, "Internal Server Error") if failing else await handler(request)

    mock.around(SEND, send)


@subtle(
    "window-of-text",
    "create takes any text for a context_window_limit.",
    "BODY-1",
    "create_conversation/keeps-newer-fields",
)
def _(mock: Mock) -> None:
    mock.sent(CREATE, lambda body: body.replace(b'"context_window_limit": "abc"', b'"_": ""'))
