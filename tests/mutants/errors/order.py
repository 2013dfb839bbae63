"""What is judged before what comes first (ORDER-4)."""

from __future__ import annotations

from urllib.parse import parse_qs

from letta_contract.mock_server.refusal import Refusal
from starlette.types import Receive, Scope

from ..mock import (
    COMPACT,
    CREATE,
    LIST,
    MESSAGES,
    RECOMPILE,
    SEND,
    STREAM,
    SUMMARIZE,
    UPDATE,
    Answer,
    Answering,
    Mock,
    segment,
)
from .section import mutant


def _late(operation_id: str, place: str, *cases: str) -> None:
    """Look up the id before the query or the body is judged."""

    @mutant(
        f"look-up-before-{place}-{operation_id}",
        f"{operation_id} looks its id up before it judges the {place}.",
        "ORDER-4",
        *(f"{operation_id}/{case}" for case in cases),
    )
    def _(mock: Mock) -> None:
        async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
            try:
                return await answering(scope, receive)
            except Refusal as refusal:
                in_path = any(entry["loc"][0] == "path" for entry in getattr(refusal, "violations", ()))
                if refusal.status == 422 and not in_path and not await mock.exists(segment(scope)):
                    raise Refusal(404, "There is no such conversation.") from None
                raise

        mock.judged(operation_id, judged)


for _operation_id in (SEND, COMPACT, RECOMPILE, STREAM):
    _late(_operation_id, "body", "body-values", "order-of-judgement")
_late(SUMMARIZE, "body", "body-values")
_late(RECOMPILE, "query", "query-values")
_late(UPDATE, "body", "order-of-judgement")
_late(MESSAGES, "query", "order-of-judgement")


@mutant(
    "agent-before-body",
    "create looks its agent up before it judges the body.",
    "ORDER-4",
    "create_conversation/body-values",
)
def _(mock: Mock) -> None:
    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        for agent_id in parse_qs(scope["query_string"].decode()).get("agent_id", ()):
            if not await mock.exists(agent_id):
                raise Refusal(404, "There is no such agent.")
        return await answering(scope, receive)

    mock.judged(CREATE, judged)


@mutant(
    "cursor-before-query",
    "list looks its cursor up before it judges the rest of the query.",
    "ORDER-4",
    "list_conversations/order-of-judgement",
)
def _(mock: Mock) -> None:
    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        for after in parse_qs(scope["query_string"].decode()).get("after", ()):
            if not await mock.exists(after):
                raise Refusal(404, "There is no such cursor.")
        return await answering(scope, receive)

    mock.judged(LIST, judged)
