"""Runs that are cancelled well by tokens only, and what a busy conversation is asked (STATE-45, STATE-46, ORDER-4)."""

from __future__ import annotations

from letta_contract.mock_server.refusal import Invalid, Refusal
from letta_contract.mock_server.reply import LateReply, Reply, Stream
from letta_contract.mock_server.request import Handler, Request
from starlette.types import Receive, Scope

from ..mock import CANCEL, SEND, Answer, Answering, Chunks, Mock, subject
from ..mutant import subtle

_ENDS = "cancel_conversation/ends-the-run"


@subtle("json-end-turn", "Cancelled, a turn as JSON ends with end_turn.", "STATE-46", _ENDS)
def _(mock: Mock) -> None:
    async def send(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if not isinstance(answer, LateReply):
            return answer

        async def ended() -> Reply:
            reply = await answer.make()
            return Reply(reply.status, reply.body.replace(b'"cancelled"', b'"end_turn"'))

        return LateReply(ended)

    mock.around(SEND, send)


@subtle("background-409", "A turn in the background cannot be cancelled.", "STATE-46", _ENDS)
def _(mock: Mock) -> None:
    kinds: dict[str, bool] = {}

    def note(request: Request) -> Request:
        kinds[subject(request)] = request.field("background") is True
        return request

    async def cancel(handler: Handler, request: Request) -> Answer:
        if kinds.get(subject(request)):
            raise Refusal(409, "Nothing runs here.")
        return await handler(request)

    mock.requests(SEND, note)
    mock.around(CANCEL, cancel)


@subtle("background-end-turn", "Cancelled, a turn in the background ends with end_turn.", "STATE-46", _ENDS)
def _(mock: Mock) -> None:
    async def send(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if not isinstance(answer, Stream) or not request.field("background"):
            return answer

        async def ended(chunks: Chunks) -> Chunks:
            async for chunk in chunks:
                yield chunk.replace(b'"cancelled"', b'"end_turn"')

        return Stream(ended(answer.chunks), answer.end)

    mock.around(SEND, send)


@subtle("busy-first", "A busy conversation is 409, whatever it is sent.", "ORDER-4", _ENDS)
def _(mock: Mock) -> None:
    busy: set[str] = set()

    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        id_ = scope["path_params"]["conversation_id"]
        try:
            return await answering(scope, receive)
        except Invalid:
            if id_ in busy:
                raise Refusal(409, "A run is active.") from None
            raise

    mock.requests(SEND, lambda request: busy.add(subject(request)) or request)
    mock.judged(SEND, judged)
