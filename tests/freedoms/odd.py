"""Odd values, each taken or refused otherwise than the mock does (TOL-2 to TOL-9)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from letta_contract.mock_server.refusal import Invalid, Refusal
from starlette.types import Receive, Scope

from tests.mutants.mock import EVERY, UPDATE, Answer, Answering, Mock, again, read

from .freedom import Theme
from .wire import objects

freedom = Theme("odd")
_NUMBERS = ("max_steps", "context_window_limit", "top_logprobs", "starting_after", "batch_size", "clip_chars")
_FLAGS = ("hidden", "archived", "streaming", "stream_tokens", "background", "include_pings", "prompt_acknowledgement")
_BAD = Refusal(400, "That is odd.")


def _refused(slug: str, what: str, rule: str, odd: Callable[[bytes], bool], *, query: bool = False) -> None:
    """Answer 400 to bodies, or queries, that are odd."""

    @freedom(slug, what, rule)
    def _(mock: Mock) -> None:
        async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
            body = await read(receive)
            if odd(scope["query_string"] if query else body):
                raise _BAD
            return await answering(scope, again(body, receive))

        mock.judged(EVERY, judged)


def _text(body: bytes) -> str:
    """The JSON of a body with every escape written out; nothing where it is no JSON."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""


def _leaves(body: bytes) -> list[Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return []
    return [leaf for one in objects({"": value}) for leaf in one.values()]


def _huge(body: bytes) -> bool:
    return any(isinstance(leaf, int | float) and abs(leaf) >= 2**53 for leaf in _leaves(body))


def _fraction(body: bytes) -> bool:
    return any(isinstance(leaf, float) and leaf.is_integer() for leaf in _leaves(body))


def _twice(query: bytes) -> bool:
    names = [part.split(b"=")[0] for part in query.split(b"&") if part and b"include_return" not in part]
    return len(names) > len(set(names))


_refused("nul", "NUL in a body is 400.", "TOL-7", lambda body: r"\u0000" in _text(body))
_refused("surrogates", "A lone surrogate in a body is 400.", "TOL-7", lambda body: re.search("[\ud800-\udfff]", _text(body)) is not None)  # fmt: skip
_refused("huge", "Integers beyond what all readers hold are 400.", "TOL-6", _huge)
_refused("fractions", "7.0 is 400.", "TOL-3", _fraction)
_refused("keys-twice", "A query key that is given twice is 400.", "TOL-9", _twice, query=True)
_refused("empty-values", "An empty query value is 400.", "TOL-9", lambda query: re.search(rb"=(&|$)", query) is not None, query=True)  # fmt: skip
_refused("escapes", "An escape that is none is 400.", "TOL-9", lambda query: re.search(rb"%(?![0-9A-Fa-f]{2})", query) is not None, query=True)  # fmt: skip


def _no_text(encoded: bytes) -> bool:
    content = unquote_to_bytes(encoded)
    try:
        content.decode()
    except UnicodeDecodeError:
        return True
    return b"\0" in content or re.search(rb"%(?![0-9A-Fa-f]{2})", encoded) is not None


_refused("queries", "A query that is no text is 400.", "TOL-7", _no_text, query=True)


@freedom("paths", "A path that is no text is 400, whoever asks for it.", "TOL-9")
def _(mock: Mock) -> None:
    mock.diverts(lambda scope: _BAD.reply if _no_text(scope["raw_path"]) else None)


@freedom("spelt-in-queries", "1, yes and on are true in a query, and 7.0 is 7.", "TOL-4")
def _(mock: Mock) -> None:
    def read_as(query: bytes) -> bytes:
        query = re.sub(rb"\b(hidden|dry_run|include_err)=(1|yes|on|True|t|y)(?=&|$)", rb"\1=true", query)
        query = re.sub(rb"\b(hidden|dry_run|include_err)=(0|no|off|False|f|n)(?=&|$)", rb"\1=false", query)
        return re.sub(rb"\blimit=([0-9]+)\.0(?=&|$)", rb"limit=\1", query)

    mock.queried(EVERY, read_as)


@freedom("spelt-in-bodies", "Strings that spell a number or a boolean are one.", "TOL-2")
def _(mock: Mock) -> None:
    def read_as(body: bytes) -> bytes:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return body
        spelt = False
        for one in objects(value):
            for name, held in one.items():
                if isinstance(held, str) and _spells(name, held):
                    one[name], spelt = json.loads(held), True
        return json.dumps(value).encode() if spelt else body

    mock.sent(EVERY, read_as)


def _spells(name: str, held: str) -> bool:
    return (name in _NUMBERS and re.fullmatch("-?(0|[1-9][0-9]{0,8})", held) is not None) or (
        name in _FLAGS and held in ("true", "false")
    )


@freedom("dates", "A date without an offset, or without a time, is 422.", "TOL-5")
def _(mock: Mock) -> None:
    whole = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")

    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        body = await read(receive)
        answer = await answering(scope, again(body, receive))
        try:
            given = json.loads(body).get("last_message_at")
        except (ValueError, RecursionError, AttributeError):
            return answer
        if isinstance(given, str) and not whole.fullmatch(given):
            raise Invalid([{"loc": ["body", "last_message_at"], "msg": "Not a date", "type": "datetime"}])
        return answer

    mock.judged(UPDATE, judged)
