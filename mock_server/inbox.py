"""What a client sends to an agent, as messages of the conversation."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from .record import Conversation, Row, StoredMessage
from .refusal import Refusal
from .request import Request
from .world import World

Json = dict[str, Any]


@dataclass(slots=True)
class Inbox:
    """One request to send: what is said, and what is decided about the calls that wait."""

    said: list[Json] = field(default_factory=list)
    """MessageCreate objects."""
    decided: list[Json] = field(default_factory=list)
    """Approval objects, each with its `type`."""
    approvals: list[Json] = field(default_factory=list)
    """The ApprovalCreate and ToolReturnCreate objects that they came in."""

    @property
    def text(self) -> str:
        """What the user said last."""
        return next((text_of(message["content"]) for message in reversed(self.said) if message["role"] == "user"), "")

    @property
    def otids(self) -> list[str]:
        """The ids that the client gave to its messages."""
        return [sent["otid"] for sent in (*self.said, *self.approvals) if sent.get("otid")]


def opened(request: Request, waiting: list[Json]) -> Inbox:
    """Sort what was sent; `waiting` holds the tool calls that wait for approval. Raises Refusal.

    What only approves or returns fits calls that wait; anything else has to wait itself.
    """
    inbox = Inbox()
    content = request.field("input")
    sent = request.field("messages", []) if content is None else [{"role": "user", "content": content}]
    for message in sent:
        if "role" in message:
            inbox.said.append(message)
        else:
            inbox.approvals.append(message)
            inbox.decided += _decisions(message, waiting)
    known = {call["tool_call_id"] for call in waiting}
    decided = {decision["tool_call_id"] for decision in inbox.decided}
    if inbox.approvals and not waiting:
        raise Refusal(400, "No tool call waits for approval. Send an ordinary message instead.")
    if decided - known:
        raise Refusal(400, f"No such tool call waits for approval. These do: {', '.join(sorted(known))}.")
    if known - decided:
        raise Refusal(409, f"Tool calls wait: {', '.join(sorted(known - decided))}. Approve or deny each of them.")
    return inbox


def _decisions(message: Json, waiting: list[Json]) -> list[Json]:
    if "tool_returns" in message:
        return [{"type": "tool", **returned} for returned in message["tool_returns"]]
    if message.get("approvals"):
        return list(message["approvals"])
    if message.get("approve") is None:
        return []
    verdict = {"type": "approval", "approve": message["approve"], "reason": message.get("reason")}
    return [{**verdict, "tool_call_id": call["tool_call_id"]} for call in waiting]


def waiting_calls(world: World, conversation: Conversation) -> list[Json]:
    """The tool calls that wait for approval: those of an approval request that nothing has followed."""
    last = world.store.message(conversation.id, conversation.in_context[-1]) if conversation.in_context else None
    rows: list[Row] = last.rows if last else []
    return [call for row in rows if row["message_type"] == "approval_request_message" for call in row["tool_calls"]]


def said_message(world: World, sent: Json) -> StoredMessage:
    """A message that was sent, as the conversation keeps it."""
    content = sent["content"]
    if sent["role"] == "user":
        content = content if isinstance(content, str) else [_visible(part) for part in content]
    elif sent["role"] == "assistant" and not isinstance(content, str):
        content = [{"type": "text", "text": text_of([part])} for part in content]
    else:
        content = text_of(content)
    message = StoredMessage(world.new_id("message"), [], sent.get("group_id"))
    kept = {name: sent.get(name) for name in ("name", "otid", "sender_id")}
    message.rows = [world.row(message.id, f"{sent['role']}_message", content=content) | kept]
    return message


def approval_message(world: World, sent: Json, decided: list[Json]) -> StoredMessage:
    """Decisions that were sent, as the conversation keeps them."""
    message = StoredMessage(world.new_id("message"), [], sent.get("group_id"))
    fields = {name: sent.get(name) for name in ("approve", "approval_request_id", "reason")}
    row = world.row(message.id, "approval_response_message", approvals=decided, **fields)
    message.rows = [row | {"otid": sent.get("otid")}]
    return message


def text_of(content: str | list[Json]) -> str:
    """All text in a content; what is no text speaks for itself as JSON, and images say nothing."""
    if isinstance(content, str):
        return content
    return "".join(_text_of_part(part) for part in content)


def _text_of_part(part: Json) -> str:
    if part["type"] == "image":
        return ""
    return part["text"] if part["type"] == "text" else json.dumps(part, ensure_ascii=False)


def _visible(part: Json) -> Json:
    """A part as a user's message may show it: text and images only (MSG)."""
    return part if part["type"] in ("text", "image") else {"type": "text", "text": _text_of_part(part)}
