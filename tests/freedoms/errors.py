"""Errors: other words, other shapes, and other statuses where the contract has several (ERR-2 to ERR-5, STATUS-12 to STATUS-15)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from letta_contract.mock_server.refusal import Invalid, Refusal
from starlette.types import Receive, Scope

from tests.mutants.mock import EVERY, Answer, Answering, Mock, again, read

from .freedom import Theme
from .wire import Whole, answers, bodies

freedom = Theme("errors")
Entry = dict[str, Any]


def _entries(slug: str, what: str, rule: str, change: Callable[[list[Entry]], list[Entry]]) -> None:
    """Answer a 422 with other entries."""

    @freedom(slug, what, rule)
    def _(mock: Mock) -> None:
        bodies(mock, lambda value, whole: {"detail": change(value["detail"])} if whole.status == 422 else value)


def _placed(change: Callable[[list[Any]], list[Any]]) -> Callable[[list[Entry]], list[Entry]]:
    return lambda entries: [{**entry, "loc": change(entry["loc"])} for entry in entries]


_entries("first-only", "A 422 names the first violation only.", "ERR-5", lambda entries: entries[:1])
_entries("last-only", "A 422 names one violation only, which need not be the first.", "ERR-5", lambda entries: entries[-1:])  # fmt: skip
_entries(
    "variants",
    "A loc names the variants of unions that were tried.",
    "TOL-17",
    _placed(lambda loc: [loc[0], *(step for name in loc[1:] for step in (name, f"function-after[{name}]"))]),
)
_entries("parents", "A loc ends at the object that holds the culprit.", "TOL-17", _placed(lambda loc: loc[:-1] if len(loc) > 2 else loc))  # fmt: skip
_entries(
    "more-entries",
    "A 422 has entries about other variants beside.",
    "TOL-17",
    lambda entries: [
        {"loc": ["body", "none.required"], "msg": "Input should be None", "type": "none_required"},
        *entries,
    ],
)
_entries(
    "more-of-entries",
    "The entries of a 422 tell more, of any type.",
    "DOC-4",
    lambda entries: [{**entry, "input": None, "ctx": {"error": {}}, "url": "https://example.com"} for entry in entries],
)
_entries("no-words", "Messages of a 422 are empty.", "ERR-2", lambda entries: [{**entry, "msg": ""} for entry in entries])  # fmt: skip


@freedom("position", "Malformed JSON is told without its position.", "ERR-3")
def _(mock: Mock) -> None:
    def changed(value: Any, whole: Whole) -> Any:
        if whole.status == 422:
            for entry in value["detail"]:
                if entry["type"] == "json_invalid":
                    entry["loc"] = entry["loc"][:1]
        return value

    bodies(mock, changed)


def _failures(slug: str, what: str, write: Callable[[Entry], Any]) -> None:
    @freedom(slug, what, "ERR-4")
    def _(mock: Mock) -> None:
        def changed(value: Any, whole: Whole) -> Any:
            return write(value["error"]) if whole.status >= 400 and "error" in value else value

        bodies(mock, changed)


_failures("reasons", "A failed model is told as an error with reasons.", lambda error: {"error": error["type"], "reasons": [error["message"]]})  # fmt: skip
_failures("plain-failures", "A failed model is told as any error is.", lambda error: {"detail": error["message"]})
_failures("short-failures", "A failed model is told without details.", lambda error: {"error": {**error, "detail": None}})  # fmt: skip


@freedom("empty-details", "Errors have no words.", "ERR-4")
def _(mock: Mock) -> None:
    bodies(mock, lambda value, whole: {"detail": ""} if whole.status in (400, 401, 404, 405, 409) else value)


@freedom("challenges", "A 401 says how to authenticate.", "LEVEL-11", token="a-good-token")
def _(mock: Mock) -> None:
    def changed(whole: Whole) -> None:
        if whole.status == 401:
            whole.put(b"www-authenticate", b'Bearer realm="letta", error="invalid_token"')

    answers(mock, changed)


@freedom("token-first", "Unknown paths and methods are 401 without a token.", "ORDER-2", token="a-good-token")
def _(mock: Mock) -> None:
    def changed(whole: Whole) -> None:
        given = dict(whole.scope["headers"]).get(b"authorization")
        if whole.status in (404, 405) and given != b"Bearer a-good-token":
            whole.status, whole.body = 401, b'{"detail":"Who are you?"}'

    answers(mock, changed)


def _bodily(mock: Mock, judge: Callable[[bytes, bytes | None], Refusal | None]) -> None:
    """Refuse some bodies before anything else is judged of a request."""

    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        body = await read(receive)
        refusal = judge(body, dict(scope["headers"]).get(b"content-type"))
        if refusal is not None:
            raise refusal
        return await answering(scope, again(body, receive))

    mock.judged(EVERY, judged)


def _not_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return True
    return False


def _deep(body: bytes) -> bool:
    try:
        return _depth(json.loads(body)) > 50
    except ValueError:
        return False
    except RecursionError:
        return True


def _depth(value: Any) -> int:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if below is None else 1 + max(map(_depth, below), default=0)


_BAD = Refusal(400, "There was an error parsing the body")


@freedom("undecodable", "A body that is not UTF-8 is 400.", "STATUS-12")
def _(mock: Mock) -> None:
    _bodily(mock, lambda body, media: _BAD if _is_json(media) and _not_text(body) else None)


@freedom("too-deep", "A body that is nested deeper than 50 is 400.", "STATUS-12")
def _(mock: Mock) -> None:
    _bodily(mock, lambda body, media: _BAD if _is_json(media) and not _not_text(body) and _deep(body) else None)


def _is_json(media: bytes | None) -> bool:
    return media is None or media.split(b";")[0].strip().lower() == b"application/json"


@freedom("415", "A body of another media type is 415.", "TOL-16")
def _(mock: Mock) -> None:
    unread = Refusal(415, "Send application/json.")
    _bodily(mock, lambda body, media: unread if body and not _is_json(media) else None)


@freedom("untyped", "A body without a media type is 422.", "STATUS-15")
def _(mock: Mock) -> None:
    unread = Invalid([{"loc": ["body"], "msg": "Input should be a valid dictionary", "type": "model_type"}])
    _bodily(mock, lambda body, media: unread if body and media is None else None)
