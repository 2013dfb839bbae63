"""The `test` command, on the mock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.contract_tests.outcome import Outcome
    from tests.contract_tests.server import Server

    Command = Callable[..., Outcome]

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"


@pytest.fixture
def judge(command: Command, server: Server) -> Command:
    """Runs `test` on the mock, with its agent, in plain text."""
    return lambda *cases: command("test", server.url, *cases, "--agent-id", AGENT, "--format", "plain")
