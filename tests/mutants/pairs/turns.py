"""A flag beside another, an answer of a rare kind, the agent's own run (SSE-8, SSE-9, SSE-12, STATE-41, STATE-46)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request
from starlette.types import Scope

from ..mock import CANCEL, MESSAGES, SEND, Answer, Chunks, Mock, event, is_a, json_of, subject
from ..mutant import subtle

_TOKEN = "a-good-token"


@subtle(
    "background-as-json",
    "In the background, an answer is JSON.",
    "SSE-13",
    "send_conversation_message/ways-to-say-it",
)
def _(mock: Mock) -> None:
    def change(request: Request) -> Request:
        return replace(request, body={**request.body, "streaming": False}) if request.field("background") else request

    mock.requests(SEND, change)


@subtle(
    "arguments-repeated",
    "By tokens, each chunk of a call has all of its arguments.",
    "SSE-9",
    "send_conversation_message/tokens-join-to-the-message",
)
def _(mock: Mock) -> None:
    async def twice(chunks: Chunks) -> Chunks:
        async for chunk in chunks:
            yield chunk
            if is_a(chunk, "tool_call_message"):
                yield chunk

    mock.streams(twice)


@subtle(
    "neither-without-type",
    "Where both messages and input are missing, the entry has no type.",
    "ERR-2",
    "send_conversation_message/messages-or-input",
)
def _(mock: Mock) -> None:
    def change(reply: Reply) -> Reply | None:
        value = json.loads(reply.body)
        detail = [{name: part for name, part in entry.items() if name != "type"} for entry in value["detail"]]
        return Reply.json({"detail": detail}, 422) if value["detail"][0]["loc"][1:] == ["messages"] else None

    mock.replies(SEND, change, 422)


@subtle("unasked-500", "An approval that nobody asked for is 500.", "STATE-48", "send_conversation_message/approval")
def _(mock: Mock) -> None:
    async def send(handler: Handler, request: Request) -> Answer:
        if any(message.get("approval_request_id") for message in request.field("messages") or ()):
            return Refusal(500, "KeyError").reply
        return await handler(request)

    mock.around(SEND, send)


@subtle(
    "no-usage-at-max-steps",
    "As JSON, a turn that max_steps ended tells no usage.",
    "STATE-41",
    "send_conversation_message/usage-adds-up",
)
def _(mock: Mock) -> None:
    mock.values(SEND, lambda value, request: {**value, "usage": None} if request.field("max_steps") == 1 else value)


@subtle("402-bare", "A 402 has a message only.", "ERR-5", "send_conversation_message/failure-is-told")
def _(mock: Mock) -> None:
    mock.replies(SEND, lambda _: Reply.json({"message": "no credits"}, 402), 402)


@subtle(
    "thoughts-of-users",
    "A list shows what is no part of a user's message.",
    "MSG-3",
    "send_conversation_message/ways-to-say-it",
)
def _(mock: Mock) -> None:
    thought = {"type": "reasoning", "is_native": True, "reasoning": "Aloud."}

    def listed(rows: Any, _request: Request) -> Any:
        return [
            {**row, "content": [{"type": "text", "text": row["content"]}, thought]}
            if row["message_type"] == "user_message" and "way 0" in str(row["content"])
            else row
            for row in rows
        ]

    mock.values(MESSAGES, listed)


@subtle(
    "default-run-not-found",
    "The run of an agent's own conversation cannot be cancelled.",
    "STATE-46",
    "cancel_conversation/ends-the-run",
)
def _(mock: Mock) -> None:
    async def cancel(handler: Handler, request: Request) -> Answer:
        if subject(request) == "default":
            raise Refusal(409, "There is no run.")
        return await handler(request)

    mock.around(CANCEL, cancel)


@subtle(
    "bare-pings",
    "A ping that comes while nothing else does has no id.",
    "SSE-2",
    "send_conversation_message/comes-as-it-is-made",
)
def _(mock: Mock) -> None:
    async def pinging(chunks: Chunks) -> Chunks:
        async for chunk in chunks:
            value = json_of(chunk)
            if value and value["message_type"] == "assistant_message":
                yield event({"message_type": "ping"})
            yield chunk

    async def send(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        slow = "SLOW" in str(request.field("input")) and request.body.get("include_pings") is not False
        if slow and not isinstance(answer, Reply):
            answer.chunks = pinging(answer.chunks)
        return answer

    mock.around(SEND, send)


@subtle(
    "open-without-slash",
    "Without its last slash, the list asks for no token.",
    "STATE-49",
    "list_conversations/asks-for-the-token",
    token=_TOKEN,
)
def _(mock: Mock) -> None:
    def open_(scope: Scope) -> Reply | None:
        return Reply.json([]) if (scope["method"], scope["path"]) == ("GET", "/v1/conversations") else None

    mock.diverts(open_)
