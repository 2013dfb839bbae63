"""Errors whose body is not as documented (ERR-1 to ERR-6, STATUS-11)."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import cycle
from typing import Any
from urllib.parse import parse_qs

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from starlette.types import Receive, Scope

from .mock import (
    CANCEL,
    COMPACT,
    CREATE,
    EVERY,
    LIST,
    MESSAGES,
    RETRIEVE,
    SEND,
    UPDATE,
    WITH_ID,
    Answer,
    Answering,
    Mock,
    plain,
    segment,
)
from .mutant import Section

mutant = Section("errors")
Change = Callable[[Reply], Reply | None]
_TRACEBACK = 'Traceback (most recent call last):\n  File "/srv/letta/server.py", line 7, in get\nKeyError: id'


def _entries(change: Callable[[dict[str, Any]], Any]) -> Change:
    """Change each entry of a 422 body."""

    def changed(reply: Reply) -> Reply:
        detail = json.loads(reply.body)["detail"]
        for entry in detail:
            change(entry)
        return Reply.json({"detail": detail}, reply.status)

    return changed


def _body(value: Any) -> Change:
    return lambda reply: Reply.json(value, reply.status)


_INVALID: tuple[tuple[str, str, str, Change], ...] = (
    ("string", "has a detail that is a string", "ERR-2", _body({"detail": "Invalid request"})),
    ("no-detail", "has no detail", "ERR-2", _body({"message": "Invalid request"})),
    ("empty", "has no entry", "ERR-2", _body({"detail": []})),
    ("no-loc", "has no loc", "ERR-2", _entries(lambda entry: entry.pop("loc"))),
    ("no-msg", "has no msg", "ERR-2", _entries(lambda entry: entry.pop("msg"))),
    ("no-type", "has no type", "ERR-2", _entries(lambda entry: entry.pop("type"))),
    ("loc-text", "has a loc that is a string", "ERR-2", _entries(lambda entry: entry.update(loc=".".join(map(str, entry["loc"]))))),
    ("elsewhere", "names another place", "ERR-3", _entries(lambda entry: entry.update(loc=["query", "limit"]))),
    ("html", "is HTML", "ERR-1", lambda reply: plain(reply.status, "<h1>422</h1>", "text/html")),
    ("one", "has one entry and no list of them", "ERR-2", _body({"detail": {"loc": ["path"], "msg": "no", "type": "no"}})),
    ("wrong-type", "has a msg that is null", "ERR-2", _entries(lambda entry: entry.update(msg=None))),
    ("strings", "lists strings", "ERR-2", _body({"detail": ["Invalid request"]})),
    ("objects-in-loc", "has objects in loc", "ERR-2", _entries(lambda entry: entry.update(loc=[{"at": entry["loc"]}]))),
)  # fmt: skip


def _invalid(operation_id: str, slug: str, what: str, rule: str, change: Change) -> None:
    @mutant(
        f"422-{slug}-{operation_id}", f"A 422 of {operation_id} {what}.", rule, f"{operation_id}/validation-error-body"
    )
    def _(mock: Mock) -> None:
        mock.replies(operation_id, change, 422)


for _operation_id, _kind in zip(EVERY, _INVALID, strict=True):
    _invalid(_operation_id, *_kind)
_invalid(CREATE, *_INVALID[6])
_invalid(LIST, *_INVALID[0])


def _partly(operation_id: str, place: str) -> None:
    @mutant(
        f"422-{place}-{operation_id}",
        f"{operation_id} tells of a faulty {place} in a string.",
        "ERR-2",
        f"{operation_id}/validation-error-body",
    )
    def _(mock: Mock) -> None:
        def changed(reply: Reply) -> Reply | None:
            entry = json.loads(reply.body)["detail"][0]
            return Reply.json({"detail": entry["msg"]}, 422) if entry["loc"][0] == place else None

        mock.replies(operation_id, changed, 422)


for _operation_id, _place in ((UPDATE, "body"), (SEND, "body"), (MESSAGES, "query"), (LIST, "query"), (CREATE, "body")):
    _partly(_operation_id, _place)


@mutant("loc-of-another-field", "update blames another field.", "ERR-3", "update_conversation/body-values")
def _(mock: Mock) -> None:
    mock.replies(UPDATE, _entries(lambda entry: entry.update(loc=["body", "no_such_field"])), 422)


@mutant("loc-without-place", "create leaves `body` out of loc.", "ERR-3", "create_conversation/body-values")
def _(mock: Mock) -> None:
    mock.replies(CREATE, _entries(lambda entry: entry.update(loc=entry["loc"][1:] or ["summary"])), 422)


@mutant("query-as-body", "list blames the body for its query.", "ERR-3", "list_conversations/query-values")
def _(mock: Mock) -> None:
    mock.replies(LIST, _entries(lambda entry: entry.update(loc=["body", *entry["loc"][1:]])), 422)


_UNKNOWN: tuple[tuple[str, str, str, Change], ...] = (
    ("no-detail", "has no detail", "ERR-4", _body({"message": "Not Found"})),
    ("null", "has a detail that is null", "ERR-4", _body({"detail": None})),
    ("list", "has a detail that is a list", "ERR-4", _body({"detail": ["Not Found"]})),
    ("html", "is HTML", "ERR-1", lambda reply: plain(reply.status, "<h1>404</h1>", "text/html")),
    ("text", "is plain text", "ERR-1", lambda reply: plain(reply.status, "Not Found")),
    ("empty", "is empty", "ERR-4", lambda reply: Reply(reply.status, b"")),
    ("string", "is a string", "ERR-4", _body("Not Found")),
    ("traceback", "shows a traceback", "ERR-6", _body({"detail": _TRACEBACK})),
    ("object", "has a detail that is an object", "ERR-4", _body({"detail": {"code": 404}})),
    ("broken", "is no JSON", "ERR-1", lambda reply: plain(404, "{'detail': 'Not Found'}", "application/json")),
    ("path", "shows a file of the server", "ERR-6", _body({"detail": "KeyError in /opt/letta/server/rest_api.py:112"})),
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
    mock.replies(CANCEL, _body({"error": 409}), 409)


@mutant(
    "conflict-traceback", "A 400 of compact shows a traceback.", "ERR-6", "compact_conversation/conversation-id-known"
)
def _(mock: Mock) -> None:
    mock.replies(COMPACT, _body({"detail": _TRACEBACK}), 400)


@mutant(
    "404-is-410",
    "messages answers 410 for what it does not know.",
    "STATUS-1",
    "list_conversation_messages/conversation-id-length",
)
def _(mock: Mock) -> None:
    mock.replies(MESSAGES, lambda reply: Refusal(410, "Gone.").reply, 404)


@mutant("422-is-400", "update answers 400 for what is invalid.", "ORDER-4", "update_conversation/body-values")
def _(mock: Mock) -> None:
    mock.replies(UPDATE, lambda reply: Refusal(400, "Bad request.").reply, 422)


@mutant(
    "error-as-200",
    "retrieve answers 200 with an error in it.",
    "ORDER-5",
    "retrieve_conversation/conversation-id-length",
)
def _(mock: Mock) -> None:
    mock.replies(RETRIEVE, lambda reply: Reply(200, reply.body), 404)


# -- the order of judgement -------------------------------------------------------------------------------------------


def _late(operation_id: str, place: str, case: str) -> None:
    """Look up the id before the query or the body is judged."""

    @mutant(
        f"look-up-before-{place}-{operation_id}",
        f"{operation_id} looks its id up before it judges the {place}.",
        "ORDER-4",
        f"{operation_id}/{case}",
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


for _operation_id in (SEND, COMPACT, "recompile_conversation", "retrieve_conversation_stream", "summarize_messages"):
    _late(_operation_id, "body", "body-values")
_late("recompile_conversation", "query", "query-values")
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
