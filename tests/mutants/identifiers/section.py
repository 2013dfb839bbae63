"""What the mutants of identifiers have in common."""

from __future__ import annotations

from collections.abc import Callable

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply

from ..mock import SUMMARIZE, Mock, plain, segment
from ..mutant import Section

mutant = Section("identifiers")
UUID4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def stem(operation_id: str) -> str:
    """How the cases on the identifier of an operation begin."""
    return f"{operation_id}/{'agent' if operation_id == SUMMARIZE else 'conversation'}-id"


def where(mock: Mock, operation_id: str, bad: Callable[[str], object], answer: Callable[[], Reply]) -> None:
    """Answer an identifier that `bad` knows in a way of its own, before anything else is judged."""
    mock.early(operation_id, lambda scope: answer() if bad(segment(scope)) else None)


def not_found() -> Reply:
    """The 404 of a right identifier."""
    return Refusal(404, "There is no such conversation.").reply


def broken() -> Reply:
    """The 500 of a server that fell over."""
    return plain(500, "Internal Server Error")
