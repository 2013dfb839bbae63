"""What the mutants of replies have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from letta_contract.mock_server.reply import Reply
from starlette.types import Scope

from ..mock import CREATE, DELETE, FORK, LIST, MESSAGES, RETRIEVE, SEND, UPDATE, Mock
from ..mutant import Section

mutant = Section("replies")
CASES = {
    CREATE: "create_conversation/body-is-optional",
    LIST: "list_conversations/default-page",
    MESSAGES: "list_conversation_messages/conversation-id-known",
    SEND: "send_conversation_message/streaming-picks-the-media-type",
    **{id_: f"{id_}/conversation-id-known" for id_ in (RETRIEVE, UPDATE, FORK, DELETE)},
}


def shape(operation_id: str, slug: str, what: str, rule: str, change: Callable[[Any], Any]) -> None:
    """Answer another JSON value."""

    @mutant(f"{slug}-{operation_id}", f"{operation_id} answers {what}.", rule, CASES[operation_id])
    def _(mock: Mock) -> None:
        mock.values(operation_id, lambda value, _: change(value))


def replies(operation_id: str, slug: str, what: str, rule: str, change: Callable[[Reply], Reply | None]) -> None:
    """Answer another reply."""

    @mutant(f"{slug}-{operation_id}", f"{operation_id} answers {what}.", rule, CASES[operation_id])
    def _(mock: Mock) -> None:
        mock.replies(operation_id, change)


def mine(scope: Scope, method: str, ending: str) -> bool:
    """Whether a request has this method, and a path with this ending."""
    return bool(scope["method"] == method and scope["path"].endswith(ending))
