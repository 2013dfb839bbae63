"""The world behind a mock, and the operations that show a conversation."""

from __future__ import annotations

from typing import Any, cast

from letta_contract.mock_server.record import StoredMessage
from letta_contract.mock_server.world import World

from tests.mutants.mock import CREATE, FORK, LIST, RETRIEVE, UPDATE, Mock

SHOWING = (CREATE, LIST, RETRIEVE, UPDATE, FORK)
"""What answers conversations."""


def world(mock: Mock) -> World:
    """What the handlers of a mock share."""
    handler: Any = mock._unbroken[CREATE]
    return cast("World", handler.__self__.world)


def rows_of(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, or the one that there is."""
    return value if isinstance(value, list) else [value]


def unsent(mock: Mock, conversation_id: str, kind: str, content: str) -> None:
    """Add a message to a conversation that no client sent."""
    here = world(mock)
    id_ = here.new_id("message")
    here.add_message(conversation_id, StoredMessage(id_, [here.row(id_, kind, content=content)]))
