"""Runs that are not cancelled, or not told of as cancelled (STATE-45, STATE-46, SSE-7, OP-10, MSG-16)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply, Stream
from letta_contract.mock_server.request import Handler, Request

from ..lists import Rows
from ..mock import CANCEL, MESSAGES, SEND, Answer, Mock, event, is_a, plain, subject, touched
from ..mutant import Section, subtle

mutant = Section("runs")
_IDLE = "cancel_conversation/nothing-to-cancel"
_OVER = "cancel_conversation/nothing-left-to-cancel"
_ENDS = "cancel_conversation/ends-the-run"
_RUN = "run-00000000-0000-4000-8000-000000000000"


def _idle(slug: str, what: str, reply: Reply) -> None:
    @mutant(f"idle-{slug}", f"With no active run, cancel {what}.", "STATE-45", _IDLE)
    def _(mock: Mock) -> None:
        async def cancel(handler: Handler, request: Request) -> Answer:
            try:
                return await handler(request)
            except Refusal as refusal:
                if refusal.status == 409:
                    return reply
                raise

        mock.around(CANCEL, cancel)


_idle("200", "answers 200", Reply.json({}))
_idle("run", "makes up a run", Reply.json({_RUN: "cancelled"}))
_idle("404", "answers 404", Refusal(404, "There is no run.").reply)
_idle("400", "answers 400", Refusal(400, "There is no run.").reply)
_idle("500", "answers 500", plain(500, "IndexError"))
_idle("text", "answers 409 as text", plain(409, "no run"))


@mutant("over-200", "A turn that is over can be cancelled once.", "STATE-45", _OVER)
def _(mock: Mock) -> None:
    spoken: set[str] = set()

    async def send(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if isinstance(answer, Reply):
            spoken.add(subject(request))
        return answer

    async def cancel(handler: Handler, request: Request) -> Answer:
        if subject(request) in spoken:
            spoken.discard(subject(request))
            return Reply.json({_RUN: "cancelled"})
        return await handler(request)

    mock.around(SEND, send)
    mock.around(CANCEL, cancel)


@subtle("names-conversation", "cancel names the conversation, not the run.", "OP-10", _ENDS)
def _(mock: Mock) -> None:
    mock.values(CANCEL, lambda value, request: {subject(request): word for word in value.values()})


@subtle("forgets-what-was-said", "What started a turn that was cancelled is not kept.", "STATE-39", _ENDS)
def _(mock: Mock) -> None:
    cancelled = touched(mock, CANCEL)

    def listed(rows: Rows, request: Request) -> Rows:
        if subject(request) not in cancelled:
            return rows
        return [row for row in rows if "SLOW" not in json.dumps(row)]

    mock.values(MESSAGES, listed)


@mutant("goes-on", "cancel says so and cancels nothing.", "STATE-46", _ENDS)
def _(mock: Mock) -> None:
    busy = _busy(mock)

    async def cancel(handler: Handler, request: Request) -> Answer:
        return Reply.json({_RUN: "cancelled"}) if busy(request) else await handler(request)

    mock.around(CANCEL, cancel)


@mutant("busy-409", "A running turn cannot be cancelled.", "STATE-46", _ENDS)
def _(mock: Mock) -> None:
    busy = _busy(mock)

    async def cancel(handler: Handler, request: Request) -> Answer:
        if busy(request):
            raise Refusal(409, "Nothing runs here.")
        return await handler(request)

    mock.around(CANCEL, cancel)


def _busy(mock: Mock) -> Callable[[Request], bool]:
    """Whether a streamed turn is under way in the conversation of a request."""
    running: set[str] = set()

    async def send(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if not isinstance(answer, Stream):
            return answer
        id_, inner = subject(request), answer
        running.add(id_)

        def end() -> None:
            running.discard(id_)
            inner.end()

        return Stream(inner.chunks, end)

    mock.around(SEND, send)
    return lambda request: subject(request) in running


def _cancelled(slug: str, what: str, rule: str, change: Callable[[Any], Any]) -> None:
    @mutant(f"answer-{slug}", what, rule, _ENDS)
    def _(mock: Mock) -> None:
        mock.values(CANCEL, lambda value, _: change(value))


_cancelled("list", "cancel answers a list of runs.", "OP-10", list)
_cancelled("stopped", "cancel answers `stopped`.", "OP-10", lambda value: dict.fromkeys(value, "stopped"))
_cancelled("true", "cancel answers true for a run.", "OP-10", lambda value: dict.fromkeys(value, True))
_cancelled("null", "cancel answers null.", "OP-10", lambda _: None)


@mutant("cancel-202", "cancel answers 202.", "OP-10", _ENDS)
def _(mock: Mock) -> None:
    mock.replies(CANCEL, lambda reply: Reply(202, reply.body))


def _ending(slug: str, what: str, rule: str, change: Callable[[bytes], bytes]) -> None:
    """Change the streams of cancelled turns from their stop_reason on."""

    @mutant(f"stream-{slug}", what, rule, _ENDS)
    def _(mock: Mock) -> None:
        async def changed(chunks: Any) -> Any:
            cancelled = False
            async for chunk in chunks:
                cancelled = cancelled or b'"cancelled"' in chunk
                yield change(chunk) if cancelled else chunk

        mock.streams(changed)


_ending("no-done", "A cancelled stream has no [DONE].", "SSE-7", lambda chunk: b"" if is_a(chunk, "done") else chunk)
_ending(
    "end-turn",
    "A cancelled turn ends with end_turn.",
    "STATE-46",
    lambda chunk: chunk.replace(b'"cancelled"', b'"end_turn"'),
)
_ending(
    "error", "A cancelled turn ends with error.", "STATE-46", lambda chunk: chunk.replace(b'"cancelled"', b'"error"')
)
_ending("no-stop", "A cancelled turn has no stop_reason.", "SSE-7", lambda chunk: chunk if is_a(chunk, "done") else b"")
_ending(
    "british",
    "A cancelled turn ends with `canceled`.",
    "MSG-16",
    lambda chunk: chunk.replace(b'"cancelled"', b'"canceled"'),
)
_ending(
    "error-message",
    "A cancelled turn has an error_message.",
    "SSE-7",
    lambda chunk: (
        chunk
        if is_a(chunk, "done")
        else chunk
        + event(
            {"message_type": "error_message", "run_id": _RUN, "error_type": "cancelled", "message": "Cancelled."},
            "error",
        )
    ),
)


@mutant("still-active", "A cancelled run can be cancelled again.", "STATE-45", _ENDS)
def _(mock: Mock) -> None:
    cancelled: dict[str, Reply] = {}

    async def cancel(handler: Handler, request: Request) -> Answer:
        id_ = subject(request)
        if id_ in cancelled:
            return cancelled[id_]
        answer = await handler(request)
        assert isinstance(answer, Reply)
        cancelled[id_] = answer
        return answer

    mock.around(CANCEL, cancel)


@mutant("stuck", "After cancel, the conversation takes no turn any more.", "STATE-46", _ENDS)
def _(mock: Mock) -> None:
    cancelled: set[str] = set()

    def note(value: Any, request: Request) -> Any:
        cancelled.add(subject(request))
        return value

    async def send(handler: Handler, request: Request) -> Answer:
        if subject(request) in cancelled:
            return plain(500, "a run is pending")
        return await handler(request)

    mock.values(CANCEL, note)
    mock.around(SEND, send)


@mutant("cancels-all", "cancel ends a run of another conversation.", "STATE-45", _ENDS)
def _(mock: Mock) -> None:
    running: list[str] = []
    mock.requests(SEND, lambda request: running.append(subject(request)) or request)

    async def cancel(handler: Handler, request: Request) -> Answer:
        try:
            return await handler(request)
        except Refusal:
            for id_ in running[::-1]:
                try:
                    return Reply.json(await mock.ask(CANCEL, id_))
                except Refusal:
                    continue
            raise

    mock.around(CANCEL, cancel)


@subtle(
    "over-streamed",
    "A streamed turn that is over can be cancelled once.",
    "STATE-45",
    "cancel_conversation/nothing-left-to-cancel",
)
def _(mock: Mock) -> None:
    spoken: set[str] = set()

    async def send(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if isinstance(answer, Stream):
            spoken.add(subject(request))
        return answer

    async def cancel(handler: Handler, request: Request) -> Answer:
        try:
            return await handler(request)
        except Refusal:
            if subject(request) not in spoken:
                raise
            spoken.discard(subject(request))
            return Reply.json({_RUN: "cancelled"})

    mock.around(SEND, send)
    mock.around(CANCEL, cancel)
