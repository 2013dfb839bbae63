"""What a server falls over: odd bodies, queries and headers (STATE-48, STATUS-12)."""

from __future__ import annotations

import re
from collections.abc import Callable

from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request
from starlette.types import Receive, Scope

from ..mock import (
    CANCEL,
    COMPACT,
    CREATE,
    EVERY,
    FORK,
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
    again,
    plain,
    read,
)
from .section import mutant


@mutant("deep-500", "update falls over deep nesting.", "STATUS-12", "update_conversation/body-form")
def _(mock: Mock) -> None:
    _crash(mock, UPDATE, lambda raw: raw.count(b"[") > 1000)


@mutant("bytes-500", "create falls over what is not UTF-8.", "STATUS-12", "create_conversation/body-form")
def _(mock: Mock) -> None:
    _crash(mock, CREATE, lambda raw: b"\xff" in raw)


_ODD: tuple[tuple[str, str, str, Callable[[bytes], bool]], ...] = (
    ("nul", "a NUL in a summary", UPDATE, lambda raw: b"\\u0000" in raw),
    (
        "surrogate",
        "half of a surrogate pair",
        UPDATE,
        lambda raw: b"\\ud8" in raw.lower() and b"\\udc" not in raw.lower(),
    ),
    (
        "huge",
        "a number beyond 64 bits",
        SEND,
        lambda raw: b"18446744073709551616" in raw or b"9223372036854775808" in raw,
    ),
    ("infinite", "1e400", SEND, lambda raw: b"1e400" in raw),
    ("far-date", "a date in the year 9999", UPDATE, lambda raw: b"9999-" in raw),
    ("first-date", "a date in the year 1", UPDATE, lambda raw: b'"0001-' in raw),
    ("long-text", "a summary of 100 000 characters", CREATE, lambda raw: len(raw) > 90_000),
    ("astral", "characters beyond U+FFFF", CREATE, lambda raw: b"\\ud83d" in raw.lower() or b"\xf0\x9f" in raw),
    ("quote", "a quote in a summary", CREATE, lambda raw: b"'" in raw),
    ("deep-value", "a json_schema of 60 levels", CREATE, lambda raw: raw.count(b"{") > 55),
    ("int32", "an integer beyond 32 bits", CREATE, lambda raw: b"2147483648" in raw),
    ("empty-text", "an empty summary", UPDATE, lambda raw: b'"summary": ""' in raw),
    ("negative", "a negative number of steps", SEND, lambda raw: b'"max_steps": -' in raw),
)


def _odd(slug: str, what: str, operation_id: str, odd: Callable[[bytes], bool]) -> None:
    @mutant(
        f"odd-{slug}-{operation_id}", f"{operation_id} falls over {what}.", "STATE-48", f"{operation_id}/nasty-values"
    )
    def _(mock: Mock) -> None:
        _crash(mock, operation_id, odd)


for _kind in _ODD:
    _odd(*_kind)


for _operation_id in (STREAM, RECOMPILE, COMPACT, SUMMARIZE):
    _odd("nul", "a NUL", _operation_id, lambda raw: b"\\u0000" in raw)


def _odd_query(operation_id: str) -> None:
    @mutant(
        f"odd-query-{operation_id}",
        f"{operation_id} falls over a NUL in its query.",
        "STATE-48",
        f"{operation_id}/nasty-values",
    )
    def _(mock: Mock) -> None:
        mock.early(operation_id, lambda scope: plain(500, "DataError") if b"%00" in scope["query_string"] else None)


for _operation_id in (LIST, FORK, MESSAGES, CANCEL):
    _odd_query(_operation_id)


@mutant(
    "accept-500",
    "The server falls over an Accept that it does not know.",
    "STATE-48",
    *(f"{id_}/accept-header" for id_ in EVERY),
)
def _(mock: Mock) -> None:
    def unknown(scope: Scope) -> Reply | None:
        accept = next((value for name, value in scope["headers"] if name == b"accept"), b"*/*")
        known = any(kind in accept for kind in (b"*/*", b"json", b"event-stream"))
        return None if known else plain(500, "Internal Server Error")

    mock.diverts(unknown)


def _crash(mock: Mock, operation_id: str, odd: Callable[[bytes], bool]) -> None:
    """Fall over a body that `odd` knows."""

    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        body = await read(receive)
        return plain(500, "Internal Server Error") if odd(body) else await answering(scope, again(body, receive))

    mock.judged(operation_id, judged)


@mutant("search-pattern-500", "summary_search is taken for a pattern.", "STATE-48", "list_conversations/nasty-values")
def _(mock: Mock) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        try:
            re.compile(request.query.get("summary_search") or "")
        except re.error as error:
            return plain(500, f"re.error: {error}")
        return await handler(request)

    mock.around(LIST, listed)
