"""Conversations that are made for lists to show, and pages of such lists."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.cases.looks import create

LIST = "list_conversations"
COUNT = 4


def few(bench: Bench) -> list[str]:
    """Conversations of the run's agent, oldest first, of which the oldest is the last that was updated."""
    return bench.shared("few", lambda: _rename(bench, made(bench)))


def made(bench: Bench) -> list[str]:
    """New conversations, apart in time by what the server's dates can tell apart."""
    new: list[dict[str, Any]] = []
    coarse = False
    while len(new) < COUNT:
        if coarse:
            time.sleep(1.1)
        new.append(create(bench, summary=f"page {len(new)} {word(bench)}"))
        if not coarse and _at_once(new):
            coarse, new = True, []  # those have no order among each other
    return [conversation["id"] for conversation in new]


def page(bench: Bench, **query: Any) -> list[dict[str, Any]]:
    """A page of the conversations of the run's agent."""
    shown: list[dict[str, Any]] = bench.ok(LIST, query={"agent_id": bench.agent.id, **query})
    return shown


def word(bench: Bench, begins: str = "run") -> str:
    """A word that no other run has in its summaries, not even one at the same time: it is of an id of the server's."""
    id_: str = bench.shared("a conversation", bench.conversation)
    return begins + id_[len("conv-") :][:8]


def ours(items: Iterable[dict[str, Any]], ids: Iterable[str]) -> list[str]:
    """The ids of those items that the case made itself, in the page's order (STATE-31)."""
    wanted = set(ids)
    return [item["id"] for item in items if item["id"] in wanted]


def _at_once(new: list[dict[str, Any]]) -> bool:
    """Whether two conversations have the same created_at, so that their order is free (STATE-23)."""
    dates = [conversation["created_at"] for conversation in new if conversation.get("created_at")]
    return len(set(dates)) < len(dates)


def _rename(bench: Bench, ids: list[str]) -> list[str]:
    bench.ok("update_conversation", ids[0], body={"summary": f"page 0 {word(bench)}"})
    return ids
