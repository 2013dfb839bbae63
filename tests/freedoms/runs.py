"""Runs and contexts: what state may refuse, what is behind the server, and what is kept (TOL-13, STATUS-10, STATE-42 to STATE-46)."""

from __future__ import annotations

import asyncio
from itertools import count

from letta_contract.mock_server.refusal import ModelFailure, Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from tests.mutants.mock import (
    CANCEL,
    COMPACT,
    LOOSE,
    MESSAGES,
    RECOMPILE,
    SEND,
    STREAM,
    SUMMARIZE,
    Answer,
    Mock,
    subject,
)

from .freedom import Theme
from .world import world

freedom = Theme("runs")
_ROOM = 0.02  # seconds between two tries


@freedom("no-background", "Runs in the background need a broker that is not there.", "STATUS-10")
def _(mock: Mock) -> None:
    def sent(request: Request) -> Request:
        if request.field("background") and request.field("streaming", default=True):
            raise Refusal(503, "Background streaming needs Redis.")
        return request

    async def followed(_handler: Handler, request: Request) -> Answer:
        await _exists(mock, request)
        raise Refusal(503, "Background streaming needs Redis.")

    mock.requests(SEND, sent)
    mock.around(STREAM, followed)


async def _exists(mock: Mock, request: Request) -> None:
    """Raise Refusal with 404 where there is no such conversation."""
    (id_,) = request.path.values()
    await mock.ask(MESSAGES, id_, agent_id=request.field("agent_id"))


@freedom("gone", "The stream of a run that has ended is gone.", "STATUS-7")
def _(mock: Mock) -> None:
    _unkept(mock, 410)


@freedom("forgotten", "The stream of a run that has ended is 404.", "STATUS-7")
def _(mock: Mock) -> None:
    _unkept(mock, 404)


def _unkept(mock: Mock, status: int) -> None:
    async def followed(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)  # what is refused anyway stays refused
        found = world(mock).store.conversation(subject(request))
        if found is not None and found.active_run is None:
            raise Refusal(status, "The run has ended.")
        return answer

    mock.around(STREAM, followed)


@freedom("compacts-anything", "A short conversation is compacted to what it was.", "STATE-42")
def _(mock: Mock) -> None:
    async def compacted(handler: Handler, request: Request) -> Answer:
        try:
            return await handler(request)
        except Refusal as refusal:
            if refusal.status != 400:
                raise
            return Reply.json({"summary": "", "num_messages_before": 3, "num_messages_after": 3})

    mock.around((COMPACT, SUMMARIZE), compacted)


@freedom("compacts-nothing", "There is never enough to compact.", "TOL-13")
def _(mock: Mock) -> None:
    async def compacted(_handler: Handler, request: Request) -> Answer:
        await _exists(mock, request)
        raise Refusal(400, "Summarization failed to reduce the number of messages.")

    mock.around((COMPACT, SUMMARIZE), compacted)


@freedom("compacting-fails", "The model that compacts fails.", "STATUS-10")
def _(mock: Mock) -> None:
    async def compacted(_handler: Handler, request: Request) -> Answer:
        await _exists(mock, request)
        raise ModelFailure(502, "llm_error", "The model failed.", "connection refused")

    mock.around((COMPACT, SUMMARIZE), compacted)


@freedom("other-summaries", "A summary is any text, that of compact other than that of summarize.", "BODY-9")
def _(mock: Mock) -> None:
    mock.fields(COMPACT, summary="")
    mock.fields(SUMMARIZE, summary="They met in Zürich.\n" * 400)


@freedom("other-prompts", "The compiled prompt is another each time.", "OP-11")
def _(mock: Mock) -> None:
    times = count(1)
    mock.values(RECOMPILE, lambda value, _: f"{value}\nCompiled {next(times)} times.")


@freedom("no-prompt", "There is no compiled prompt.", "OP-11")
def _(mock: Mock) -> None:
    mock.values(RECOMPILE, lambda _value, _request: "")


@freedom("other-counts", "What is in context is counted otherwise.", "STATE-42")
def _(mock: Mock) -> None:
    mock.fields((COMPACT, SUMMARIZE), num_messages_before=1_000_000, num_messages_after=0)


@freedom("any-run", "The stream is that of the latest run, whichever is asked for.", "TOL-12")
def _(mock: Mock) -> None:
    mock.body(STREAM, run_id=None, otid=None)


@freedom("queues", "A message waits for the end of the turn before it.", "TOL-13")
def _(mock: Mock) -> None:
    async def sent(handler: Handler, request: Request) -> Answer:
        while True:
            try:
                return await handler(request)
            except Refusal as refusal:
                if "still running" not in str(refusal):
                    raise
            await asyncio.sleep(_ROOM)

    mock.around(SEND, sent)


@freedom(
    "other-refusals", "What state forbids to send is 400 where the mock says 409, and 409 where it says 400.", "TOL-13"
)
def _(mock: Mock) -> None:
    async def sent(handler: Handler, request: Request) -> Answer:
        try:
            return await handler(request)
        except ModelFailure:
            raise
        except Refusal as refusal:
            other = {400: 409, 409: 400}.get(refusal.status, refusal.status)
            raise Refusal(other, str(refusal)) from refusal

    mock.around(SEND, sent)


@freedom("compacts-sometimes", "The model that compacts fails every other time.", "STATUS-10")
def _(mock: Mock) -> None:
    tries = count()

    async def compacted(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if next(tries) % 2:
            raise ModelFailure(503, "llm_error", "The model failed.", "overloaded")
        return answer

    mock.around((COMPACT, SUMMARIZE), compacted)


@freedom("unknown-agents", "An agent that there is not, beside a conversation that there is, is 404.", "TOL-12")
def _(mock: Mock) -> None:
    def asked(request: Request) -> Request:
        given = request.query.get("agent_id") or request.field("agent_id")
        if given is not None and world(mock).store.agent(given) is None:
            raise Refusal(404, "There is no such agent.")
        return request

    mock.requests(LOOSE, asked)


@freedom("cancels-more", "cancel ends a run besides that nobody asked for.", "OP-10")
def _(mock: Mock) -> None:
    mock.values(CANCEL, lambda value, _: {**value, "run-00000000-0000-4000-8000-000000000000": "cancelled"})
