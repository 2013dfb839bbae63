"""Identifiers that are too long or too short, or right and unknown (ID-2, ID-7, ORDER-5)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from ..mock import CANCEL, COMPACT, DELETE, FORK, MESSAGES, RETRIEVE, WITH_ID, Answer, Mock
from .section import UUID4, broken, mutant, not_found, stem, where

_LENGTHS: tuple[tuple[str, str, Callable[[str], bool], Callable[[], Reply]], ...] = (
    ("long", "an id that is too long is 404", lambda id_: len(id_) > 42, not_found),
    ("short", "an id that is too short is 404", lambda id_: 7 < len(id_) < 41, not_found),
    (
        "one-long",
        "an id one character too long is 404",
        lambda id_: len(id_) in (42, 43) and id_[-1] == "0",
        not_found,
    ),
)


def _length(operation_id: str, slug: str, what: str, bad: Callable[[str], bool], answer: Callable[[], Reply]) -> None:
    @mutant(f"{slug}-{operation_id}", f"{operation_id}: {what}.", "ID-7", f"{stem(operation_id)}-length")
    def _(mock: Mock) -> None:
        where(mock, operation_id, bad, answer)


for _operation_id, _kind in zip(WITH_ID, cycle(_LENGTHS)):
    _length(_operation_id, *_kind)
for _operation_id in WITH_ID[1:]:
    if (_operation_id, _LENGTHS[0]) not in zip(WITH_ID, cycle(_LENGTHS)):
        _length(_operation_id, *_LENGTHS[0])


_length(FORK, "very-long", "an id of 5000 characters is 500", lambda id_: len(id_) >= 5000, broken)


@mutant("maximum-43", "compact takes ids of 43 characters.", "ID-2", f"{COMPACT}/conversation-id-length")
def _(mock: Mock) -> None:
    mock.parameter(COMPACT, "conversation_id", maxLength=43, pattern=f"^(default|conv-{UUID4}|agent-{UUID4}.?)$")


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
    mock.instead(RETRIEVE, Reply.json(None))


@mutant("unknown-empty", "The messages of an unknown id are an empty list.", "ORDER-5", f"{MESSAGES}/*-id-length")
def _(mock: Mock) -> None:
    mock.instead(MESSAGES, Reply.json([]))


@mutant("delete-unknown-200", "delete answers 200 for an id that it does not know.", "ORDER-5", f"{DELETE}/*-id-length")
def _(mock: Mock) -> None:
    mock.instead(DELETE, Reply.json(None))
