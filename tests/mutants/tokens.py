"""Tokens that are not asked for, or not first (ORDER-1, STATE-49)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

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
from .mutant import Section

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


def _first(operation_id: str, slug: str, what: str, statuses: tuple[int, ...]) -> None:
    """Judge the token only where the rest is right."""

    @mutant(
        f"{slug}-{operation_id}",
        f"{operation_id} answers {what} before it asks for the token.",
        "ORDER-1",
        f"{operation_id}/asks-for-the-token",
        token=_TOKEN,
    )
    def _(mock: Mock) -> None:
        operation: Any = mock.operations[operation_id]
        check = operation.token.check
        operation.token = None

        async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
            try:
                check(scope["headers"])
            except Refusal as refusal:
                try:
                    answer = await answering(scope, receive)
                except Refusal as other:
                    if other.status in statuses:
                        raise
                    raise refusal from None
                if 200 in statuses:
                    return answer
                raise
            return await answering(scope, receive)

        mock.judged(operation_id, judged)


_first(RETRIEVE, "known", "404", (404,))
_first(MESSAGES, "known", "404", (404,))
_first(CANCEL, "known", "404", (404,))
_first(UPDATE, "valid", "422", (422,))
_first(LIST, "valid", "422", (422,))
_first(STREAM, "valid", "422 and 404", (404, 422))


@mutant(
    "only-known-ids",
    "cancel asks for the token only for ids that do not exist.",
    "STATE-49",
    "cancel_conversation/asks-for-the-token",
    token=_TOKEN,
)
def _(mock: Mock) -> None:
    operation: Any = mock.operations[CANCEL]
    check = operation.token.check
    operation.token = None

    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        if not await mock.exists(scope["path_params"]["conversation_id"]):
            check(scope["headers"])
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
        mock.operations[operation_id].token = None

        async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
            if (b"authorization", f"Bearer {_TOKEN}".encode()) not in scope["headers"]:
                return reply
            return await answering(scope, receive)

        mock.judged(operation_id, judged)


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
    operation: Any = mock.operations[DELETE]
    check = operation.token.check
    operation.token = None

    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        try:
            return await answering(scope, receive)
        finally:
            check(scope["headers"])

    mock.judged(DELETE, judged)
