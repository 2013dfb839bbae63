"""What an identifier names: nothing, a conversation, or an agent (ID-8, ID-9, ID-13 to ID-15, TOL-11)."""

from __future__ import annotations

from collections.abc import Callable

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request
from starlette.types import Scope

from ..mock import (
    CANCEL,
    COMPACT,
    CONVERSATION,
    DELETE,
    FORK,
    LOOSE,
    MESSAGES,
    ON_CONVERSATION,
    RECOMPILE,
    RETRIEVE,
    SEND,
    STREAM,
    STRICT,
    SUMMARIZE,
    UPDATE,
    WITH_ID,
    Answer,
    Mock,
    subject,
)
from .section import broken, mutant, stem, where


def _empty(operation_id: str, wrong: int) -> None:
    rule = "ID-9" if operation_id in STRICT else "ID-8"
    method = {RETRIEVE: "GET", MESSAGES: "GET", UPDATE: "PATCH", DELETE: "DELETE"}.get(operation_id, "POST")
    ending = {SEND: "messages", MESSAGES: "messages", STREAM: "stream"}.get(
        operation_id, operation_id.split("_", maxsplit=1)[0]
    )
    path = "/v1/conversations/" + ("" if operation_id in STRICT else f"/{ending}")
    path = "/v1/agents//summarize" if operation_id == SUMMARIZE else path

    @mutant(f"empty-{operation_id}", f"{operation_id} takes an empty id for one.", rule, f"{stem(operation_id)}-empty")
    def _(mock: Mock) -> None:
        def refused(scope: Scope) -> Reply | None:
            mine = scope["path"] == path and scope["method"] == method
            listing = operation_id == RETRIEVE and scope["query_string"]
            return Refusal(wrong, "What is this?").reply if mine and not listing else None

        mock.diverts(refused)


for _operation_id in WITH_ID:
    _empty(_operation_id, 404 if _operation_id in STRICT else 405 if _operation_id == SEND else 422)


def _forgets(operation_id: str) -> None:
    @mutant(f"known-{operation_id}", f"{operation_id} knows no new id.", "TOL-11", f"{stem(operation_id)}-known")
    def _(mock: Mock) -> None:
        async def known(handler: Handler, request: Request) -> Answer:
            id_ = subject(request)
            if id_.startswith("conv-") and id_ != CONVERSATION:
                if operation_id == STREAM:  # which may say 404 where no stream is kept
                    return broken()
                raise Refusal(404, "There is no such conversation.")
            return await handler(request)

        mock.around(operation_id, known)


for _operation_id in ON_CONVERSATION:
    _forgets(_operation_id)


def _no_agent(operation_id: str, slug: str, what: str, bad: Callable[[str], bool]) -> None:
    @mutant(f"{slug}-{operation_id}", f"{operation_id} {what}.", "ID-13", f"{stem(operation_id)}-agent")
    def _(mock: Mock) -> None:
        def refused() -> Reply:
            loc = ["path", "agent_id" if operation_id == SUMMARIZE else "conversation_id"]
            return Reply.json({"detail": [{"loc": loc, "msg": "not this", "type": "value_error"}]}, 422)

        where(mock, operation_id, bad, refused)


for _operation_id in (*LOOSE, SUMMARIZE):
    _no_agent(_operation_id, "no-agent", "refuses an agent's id", lambda id_: id_.startswith("agent-"))
for _operation_id in (FORK, SEND, COMPACT):
    _no_agent(_operation_id, "no-default", "refuses `default`", lambda id_: id_ == "default")


def _misplaced(operation_id: str) -> None:
    in_body = operation_id in (SEND, STREAM, RECOMPILE, COMPACT)
    rule, place = ("ID-15", "body") if in_body else ("ID-14", "query")

    @mutant(
        f"misplaced-{operation_id}",
        f"{operation_id} looks for agent_id elsewhere than in the {place}.",
        rule,
        f"{stem(operation_id)}-agent",
    )
    def _(mock: Mock) -> None:
        if in_body:
            mock.body(operation_id, agent_id=None)
        else:
            mock.query(operation_id, agent_id=None)


for _operation_id in (CANCEL, MESSAGES, RECOMPILE, SEND):
    _misplaced(_operation_id)
