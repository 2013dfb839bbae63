"""What was deleted, and is not gone; what goes with it (STATE-19, STATE-20, STATE-48, OP-5)."""

from __future__ import annotations

from typing import Any

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from ..mock import (
    AGENT,
    COMPACT,
    CONVERSATION,
    DELETE,
    FORK,
    LIST,
    MESSAGES,
    RECOMPILE,
    RETRIEVE,
    SEND,
    UPDATE,
    Answer,
    Mock,
    subject,
    touched,
)
from ..mutant import Section, subtle

mutant = Section("lifecycle")


@mutant("delete-204", "delete answers 204.", "OP-5", "delete_conversation/conversation-id-known")
def _(mock: Mock) -> None:
    mock.replies(DELETE, lambda _: Reply(204, b""))


@mutant(
    "delete-not",
    "delete deletes nothing.",
    "STATE-19",
    "retrieve_conversation/gone-after-delete",
    "delete_conversation/gone-after-delete",
    "list_conversations/leaves-out-deleted",
)
def _(mock: Mock) -> None:
    async def delete(_handler: Handler, request: Request) -> Answer:
        await mock.ask(RETRIEVE, subject(request))
        return Reply.json(None)

    mock.around(DELETE, delete)


def _survives(operation_id: str, answer: Any) -> None:
    @mutant(
        f"{operation_id}-after-delete",
        f"{operation_id} works on what was deleted.",
        "STATE-19",
        f"{operation_id}/gone-after-delete",
    )
    def _(mock: Mock) -> None:
        deleted = touched(mock, DELETE)

        async def survives(handler: Handler, request: Request) -> Answer:
            id_ = subject(request)
            if id_ not in deleted or await mock.exists(id_):
                return await handler(request)
            return Reply.json(answer if not callable(answer) else answer(id_))

        mock.around(operation_id, survives)


def _shown(id_: str) -> dict[str, Any]:
    return {"id": id_, "agent_id": AGENT}


_survives(RETRIEVE, _shown)
_survives(UPDATE, _shown)
_survives(DELETE, None)
_survives(FORK, _shown)
_survives(MESSAGES, [])
_survives(RECOMPILE, "You are an agent.")
_survives(COMPACT, {"summary": "Nothing.", "num_messages_before": 1, "num_messages_after": 1})
_survives(
    SEND,
    {
        "messages": [],
        "stop_reason": {"message_type": "stop_reason", "stop_reason": "end_turn"},
        "usage": {"message_type": "usage_statistics"},
    },
)


def _wrong_after(operation_id: str, status: int) -> None:
    @mutant(
        f"{operation_id}-{status}-after-delete",
        f"{operation_id} is {status} on what was deleted.",
        "STATE-19",
        f"{operation_id}/gone-after-delete",
    )
    def _(mock: Mock) -> None:
        deleted = touched(mock, DELETE)

        async def wrong(handler: Handler, request: Request) -> Answer:
            try:
                return await handler(request)
            except Refusal:
                if subject(request) in deleted:
                    raise Refusal(status, "It is gone.") from None
                raise

        mock.around(operation_id, wrong)


_wrong_after(SEND, 500)
_wrong_after(RETRIEVE, 410)
_wrong_after(COMPACT, 400)
_wrong_after(DELETE, 409)


def _deleted(mock: Mock, **fields: Any) -> list[Any]:
    """What was deleted, as it was shown, but for these fields; as it fills."""
    found: list[Any] = []

    async def delete(handler: Handler, request: Request) -> Answer:
        shown = await mock.ask(RETRIEVE, subject(request))
        answer = await handler(request)
        found.append({**shown, **fields})
        return answer

    mock.around(DELETE, delete)
    return found


@mutant(
    "deleted-listed",
    "Lists go on showing what was deleted.",
    "STATE-20",
    "list_conversations/leaves-out-deleted",
)
def _(mock: Mock) -> None:
    deleted = _deleted(mock)
    mock.values(LIST, lambda items, _: [*deleted, *items])


@mutant(
    "deleted-archived", "What was deleted shows in lists of all.", "STATE-20", "list_conversations/leaves-out-deleted"
)
def _(mock: Mock) -> None:
    deleted = _deleted(mock, archived=True)
    mock.values(
        LIST, lambda items, request: [*items, *deleted] if request.query.get("archive_status") == "all" else items
    )


@mutant(
    "delete-more", "delete takes the agent's newest one with it.", "STATE-19", "delete_conversation/leaves-others-alone"
)
def _(mock: Mock) -> None:
    async def delete(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        for item in (await mock.ask(LIST, agent_id=AGENT))[:1]:
            if item["id"] != CONVERSATION:
                await mock.ask(DELETE, item["id"])
        return answer

    mock.around(DELETE, delete)


@subtle(
    "spoken-undeletable",
    "What has messages cannot be deleted.",
    "STATE-48",
    "fork_conversation/has-the-sources-messages",
)
def _(mock: Mock) -> None:
    async def delete(handler: Handler, request: Request) -> Answer:
        rows = await mock.ask(MESSAGES, subject(request)) if await mock.exists(subject(request)) else []
        if any(row["message_type"] == "user_message" for row in rows):
            raise Refusal(500, "ForeignKeyViolation")
        return await handler(request)

    mock.around(DELETE, delete)
