"""Conversations that are made for lists to show, and pages of such lists."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from letta_contract.contract_tests.bench import Bench

LIST = "list_conversations"
COUNT = 5
# Two that nobody touched; two that were touched at one instant, one that only its offset puts behind them, and one
# that is behind all that was made by now.
_TOUCHED = {
    3: "2026-03-03T01:00:00Z",
    1: "2026-03-02T23:30:00-05:00",
    4: "2026-03-03T02:00:00+01:00",
    5: "2035-03-03T01:00:00Z",
}


def five(bench: Bench, *, touched: bool = False) -> list[str]:
    """Conversations of the run's agent, oldest first, which no case changes.

    `touched` are others, one more, some of them dated; without it, the oldest is the last that was updated.
    """
    if not touched:
        return bench.shared("five", lambda: _rename(bench, made(bench)))
    return bench.shared("touched", lambda: _touch(bench, made(bench, touched=True)))


def made(bench: Bench, *, touched: bool = False) -> list[str]:
    """New conversations, apart in time by what the server's dates can tell apart."""
    new: list[dict[str, Any]] = []
    coarse = False
    while len(new) < COUNT + touched:
        if coarse:
            time.sleep(1.1)
        body = {"summary": f"page {len(new)} {word(bench, touched=touched)}"}
        new.append(bench.ok("create_conversation", query={"agent_id": bench.agent.id}, body=body))
        if not coarse and _at_once(new):
            coarse, new = True, []  # those have no order among each other
    return [conversation["id"] for conversation in new]


def page(bench: Bench, **query: Any) -> list[dict[str, Any]]:
    """A page of the conversations of the run's agent."""
    shown: list[dict[str, Any]] = bench.ok(LIST, query={"agent_id": bench.agent.id, **query})
    return shown


def word(bench: Bench, *, touched: bool = False) -> str:
    """A word that no other run has in its summaries, not even one at the same time: it is of an id of the server's."""
    id_: str = bench.shared("a conversation", bench.conversation)
    return ("touched" if touched else "run") + id_[len("conv-") :][:8]


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


def _touch(bench: Bench, ids: list[str]) -> list[str]:
    for number, date in _TOUCHED.items():
        bench.ok("update_conversation", ids[number], body={"last_message_at": date})
    return ids
