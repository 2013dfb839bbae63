"""Identifiers that are judged wrongly (ID-1 to ID-16)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from .mock import (
    AGENT,
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
    Answering,
    Mock,
    plain,
    segment,
)
from .mutant import Section

mutant = Section("identifiers")
_UUID4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def _stem(operation_id: str) -> str:
    return f"{operation_id}/{'agent' if operation_id == SUMMARIZE else 'conversation'}-id"


def _parameter(operation_id: str) -> str:
    return "agent_id" if operation_id == SUMMARIZE else "conversation_id"


def _prefixes(operation_id: str) -> str:
    return "conv" if operation_id in STRICT else "agent" if operation_id == SUMMARIZE else "(?:conv|agent)"


def _where(mock: Mock, operation_id: str, bad: Callable[[str], object], answer: Callable[[], Reply]) -> None:
    """Answer an identifier that `bad` knows in a way of its own, before anything else is judged."""

    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        return answer() if bad(segment(scope)) else await answering(scope, receive)

    mock.judged(operation_id, judged)


def _not_found() -> Reply:
    return Refusal(404, "There is no such conversation.").reply


def _broken() -> Reply:
    return plain(500, "Internal Server Error")


# -- lengths: 422 on every operation, whatever exists ------------------------------------------------------------------

_LENGTHS: tuple[tuple[str, str, Callable[[str], bool], Callable[[], Reply]], ...] = (
    ("long", "an id that is too long is 404", lambda id_: len(id_) > 42, _not_found),
    ("short", "an id that is too short is 404", lambda id_: 7 < len(id_) < 41, _not_found),
    ("very-long", "an id of 5000 characters is 500", lambda id_: len(id_) >= 5000, _broken),
    (
        "one-long",
        "an id one character too long is 404",
        lambda id_: len(id_) in (42, 43) and id_[-1] == "0",
        _not_found,
    ),
)


def _length(operation_id: str, slug: str, what: str, bad: Callable[[str], bool], answer: Callable[[], Reply]) -> None:
    @mutant(f"{slug}-{operation_id}", f"{operation_id}: {what}.", "ID-7", f"{_stem(operation_id)}-length")
    def _(mock: Mock) -> None:
        _where(mock, operation_id, bad, answer)


for _operation_id, _kind in zip(WITH_ID, cycle(_LENGTHS)):
    _length(_operation_id, *_kind)
for _operation_id in WITH_ID[1:]:
    if (_operation_id, _LENGTHS[0]) not in zip(WITH_ID, cycle(_LENGTHS)):
        _length(_operation_id, *_LENGTHS[0])


@mutant("maximum-43", "compact takes ids of 43 characters.", "ID-2", f"{COMPACT}/conversation-id-length")
def _(mock: Mock) -> None:
    mock.parameter(COMPACT, "conversation_id", maxLength=43, pattern=f"^(default|conv-{_UUID4}|agent-{_UUID4}.?)$")


@mutant("no-pattern", "cancel judges only the length of an id.", "ID-2", f"{CANCEL}/conversation-id-*")
def _(mock: Mock) -> None:
    mock.parameter(CANCEL, "conversation_id", pattern=None)


@mutant("unknown-422", "retrieve refuses a well-formed id that it does not know.", "ORDER-5", f"{RETRIEVE}/*-id-length")
def _(mock: Mock) -> None:
    async def retrieve(handler: Handler, request: Request) -> Answer:
        try:
            return await handler(request)
        except Refusal:
            raise Refusal(422, "Unknown id") from None

    mock.around(RETRIEVE, retrieve)


@mutant("unknown-200", "retrieve answers null for an id that it does not know.", "ORDER-5", f"{RETRIEVE}/*-id-length")
def _(mock: Mock) -> None:
    async def retrieve(handler: Handler, request: Request) -> Answer:
        try:
            return await handler(request)
        except Refusal:
            return Reply.json(None)

    mock.around(RETRIEVE, retrieve)


@mutant("unknown-empty", "The messages of an unknown id are an empty list.", "ORDER-5", f"{MESSAGES}/*-id-length")
def _(mock: Mock) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        try:
            return await handler(request)
        except Refusal:
            return Reply.json([])

    mock.around(MESSAGES, listed)


@mutant("delete-unknown-200", "delete answers 200 for an id that it does not know.", "ORDER-5", f"{DELETE}/*-id-length")
def _(mock: Mock) -> None:
    async def delete(handler: Handler, request: Request) -> Answer:
        try:
            return await handler(request)
        except Refusal:
            return Reply.json(None)

    mock.around(DELETE, delete)


# -- forms ------------------------------------------------------------------------------------------------------------


def _any_prefix(operation_id: str) -> None:
    @mutant(f"prefix-{operation_id}", f"{operation_id} takes any prefix.", "ID-7", f"{_stem(operation_id)}-form")
    def _(mock: Mock) -> None:
        _where(mock, operation_id, lambda id_: re.fullmatch(f"(run|block)-{_UUID4}", id_), _not_found)


for _operation_id in WITH_ID:
    _any_prefix(_operation_id)


def _default(operation_id: str) -> None:
    @mutant(f"default-{operation_id}", f"{operation_id} takes `default`.", "ID-3", f"{_stem(operation_id)}-form")
    def _(mock: Mock) -> None:
        _where(mock, operation_id, lambda id_: id_ == "default", _not_found)


for _operation_id in (*STRICT, SUMMARIZE):
    _default(_operation_id)


@mutant("agent-strict", "update takes an agent's id.", "ID-3", f"{UPDATE}/conversation-id-form")
def _(mock: Mock) -> None:
    _where(mock, UPDATE, lambda id_: re.fullmatch(f"agent-{_UUID4}", id_), _not_found)


@mutant("bare-uuid", "send takes an id without its prefix.", "ID-2", f"{SEND}/conversation-id-form")
def _(mock: Mock) -> None:
    _where(mock, SEND, lambda id_: re.fullmatch(_UUID4, id_), _not_found)


@mutant("capital-default", "fork takes `Default`.", "ID-2", f"{FORK}/conversation-id-form")
def _(mock: Mock) -> None:
    _where(mock, FORK, lambda id_: id_ == "Default", _not_found)


@mutant("default-422", "stream refuses `default` without an agent_id.", "ID-16", f"{STREAM}/conversation-id-form")
def _(mock: Mock) -> None:
    mock.parameter(STREAM, "conversation_id", pattern=f"^(conv-{_UUID4}|agent-{_UUID4})$")


@mutant("default-guessed", "messages guesses the agent of `default`.", "ID-16", f"{MESSAGES}/conversation-id-form")
def _(mock: Mock) -> None:
    mock.requests(MESSAGES, lambda request: replace(request, query={"agent_id": AGENT, **request.query}))


@mutant("default-400", "recompile answers 400 for `default` alone.", "ID-16", f"{RECOMPILE}/conversation-id-form")
def _(mock: Mock) -> None:
    async def recompile(handler: Handler, request: Request) -> Answer:
        if request.path["conversation_id"] == "default" and request.field("agent_id") is None:
            raise Refusal(400, "Give an agent_id.")
        return await handler(request)

    mock.around(RECOMPILE, recompile)


# -- characters -------------------------------------------------------------------------------------------------------

_HEX = "[0-9a-f]"
_CHARACTERS: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("upper-case", "upper-case digits", lambda prefix: f"{prefix}-(?i:{_UUID4})"),
    ("newline", "a newline at the end", lambda prefix: f"{prefix}-{_UUID4}\n"),
    ("version-1", "a UUID of version 1", lambda prefix: f"{prefix}-{_UUID4.replace('-4[', '-1[')}"),
    ("version-7", "a UUID of version 7", lambda prefix: f"{prefix}-{_UUID4.replace('-4[', '-7[')}"),
    ("variant", "a UUID of another variant", lambda prefix: f"{prefix}-{_UUID4.replace('[89ab]', '[c-f]')}"),
    ("beyond-f", "a letter beyond f", lambda prefix: f"{prefix}-{_UUID4[:-4]}{{11}}g"),
    ("no-dashes", "a UUID without dashes", lambda prefix: f"{prefix}-{_HEX}{{32}}"),
    ("spaces", "spaces around it", lambda prefix: f" ?{prefix}-{_UUID4} ?"),
    ("braces", "a UUID in braces", lambda prefix: f"{prefix}-\\{{{_UUID4}\\}}"),
    ("leading-newline", "a newline before it", lambda prefix: f"\n{prefix}-{_UUID4}"),
    ("tab", "a tab in it", lambda prefix: f"{prefix}-{_UUID4[:-4]}{{11}}\t"),
)


def _characters(operation_id: str, slug: str, what: str, pattern: Callable[[str], str]) -> None:
    @mutant(f"{slug}-{operation_id}", f"{operation_id} takes {what}.", "ID-1", f"{_stem(operation_id)}-characters")
    def _(mock: Mock) -> None:
        right, taken = (
            re.compile(text) for text in (f"{_prefixes(operation_id)}-{_UUID4}", pattern(_prefixes(operation_id)))
        )
        _where(mock, operation_id, lambda id_: taken.fullmatch(id_) and not right.fullmatch(id_), _not_found)


for _operation_id, _kind in zip(WITH_ID, _CHARACTERS, strict=True):
    _characters(_operation_id, *_kind)
_characters(COMPACT, *_CHARACTERS[0])
_characters(SUMMARIZE, *_CHARACTERS[1])
_characters(DELETE, *_CHARACTERS[0])
_characters(SEND, *_CHARACTERS[2])


@mutant("quote-500", "messages falls over a quote in an id.", "STATE-48", f"{MESSAGES}/conversation-id-characters")
def _(mock: Mock) -> None:
    _where(mock, MESSAGES, lambda id_: "'" in id_, _broken)


@mutant("percent-500", "fork falls over a percent sign in an id.", "STATE-48", f"{FORK}/conversation-id-characters")
def _(mock: Mock) -> None:
    _where(mock, FORK, lambda id_: "%" in id_, _broken)


@mutant("nul-500", "stream falls over a NUL in an id.", "STATE-48", f"{STREAM}/conversation-id-characters")
def _(mock: Mock) -> None:
    _where(mock, STREAM, lambda id_: "\0" in id_, _broken)


# -- code points ------------------------------------------------------------------------------------------------------

_CODE_POINTS: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    ("folded", "folds full-width digits", lambda id_: _is_id(unicodedata.normalize("NFKC", id_))),
    ("any-digit", "takes the digits of any script", lambda id_: _is_id("".join(map(_digit, id_)))),
    ("stripped", "strips what Unicode calls space", lambda id_: _is_id(id_.strip())),
    ("invisible", "overlooks invisible characters", lambda id_: "\u200b" in id_),
    ("bytes", "counts the bytes of an id, and judges no pattern", lambda id_: not id_.isascii() and _bytes(id_) <= 42),
    ("utf-16", "counts UTF-16 units, and judges no pattern", lambda id_: not id_.isascii() and _units(id_) <= 42),
)


def _is_id(text: str) -> bool:
    return re.fullmatch(f"(conv|agent)-{_UUID4}", text) is not None


def _digit(character: str) -> str:
    return str(unicodedata.digit(character)) if character.isdigit() else character


def _bytes(text: str) -> int:
    return len(text.encode())


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _code_points(operation_id: str, slug: str, what: str, bad: Callable[[str], object]) -> None:
    @mutant(f"{slug}-{operation_id}", f"{operation_id} {what}.", "ID-5", f"{_stem(operation_id)}-code-points")
    def _(mock: Mock) -> None:
        _where(mock, operation_id, lambda id_: not id_.isascii() and bad(id_), _not_found)


for _operation_id, _script in zip(WITH_ID, cycle(_CODE_POINTS)):
    _code_points(_operation_id, *_script)


@mutant(
    "astral-500", "cancel falls over characters beyond U+FFFF.", "STATE-48", f"{CANCEL}/conversation-id-code-points"
)
def _(mock: Mock) -> None:
    _where(mock, CANCEL, lambda id_: any(character > "\uffff" for character in id_), _broken)


# -- empty, existing, and the agent's own -----------------------------------------------------------------------------


def _empty(operation_id: str, wrong: int) -> None:
    rule = "ID-9" if operation_id in STRICT else "ID-8"
    method = {RETRIEVE: "GET", MESSAGES: "GET", UPDATE: "PATCH", DELETE: "DELETE"}.get(operation_id, "POST")
    ending = {SEND: "messages", MESSAGES: "messages", STREAM: "stream"}.get(
        operation_id, operation_id.split("_", maxsplit=1)[0]
    )
    path = "/v1/conversations/" + ("" if operation_id in STRICT else f"/{ending}")
    path = "/v1/agents//summarize" if operation_id == SUMMARIZE else path

    @mutant(f"empty-{operation_id}", f"{operation_id} takes an empty id for one.", rule, f"{_stem(operation_id)}-empty")
    def _(mock: Mock) -> None:
        async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
            mine = scope["path"] == path and scope["method"] == method
            if mine and not (operation_id == RETRIEVE and scope["query_string"]):
                await Refusal(wrong, "What is this?").reply(scope, receive, send)
            else:
                await app(scope, receive, send)

        mock.routed(routed)


for _operation_id in WITH_ID:
    _empty(_operation_id, 404 if _operation_id in STRICT else 405 if _operation_id == SEND else 422)


def _forgets(operation_id: str) -> None:
    @mutant(f"known-{operation_id}", f"{operation_id} knows no new id.", "TOL-11", f"{_stem(operation_id)}-known")
    def _(mock: Mock) -> None:
        async def known(handler: Handler, request: Request) -> Answer:
            id_ = request.path["conversation_id"]
            if id_.startswith("conv-") and id_ != CONVERSATION:
                if operation_id == STREAM:  # which may say 404 where no stream is kept
                    return _broken()
                raise Refusal(404, "There is no such conversation.")
            return await handler(request)

        mock.around(operation_id, known)


for _operation_id in ON_CONVERSATION:
    _forgets(_operation_id)


def _no_agent(operation_id: str, slug: str, what: str, bad: Callable[[str], bool]) -> None:
    @mutant(f"{slug}-{operation_id}", f"{operation_id} {what}.", "ID-13", f"{_stem(operation_id)}-agent")
    def _(mock: Mock) -> None:
        def refused() -> Reply:
            loc = ["path", _parameter(operation_id)]
            return Reply.json({"detail": [{"loc": loc, "msg": "not this", "type": "value_error"}]}, 422)

        _where(mock, operation_id, bad, refused)


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
        f"{_stem(operation_id)}-agent",
    )
    def _(mock: Mock) -> None:
        if in_body:
            mock.body(operation_id, agent_id=None)
        else:
            mock.query(operation_id, agent_id=None)


for _operation_id in (CANCEL, MESSAGES, RECOMPILE, SEND):
    _misplaced(_operation_id)
