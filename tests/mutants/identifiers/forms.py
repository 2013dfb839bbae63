"""Identifiers of another kind, and `default` (ID-2, ID-3, ID-7, ID-16)."""

from __future__ import annotations

import re
from dataclasses import replace

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.request import Handler, Request

from ..mock import (
    AGENT,
    FORK,
    MESSAGES,
    RECOMPILE,
    SEND,
    STREAM,
    STRICT,
    SUMMARIZE,
    UPDATE,
    WITH_ID,
    Answer,
    Mock,
    subject,
)
from .section import UUID4, mutant, not_found, stem, where


def _any_prefix(operation_id: str) -> None:
    @mutant(f"prefix-{operation_id}", f"{operation_id} takes any prefix.", "ID-7", f"{stem(operation_id)}-form")
    def _(mock: Mock) -> None:
        where(mock, operation_id, lambda id_: re.fullmatch(f"(run|block)-{UUID4}", id_), not_found)


for _operation_id in WITH_ID:
    _any_prefix(_operation_id)


def _default(operation_id: str) -> None:
    @mutant(f"default-{operation_id}", f"{operation_id} takes `default`.", "ID-3", f"{stem(operation_id)}-form")
    def _(mock: Mock) -> None:
        where(mock, operation_id, lambda id_: id_ == "default", not_found)


for _operation_id in (*STRICT, SUMMARIZE):
    _default(_operation_id)


@mutant("agent-strict", "update takes an agent's id.", "ID-3", f"{UPDATE}/conversation-id-form")
def _(mock: Mock) -> None:
    where(mock, UPDATE, lambda id_: re.fullmatch(f"agent-{UUID4}", id_), not_found)


@mutant("bare-uuid", "send takes an id without its prefix.", "ID-2", f"{SEND}/conversation-id-form")
def _(mock: Mock) -> None:
    where(mock, SEND, lambda id_: re.fullmatch(UUID4, id_), not_found)


@mutant("capital-default", "fork takes `Default`.", "ID-2", f"{FORK}/conversation-id-form")
def _(mock: Mock) -> None:
    where(mock, FORK, lambda id_: id_ == "Default", not_found)


@mutant("default-422", "stream refuses `default` without an agent_id.", "ID-16", f"{STREAM}/conversation-id-form")
def _(mock: Mock) -> None:
    mock.parameter(STREAM, "conversation_id", pattern=f"^(conv-{UUID4}|agent-{UUID4})$")


@mutant("default-guessed", "messages guesses the agent of `default`.", "ID-16", f"{MESSAGES}/conversation-id-form")
def _(mock: Mock) -> None:
    mock.requests(MESSAGES, lambda request: replace(request, query={"agent_id": AGENT, **request.query}))


@mutant("default-400", "recompile answers 400 for `default` alone.", "ID-16", f"{RECOMPILE}/conversation-id-form")
def _(mock: Mock) -> None:
    async def recompile(handler: Handler, request: Request) -> Answer:
        if subject(request) == "default" and request.field("agent_id") is None:
            raise Refusal(400, "Give an agent_id.")
        return await handler(request)

    mock.around(RECOMPILE, recompile)
