"""What only a busy or once cancelled conversation shows, the agent's own among them (ERR-4, STATE-46, STATE-48)."""

from __future__ import annotations

from letta_contract.mock_server.reply import Reply, Stream
from letta_contract.mock_server.request import Handler, Request

from ..mock import CANCEL, SEND, STREAM, Answer, Chunks, Mock, plain, subject, touched
from ..mutant import subtle

_ENDS = "cancel_conversation/ends-the-run"


@subtle(
    "busy-by-another-name",
    "A second send to a busy conversation is refused with a body of its own.",
    "ERR-4",
    "send_conversation_message/comes-as-it-is-made",
)
def _(mock: Mock) -> None:
    mock.instead(SEND, Reply.json({"error": "busy"}, 409), lambda _, refusal: refusal.status == 409)


@subtle("default-ends-well", "On default, a cancelled turn ends with end_turn.", "STATE-46", _ENDS)
def _(mock: Mock) -> None:
    async def ended(chunks: Chunks) -> Chunks:
        async for chunk in chunks:
            yield chunk.replace(b'"cancelled"', b'"end_turn"')

    async def send(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if isinstance(answer, Stream) and subject(request) == "default":
            return Stream(ended(answer.chunks), answer.end)
        return answer

    mock.around(SEND, send)


@subtle("cancelled-500", "stream falls over a run that was cancelled.", "STATE-48", _ENDS)
def _(mock: Mock) -> None:
    cancelled = touched(mock, CANCEL)

    async def stream(handler: Handler, request: Request) -> Answer:
        return plain(500, "KeyError") if subject(request) in cancelled else await handler(request)

    mock.around(STREAM, stream)
