"""A 422 that is not as documented, or names what is not wrong (ERR-1 to ERR-3, ERR-6, ORDER-4, STATE-48)."""

from __future__ import annotations

import json
from typing import Any

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply

from ..mock import COMPACT, CREATE, EVERY, LIST, MESSAGES, SEND, UPDATE, Mock, plain
from ..mutant import subtle
from .section import TRACEBACK, Change, body, entries, mutant

_INVALID: tuple[tuple[str, str, str, Change], ...] = (
    ("string", "has a detail that is a string", "ERR-2", body({"detail": "Invalid request"})),
    ("no-detail", "has no detail", "ERR-2", body({"message": "Invalid request"})),
    ("empty", "has no entry", "ERR-2", body({"detail": []})),
    ("no-loc", "has no loc", "ERR-2", entries(lambda entry: entry.pop("loc"))),
    ("no-msg", "has no msg", "ERR-2", entries(lambda entry: entry.pop("msg"))),
    ("no-type", "has no type", "ERR-2", entries(lambda entry: entry.pop("type"))),
    ("loc-text", "has a loc that is a string", "ERR-2", entries(lambda entry: entry.update(loc=".".join(map(str, entry["loc"]))))),
    ("elsewhere", "names another place", "ERR-3", entries(lambda entry: entry.update(loc=["query", "limit"]))),
    ("html", "is HTML", "ERR-1", lambda reply: plain(reply.status, "<h1>422</h1>", "text/html")),
    ("one", "has one entry and no list of them", "ERR-2", body({"detail": {"loc": ["path"], "msg": "no", "type": "no"}})),
    ("wrong-type", "has a msg that is null", "ERR-2", entries(lambda entry: entry.update(msg=None))),
    ("strings", "lists strings", "ERR-2", body({"detail": ["Invalid request"]})),
    ("objects-in-loc", "has objects in loc", "ERR-2", entries(lambda entry: entry.update(loc=[{"at": entry["loc"]}]))),
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
    mock.replies(UPDATE, entries(lambda entry: entry.update(loc=["body", "no_such_field"])), 422)


@mutant("loc-without-place", "create leaves `body` out of loc.", "ERR-3", "create_conversation/body-values")
def _(mock: Mock) -> None:
    mock.replies(CREATE, entries(lambda entry: entry.update(loc=entry["loc"][1:] or ["summary"])), 422)


@mutant("query-as-body", "list blames the body for its query.", "ERR-3", "list_conversations/query-values")
def _(mock: Mock) -> None:
    mock.replies(LIST, entries(lambda entry: entry.update(loc=["body", *entry["loc"][1:]])), 422)


@mutant("422-is-400", "update answers 400 for what is invalid.", "ORDER-4", "update_conversation/body-values")
def _(mock: Mock) -> None:
    mock.replies(UPDATE, lambda reply: Refusal(400, "Bad request.").reply, 422)


def _malformed(slug: str, what: str, rule: str, operation_id: str, body: Any) -> None:
    """Tell otherwise of what is no JSON."""

    @subtle(f"malformed-{slug}", what, rule, f"{operation_id}/validation-error-body")
    def _(mock: Mock) -> None:
        def changed(reply: Reply) -> Reply | None:
            entry = json.loads(reply.body)["detail"][0]
            return Reply.json(body, 422) if "json" in entry["type"] else None

        mock.replies(operation_id, changed, 422)


_malformed("text", "update tells of malformed JSON in a string.", "ERR-2", UPDATE, {"detail": "Malformed JSON"})
_malformed(
    "traceback",
    "send tells of malformed JSON by a traceback.",
    "ERR-6",
    SEND,
    {"detail": [{"loc": ["body"], "msg": TRACEBACK, "type": "json"}]},
)
_malformed("empty", "compact tells nothing of malformed JSON.", "ERR-2", COMPACT, {"detail": []})
_malformed("bare", "create tells of malformed JSON in an object of its own.", "ERR-2", CREATE, {"error": "malformed"})


@subtle("loc-shallow", "A 422 of update names nothing but the body.", "ERR-3", "update_conversation/body-values")
def _(mock: Mock) -> None:
    def shallow(reply: Reply) -> Reply:
        detail = [{**entry, "loc": entry["loc"][:1]} for entry in json.loads(reply.body)["detail"]]
        return Reply.json({"detail": detail}, 422)

    mock.replies(UPDATE, shallow, 422)


@subtle(
    "422-nested-500", "send falls over a fault deep in a message.", "STATE-48", "send_conversation_message/body-values"
)
def _(mock: Mock) -> None:
    mock.replies(
        SEND,
        lambda reply: (
            Reply.json({"detail": "TypeError"}, 500)
            if max(len(entry["loc"]) for entry in json.loads(reply.body)["detail"]) > 4
            else None
        ),
        422,
    )
