"""Statuses that no operation has (STATUS-1, STATE-48)."""

from __future__ import annotations

from letta_contract.mock_server.reply import Reply
from starlette.types import Message, Scope

from ..mock import COMPACT, CREATE, DELETE, EVERY, FORK, LIST, RECOMPILE, RETRIEVE, SUMMARIZE, UPDATE, Mock
from .section import mine, mutant, replies

# -- of one operation -------------------------------------------------------------------------------------------------

replies(CREATE, "201", "201", "STATUS-1", lambda reply: Reply(201, reply.body))
replies(UPDATE, "204", "204", "STATUS-1", lambda _: Reply(204, b""))
replies(FORK, "202", "202", "STATUS-1", lambda reply: Reply(202, reply.body))
replies(LIST, "206", "206", "STATUS-1", lambda reply: Reply(206, reply.body))
replies(RETRIEVE, "304", "304", "STATUS-1", lambda _: Reply(304, b""))


@mutant("418-create", "Each answer of create is a 418.", "STATUS-1", "create_conversation/linked-sequences")
def _(mock: Mock) -> None:
    mock.replies(CREATE, lambda reply: Reply(418, reply.body), None)


@mutant("418-delete", "Each answer of delete is a 418.", "STATUS-1", "delete_conversation/linked-sequences")
def _(mock: Mock) -> None:
    mock.replies(DELETE, lambda reply: Reply(418, reply.body), None)


# -- of all -----------------------------------------------------------------------------------------------------------


@mutant(
    "all-201",
    "Each 200 is a 201.",
    "STATUS-1",
    *(f"{id_}/documented-examples" for id_ in EVERY if id_ not in (LIST, FORK)),
)
def _(mock: Mock) -> None:
    def changed(scope: Scope, message: Message) -> None:
        if message["status"] in (200, 409, 400):
            message["status"] = 201

    mock.heads(changed)


@mutant("all-418", "Each answer is a 418.", "STATUS-1", *(f"{id_}/generated-requests" for id_ in EVERY))
def _(mock: Mock) -> None:
    _unless_created(mock, 418)


_UNLINKED = (CREATE, DELETE, RECOMPILE, COMPACT, SUMMARIZE)


@mutant(
    "all-500",
    "Each answer but those of create is a 500 as text.",
    "STATE-48",
    *(f"{id_}/linked-sequences" for id_ in EVERY if id_ not in _UNLINKED),
)
def _(mock: Mock) -> None:
    _unless_created(mock, 500)


def _unless_created(mock: Mock, status: int) -> None:
    """Each answer but a created conversation, without which no case gets anywhere."""

    def changed(scope: Scope, message: Message) -> None:
        created = mine(scope, "POST", "/conversations/") and message["status"] == 200
        if not created:
            message["status"] = status

    mock.heads(changed)
