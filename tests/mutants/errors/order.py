"""What is judged before what comes first (ORDER-4)."""

from __future__ import annotations

from urllib.parse import parse_qs

from letta_contract.mock_server.refusal import Invalid, Refusal
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


def _named_first(slug: str, what: str, operation_id: str, name: str, case: str) -> None:
    """Look up what a query names before the rest of the request is judged."""

    @mutant(slug, what, "ORDER-4", f"{operation_id}/{case}")
    def _(mock: Mock) -> None:
        async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
            for id_ in parse_qs(scope["query_string"].decode()).get(name, ()):
                if not await mock.exists(id_):
                    raise Refusal(404, "There is no such thing.")
            return await answering(scope, receive)

        mock.judged(operation_id, judged)


_named_first(
    "agent-before-body", "create looks its agent up before it judges the body.", CREATE, "agent_id", "body-values"
)
_named_first(
    *("cursor-before-query", "list looks its cursor up before it judges the rest of the query.", LIST, "after"),
    "order-of-judgement",
)


@mutant(
    "state-before-body",
    "compact refuses a short conversation before it judges the body.",
    "ORDER-4",
    "compact_conversation/order-of-judgement",
)
def _(mock: Mock) -> None:
    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        try:
            return await answering(scope, receive)
        except Invalid as invalid:
            in_path = any(entry["loc"][0] == "path" for entry in invalid.violations)
            if not in_path and await mock.exists(segment(scope)):
                raise Refusal(400, "There is nothing to compact.") from None
            raise

    mock.judged(COMPACT, judged)
