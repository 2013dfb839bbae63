"""What the mutants of errors have in common."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from letta_contract.mock_server.reply import Reply

from ..mutant import Section

mutant = Section("errors")
Change = Callable[[Reply], Reply | None]
TRACEBACK = 'Traceback (most recent call last):\n  File "/srv/letta/server.py", line 7, in get\nKeyError: id'


def entries(change: Callable[[dict[str, Any]], Any]) -> Change:
    """Change each entry of a 422 body."""

    def changed(reply: Reply) -> Reply:
        detail = json.loads(reply.body)["detail"]
        for entry in detail:
            change(entry)
        return Reply.json({"detail": detail}, reply.status)

    return changed


def body(value: Any) -> Change:
    """Answer another body."""
    return lambda reply: Reply.json(value, reply.status)
