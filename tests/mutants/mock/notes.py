"""What a broken server keeps in mind: the conversations that it was asked for, made, or forked."""

from __future__ import annotations

from typing import Any

from letta_contract.mock_server.request import Handler, Request

from .answer import Answer
from .ids import FORK
from .server import Ids, Mock


def subject(request: Request) -> str:
    """The conversation that a request is about."""
    return request.path["conversation_id"]


def touched(mock: Mock, ids: Ids) -> set[str]:
    """The conversations that operations were asked for, as it fills."""
    found: set[str] = set()
    mock.requests(ids, lambda request: found.add(subject(request)) or request)
    return found


def made(mock: Mock, ids: Ids) -> set[str]:
    """The conversations that operations answered, as it fills."""
    found: set[str] = set()
    mock.values(ids, lambda value, _: found.add(value["id"]) or value)
    return found


def reaches_sources(mock: Mock, operation_id: str, **fields: Any) -> None:
    """Do to the source of a fork, too, what an operation does to the fork; `fields` of the body are other ones then."""
    origins = sources(mock)

    async def both(handler: Handler, request: Request) -> Answer:
        source = origins.get(subject(request))
        if source:
            await mock.ask(operation_id, source, body={**request.body, **fields} if request.body else None)
        return await handler(request)

    mock.around(operation_id, both)


def sources(mock: Mock) -> dict[str, str]:
    """What each fork was made of, as it fills."""
    found: dict[str, str] = {}

    def note(value: Any, request: Request) -> Any:
        found[value["id"]] = subject(request)
        return value

    mock.values(FORK, note)
    return found
