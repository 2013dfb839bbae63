"""Answers without memory: the documented example of each operation."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterable
from typing import Any

from letta_contract.spec import LettaContractError, Operation, media_type_for

from .reply import Reply, Stream
from .request import Handler, Request

_EVENT = re.compile(r".*?\n\n", re.DOTALL)
_PING = '"message_type":"ping"'


class NoExampleError(LettaContractError):
    """The document has no example to answer an operation with."""


def example_handler(operation: Operation) -> Handler:
    """Answers with the first example of the 200 response, in the media type that the request asks for.

    Raises NoExampleError.
    """
    content = operation.statuses[200]["content"]
    replies = {name: _reply(operation, name, media_type) for name, media_type in content.items()}
    if len(replies) == 1:
        (only,) = replies.values()
        return only

    async def answer(request: Request) -> Reply | Stream:
        return await replies[media_type_for(operation, request.body)](request)

    return answer


def _reply(operation: Operation, media_type_name: str, media_type: dict[str, Any]) -> Handler:
    example = next((one for one in media_type.get("examples", {}).values() if "value" in one), None)
    if example is None:
        raise NoExampleError(
            f"{operation.source}: {operation.id} has no example of a 200 in {media_type_name}. "
            "Add one below `examples`, or serve the document with --stateful."
        )
    if media_type_name == "text/event-stream":
        return _streaming(example["value"])
    reply = Reply.json(example["value"])

    async def answer(_request: Request) -> Reply | Stream:
        return reply

    return answer


def _streaming(text: str) -> Handler:
    events = _EVENT.findall(text)
    without_pings = [event for event in events if _PING not in event.replace(" ", "")]

    async def answer(request: Request) -> Reply | Stream:
        return Stream(_each(events if request.field("include_pings", default=True) else without_pings))

    return answer


async def _each(events: Iterable[str]) -> AsyncGenerator[bytes]:
    for event in events:
        yield event.encode()
