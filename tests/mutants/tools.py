"""Calls of tools that are told, asked for or answered wrongly (MSG-8 to MSG-10, MSG-16, MSG-18, SSE-4, STATE-41)."""

from __future__ import annotations

from typing import Any

from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from .mock import MESSAGES, SEND, Answer, Chunks, Mock, event, is_a, json_of, plain
from .mutant import Section, subtle

mutant = Section("turns")
_APPROVAL = "send_conversation_message/approval"
_USAGE = "send_conversation_message/usage-adds-up"
_CALLS = ("tool_call_message", "approval_request_message")


@mutant("approval-end-turn", "A turn that waits for approval ends with end_turn.", "MSG-16", _APPROVAL)
def _(mock: Mock) -> None:
    mock.events(lambda chunk: chunk.replace(b'"requires_approval"', b'"end_turn"'))


@mutant("approval-no-call", "An approval_request_message has no tool_call.", "MSG-8", _APPROVAL)
def _(mock: Mock) -> None:
    def changed(chunk: bytes) -> bytes:
        value = json_of(chunk)
        if value and is_a(chunk, "approval_request_message"):
            value.pop("tool_call")
            return event(value)
        return chunk

    mock.events(changed)


@mutant("approval-arguments", "The arguments of a tool call are an object.", "MSG-18", _APPROVAL)
def _(mock: Mock) -> None:
    def changed(chunk: bytes) -> bytes:
        value = json_of(chunk)
        if value and is_a(chunk, "approval_request_message"):
            return event({**value, "tool_call": {**value["tool_call"], "arguments": {"city": "Lisbon"}}})
        return chunk

    mock.events(changed)


@mutant("approval-refused", "What a client's tool returned is refused.", "BODY-13", _APPROVAL)
def _(mock: Mock) -> None:
    _returned(mock, Reply.json({"detail": [{"loc": ["body", "messages"], "msg": "?", "type": "?"}]}, 422))


@mutant("approval-500", "send falls over what a client's tool returned.", "BODY-13", _APPROVAL)
def _(mock: Mock) -> None:
    _returned(mock, plain(500, "KeyError"))


def _returned(mock: Mock, answer: Reply) -> None:
    async def send(handler: Handler, request: Request) -> Answer:
        sent = request.field("messages", [])
        if any(message.get("type") == "approval" and message.get("approvals") for message in sent):
            return answer
        return await handler(request)

    mock.around(SEND, send)


@mutant("approval-goes-on", "A turn does not stop at a client's tool.", "MSG-9", _APPROVAL)
def _(mock: Mock) -> None:
    mock.events(
        lambda chunk: chunk.replace(b"approval_request_message", b"tool_call_message").replace(
            b"requires_approval", b"end_turn"
        )
    )


@mutant("approval-end-turn-json", "As JSON, a turn that waits for approval ends with end_turn.", "MSG-16", _APPROVAL)
def _(mock: Mock) -> None:
    mock.values(SEND, lambda value, _: {**value, "stop_reason": {**value["stop_reason"], "stop_reason": "end_turn"}})


@subtle("return-in-parts", "A tool's return that came in parts is shown in parts.", "MSG-10", _APPROVAL)
def _(mock: Mock) -> None:
    def shown(value: dict[str, Any]) -> dict[str, Any]:
        if value["message_type"] == "tool_return_message" and value["tool_return"] == "22 degrees":
            return {**value, "tool_return": [{"type": "text", "text": value["tool_return"]}]}
        return value

    def changed(chunk: bytes) -> bytes:
        value = json_of(chunk)
        return chunk if value is None else event(shown(value))

    mock.values(MESSAGES, lambda rows, _: [shown(row) for row in rows])
    mock.events(changed)


@subtle("listed-arguments", "In lists, the arguments of a tool call are an object.", "MSG-18", _APPROVAL)
def _(mock: Mock) -> None:
    def shown(row: dict[str, Any]) -> dict[str, Any]:
        if row["message_type"] not in _CALLS:
            return row
        return {**row, "tool_call": {**row["tool_call"], "arguments": {"city": "Lisbon"}}}

    mock.values(MESSAGES, lambda rows, _: [shown(row) for row in rows])


@subtle("stop-each-step", "Each step of a turn has a stop_reason.", "SSE-4", _USAGE)
def _(mock: Mock) -> None:
    stop = event({"message_type": "stop_reason", "stop_reason": "end_turn"})
    mock.events(lambda chunk: chunk + stop if is_a(chunk, "tool_return_message") else chunk)


@subtle("tokens-one-step", "total_tokens counts one step of several.", "STATE-41", _USAGE)
def _(mock: Mock) -> None:
    def counted(usage: dict[str, Any]) -> dict[str, Any]:
        return usage if usage["step_count"] < 2 else {**usage, "total_tokens": usage["prompt_tokens"]}

    mock.values(SEND, lambda value, _: {**value, "usage": counted(value["usage"])})


@subtle("tokens-one-step-streamed", "In a stream, total_tokens counts one step of several.", "STATE-41", _USAGE)
def _(mock: Mock) -> None:
    async def changed(chunks: Chunks) -> Chunks:
        async for chunk in chunks:
            value = json_of(chunk)
            if value and is_a(chunk, "usage_statistics") and value["step_count"] > 1:
                yield event({**value, "total_tokens": value["prompt_tokens"]})
            else:
                yield chunk

    mock.streams(changed)
