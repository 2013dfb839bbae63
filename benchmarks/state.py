"""How long create, retrieve, list of 50 and send take beside 1 000, 10 000 and 100 000 conversations.

    python benchmarks/state.py [redis://HOST:PORT/9]

Each figure is the median of handlers called in this process, in microseconds, without HTTP; along a row it should not
grow. The Redis gets a world of its own, which is emptied before and after.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from letta_contract import fixtures
from letta_contract.mock_server.record import Agent, Conversation
from letta_contract.mock_server.request import Request
from letta_contract.mock_server.state import open_state
from letta_contract.mock_server.stateful import stateful_handlers
from letta_contract.mock_server.world import World

SIZES = (1_000, 10_000, 100_000)
RARE = Agent("agent-00000000-0000-4000-8000-000000000001", "Rare", "m/x", "Be rare.")
LIST = {"limit": 50, "order": "desc", "order_by": "created_at"}
AT_ONCE = 1_000


def grow(world: World, agents: list[Agent], first: int, size: int) -> list[str]:
    """Add conversations up to a number of them; every fourth is archived."""
    ids: list[str] = []

    def step(numbers: range) -> None:
        for number in numbers:
            conversation: Conversation = world.new_conversation(agents[number % len(agents)])
            conversation.shown["archived"] = number % 4 == 0
            conversation.shown["last_message_at"] = world.clock.now() if number % 2 else None
            world.add_system_message(conversation)
            world.store.save_conversation(conversation)
            ids.append(conversation.id)

    for start in range(first, size, AT_ONCE):
        world.store.transact(lambda start=start: step(range(start, min(start + AT_ONCE, size))))
    return ids


async def median_time(call: Callable[[int], Awaitable[Any]], times: int) -> float:
    """Microseconds."""
    took = []
    for number in range(times):
        begun = perf_counter()
        await call(number)
        took.append(perf_counter() - begun)
    return median(took) * 1e6


async def measure(name: str, where: str | None) -> None:
    state = open_state(where)
    store = state.store("benchmark")
    store.clear()
    world = World(store, fixtures.seed())
    world.add_agent(RARE)
    agents = [agent for agent in store.agents() if agent.id != RARE.id]
    handlers = stateful_handlers(world)
    grow(world, [RARE], 0, 3)
    known: list[str] = []
    rows: dict[str, list[float]] = {}

    def call(operation_id: str, *, query: dict[str, Any] | None = None, body: Any = None) -> Callable[[int], Any]:
        def answer(number: int) -> Any:
            path = {"conversation_id": known[number * 7919 % len(known)]}
            return handlers[operation_id](Request(path, query or {}, body))

        return answer

    calls = {
        "create": call("create_conversation", query={"agent_id": agents[0].id}),
        "retrieve": call("retrieve_conversation"),
        "list 50": call("list_conversations", query=LIST),
        "list 50, all": call("list_conversations", query=LIST | {"archive_status": "all"}),
        "list 50, by last message": call("list_conversations", query=LIST | {"order_by": "last_message_at"}),
        "list 50 of a rare agent": call("list_conversations", query=LIST | {"agent_id": RARE.id}),
        "send": call("send_conversation_message", body={"input": "hello", "streaming": False}),
    }
    for size in SIZES:
        begun = perf_counter()
        known += grow(world, agents, len(known), size)
        print(f"{name}: {size} conversations, filled in {perf_counter() - begun:.1f} s", file=sys.stderr)
        for title, one in calls.items():
            await median_time(one, 20)
            rows.setdefault(title, []).append(await median_time(one, 200))
    for title, figures in rows.items():
        print(f"{name:8} {title:26}" + "".join(f"{figure:12.0f}" for figure in figures))
    store.clear()
    state.close()


async def main() -> None:
    print(f"{'µs':35}" + "".join(f"{size:12}" for size in SIZES))
    with tempfile.TemporaryDirectory() as folder:
        await measure("memory", None)
        await measure("sqlite", str(Path(folder) / "state.db"))
        for where in sys.argv[1:2]:
            await measure("redis", where)


if __name__ == "__main__":
    asyncio.run(main())
