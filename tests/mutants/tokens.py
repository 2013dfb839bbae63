"""Tokens that are not asked for, or not first (ORDER-1, STATE-49)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from starlette.types import Receive, Scope

from .mock import (
    CANCEL,
    CREATE,
    DELETE,
    EVERY,
    LIST,
    MESSAGES,
    RETRIEVE,
    SEND,
    STREAM,
    UPDATE,
    Answer,
    Answering,
    Mock,
    plain,
)
from .mutant import Section, subtle

mutant = Section("tokens")
_TOKEN = "a-good-token"
Headers = list[tuple[bytes, bytes]]
_Judge = Callable[[str], bool]
_BAD = "The token is missing or wrong."


class _Checks:
    """Lets in whoever shows an Authorization that `good` takes."""

    def __init__(self, good: _Judge) -> None:
        self._good = good

    def check(self, headers: Headers) -> None:
        shown = next((value.decode("latin-1") for name, value in headers if name == b"authorization"), "")
        if not self._good(shown):
            raise Refusal(401, _BAD)


_LENIENT: tuple[tuple[str, str, _Judge], ...] = (
    ("anyone", "lets everyone in", lambda _: True),
    ("any-token", "takes any token", lambda shown: shown.lower().startswith("bearer ")),
    ("any-scheme", "takes any scheme", lambda shown: shown.endswith(_TOKEN)),
    ("prefix", "takes the beginning of a token", lambda shown: len(shown) > 12 and f"Bearer {_TOKEN}".startswith(shown)),
    ("longer", "takes a token with more behind it", lambda shown: shown.startswith(f"Bearer {_TOKEN}")),
    ("absent", "lets in who shows no token", lambda shown: shown in ("", f"Bearer {_TOKEN}")),
    ("empty", "takes an empty token", lambda shown: shown.strip() in ("Bearer", f"Bearer {_TOKEN}")),
    ("basic", "takes another scheme", lambda shown: shown in (f"Basic {_TOKEN}", f"Bearer {_TOKEN}")),
)  # fmt: skip


def _lenient(operation_id: str, slug: str, what: str, good: _Judge) -> None:
    @mutant(
        f"{slug}-{operation_id}",
        f"{operation_id} {what}.",
        "STATE-49",
        f"{operation_id}/asks-for-the-token",
        token=_TOKEN,
    )
    def _(mock: Mock) -> None:
        mock.operations[operation_id].token = _Checks(good)


for _operation_id, _kind in zip(EVERY, cycle(_LENIENT)):
    _lenient(_operation_id, *_kind)
_lenient(SEND, *_LENIENT[0])
_lenient(DELETE, *_LENIENT[0])


def _first(mock: Mock, operation_id: str, tells: Callable[[Refusal], bool]) -> None:
    """Judge the token only where the rest is right, and tell of what is not."""
    check = mock.unguarded(operation_id)

    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        try:
            check(scope)
        except Refusal as refusal:
            try:
                await answering(scope, receive)
            except Refusal as other:
                if tells(other):
                    raise
            raise refusal from None
        return await answering(scope, receive)

    mock.judged(operation_id, judged)


def _late(operation_id: str, slug: str, what: str, statuses: tuple[int, ...]) -> None:
    @mutant(
        f"{slug}-{operation_id}",
        f"{operation_id} answers {what} before it asks for the token.",
        "ORDER-1",
        f"{operation_id}/asks-for-the-token",
        token=_TOKEN,
    )
    def _(mock: Mock) -> None:
        _first(mock, operation_id, lambda refusal: refusal.status in statuses)


_late(RETRIEVE, "known", "404", (404,))
_late(MESSAGES, "known", "404", (404,))
_late(CANCEL, "known", "404", (404,))
_late(UPDATE, "valid", "422", (422,))
_late(LIST, "valid", "422", (422,))
_late(STREAM, "valid", "422 and 404", (404, 422))


@mutant(
    "only-known-ids",
    "cancel asks for the token only for ids that do not exist.",
    "STATE-49",
    "cancel_conversation/asks-for-the-token",
    token=_TOKEN,
)
def _(mock: Mock) -> None:
    check = mock.unguarded(CANCEL)

    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        if not await mock.exists(scope["path_params"]["conversation_id"]):
            check(scope)
        return await answering(scope, receive)

    mock.judged(CANCEL, judged)


def _refusal(operation_id: str, slug: str, what: str, rule: str, reply: Reply) -> None:
    @mutant(
        f"401-{slug}-{operation_id}",
        f"A 401 of {operation_id} {what}.",
        rule,
        f"{operation_id}/asks-for-the-token",
        token=_TOKEN,
    )
    def _(mock: Mock) -> None:
        mock.unguarded(operation_id)
        shown = (b"authorization", f"Bearer {_TOKEN}".encode())
        mock.early(operation_id, lambda scope: None if shown in scope["headers"] else reply)


_refusal(CREATE, "is-403", "is a 403", "STATE-49", Refusal(403, _BAD).reply)
_refusal(SEND, "is-200", "is a 200 with an error in it", "STATE-49", Reply.json({"detail": _BAD}))
_refusal(LIST, "is-empty", "has no body", "ERR-4", Reply(401, b""))
_refusal(RETRIEVE, "is-html", "is HTML", "ERR-1", plain(401, "<h1>401</h1>", "text/html"))
_refusal(DELETE, "no-detail", "has no detail", "ERR-4", Reply.json({"error": _BAD}, 401))
_refusal(UPDATE, "tells", "tells the right token", "ERR-6", Reply.json({"detail": f"Expected {_TOKEN}."}, 401))
_refusal(
    MESSAGES, "is-302", "leads to a page to log in", "STATE-49", plain(302, "", headers=[(b"location", b"/login")])
)


@mutant(
    "deletes-anyway",
    "delete answers 401, and deletes.",
    "STATE-49",
    "delete_conversation/asks-for-the-token",
    token=_TOKEN,
)
def _(mock: Mock) -> None:
    check = mock.unguarded(DELETE)

    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        try:
            return await answering(scope, receive)
        finally:
            check(scope)

    mock.judged(DELETE, judged)


def _lets_in(slug: str, what: str, operation_id: str, good: Callable[[str], bool]) -> None:
    @subtle(f"token-{slug}", f"{operation_id} {what}.", "STATE-49", f"{operation_id}/asks-for-the-token", token=_TOKEN)
    def _(mock: Mock) -> None:
        mock.operations[operation_id].token = _Checks(good)


_lets_in(
    "length", "takes any token as long as the right one", RETRIEVE, lambda shown: len(shown) == len(f"Bearer {_TOKEN}")
)
_lets_in("case", "takes a token in any case", LIST, lambda shown: shown.casefold() == f"bearer {_TOKEN}".casefold())
_lets_in(
    "within",
    "takes a list of tokens with the right one in it",
    SEND,
    lambda shown: _TOKEN in shown and shown.startswith("Bearer "),
)
_lets_in(
    "empty",
    "takes a token of spaces",
    UPDATE,
    lambda shown: shown.startswith("Bearer") and shown.split()[1:] in ([], [_TOKEN]),
)


@subtle(
    "token-after-json",
    "send judges whether the body is JSON before it asks for the token.",
    "ORDER-1",
    "send_conversation_message/asks-for-the-token",
    token=_TOKEN,
)
def _(mock: Mock) -> None:
    _first(mock, SEND, lambda refusal: refusal.status == 422 and b'"body"' in refusal.reply.body)


@subtle(
    "token-default",
    "`default` needs no token.",
    "STATE-49",
    "list_conversation_messages/asks-for-the-token",
    token=_TOKEN,
)
def _(mock: Mock) -> None:
    check = mock.unguarded(MESSAGES)

    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        if "default" not in scope["path"]:
            check(scope)
        return await answering(scope, receive)

    mock.judged(MESSAGES, judged)
