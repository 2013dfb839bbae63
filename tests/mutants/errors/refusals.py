"""A 404, a 409 or a 400 that is not as documented (ERR-1, ERR-4, ERR-6, ORDER-5, STATUS-1)."""

from __future__ import annotations

from itertools import cycle

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from ..mock import (
    CANCEL,
    COMPACT,
    CREATE,
    DELETE,
    LIST,
    MESSAGES,
    RETRIEVE,
    SEND,
    WITH_ID,
    Answer,
    Mock,
    plain,
    subject,
    touched,
)
from .section import TRACEBACK, Change, body, mutant

_UNKNOWN: tuple[tuple[str, str, str, Change], ...] = (
    ("no-detail", "has no detail", "ERR-4", body({"message": "Not Found"})),
    ("null", "has a detail that is null", "ERR-4", body({"detail": None})),
    ("list", "has a detail that is a list", "ERR-4", body({"detail": ["Not Found"]})),
    ("html", "is HTML", "ERR-1", lambda reply: plain(reply.status, "<h1>404</h1>", "text/html")),
    ("text", "is plain text", "ERR-1", lambda reply: plain(reply.status, "Not Found")),
    ("empty", "is empty", "ERR-4", lambda reply: Reply(reply.status, b"")),
    ("string", "is a string", "ERR-4", body("Not Found")),
    ("traceback", "shows a traceback", "ERR-6", body({"detail": TRACEBACK})),
    ("object", "has a detail that is an object", "ERR-4", body({"detail": {"code": 404}})),
    ("broken", "is no JSON", "ERR-1", lambda reply: plain(404, "{'detail': 'Not Found'}", "application/json")),
    ("path", "shows a file of the server", "ERR-6", body({"detail": "KeyError in /opt/letta/server/rest_api.py:112"})),
)


def _unknown(operation_id: str, slug: str, what: str, rule: str, change: Change) -> None:
    @mutant(f"404-{slug}-{operation_id}", f"A 404 of {operation_id} {what}.", rule, f"{operation_id}/not-found-body")
    def _(mock: Mock) -> None:
        mock.replies(operation_id, change, 404)


for _operation_id, _sort in zip(WITH_ID, cycle(_UNKNOWN)):
    _unknown(_operation_id, *_sort)
_unknown(SEND, *_UNKNOWN[7])
_unknown(CREATE, *_UNKNOWN[0])


@mutant("no-content-type", "Errors of retrieve have no Content-Type.", "ERR-1", "retrieve_conversation/not-found-body")
def _(mock: Mock) -> None:
    def bare(reply: Reply) -> None:
        reply.headers = [header for header in reply.headers if header[0] != b"content-type"]

    mock.replies(RETRIEVE, bare, 404)


@mutant("cursor-text", "The 404 of an unknown cursor is text.", "ERR-1", "list_conversations/not-found-body")
def _(mock: Mock) -> None:
    mock.replies(LIST, lambda reply: plain(reply.status, "no such cursor"), 404)


@mutant("conflict-bare", "A 409 of cancel has no detail.", "ERR-4", "cancel_conversation/nothing-to-cancel")
def _(mock: Mock) -> None:
    mock.replies(CANCEL, body({"error": 409}), 409)


@mutant(
    "conflict-traceback", "A 400 of compact shows a traceback.", "ERR-6", "compact_conversation/conversation-id-known"
)
def _(mock: Mock) -> None:
    mock.replies(COMPACT, body({"detail": TRACEBACK}), 400)


@mutant(
    "deleted-traceback",
    "A 404 of what was deleted shows a traceback.",
    "ERR-6",
    "retrieve_conversation/gone-after-delete",
)
def _(mock: Mock) -> None:
    deleted = touched(mock, DELETE)

    async def retrieve(handler: Handler, request: Request) -> Answer:
        if subject(request) in deleted:
            return Reply.json({"detail": TRACEBACK}, 404)
        return await handler(request)

    mock.around(RETRIEVE, retrieve)


@mutant(
    "404-is-410",
    "messages answers 410 for what it does not know.",
    "STATUS-1",
    "list_conversation_messages/conversation-id-length",
)
def _(mock: Mock) -> None:
    mock.replies(MESSAGES, lambda reply: Refusal(410, "Gone.").reply, 404)


@mutant(
    "error-as-200",
    "retrieve answers 200 with an error in it.",
    "ORDER-5",
    "retrieve_conversation/conversation-id-length",
)
def _(mock: Mock) -> None:
    mock.replies(RETRIEVE, lambda reply: Reply(200, reply.body), 404)
