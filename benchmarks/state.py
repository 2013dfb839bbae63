"""How long create, retrieve, list of 50 and send take beside 1 000, 10 000 and 100 000 conversations.

    python benchmarks/state.py [redis://HOST:PORT/9]

Each figure is the median of handlers called in this process, in microseconds, without HTTP; the sizes take turns, so
that whatever else the machine does troubles all alike. Along a row it should not grow. The Redis gets worlds of its
own, which are emptied before and after.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from letta_contract import fixtures
from letta_contract.mock_server.record import Agent, Conversation
from letta_contract.mock_server.request import Request
from letta_contract.mock_server.state import open_state
from letta_contract.mock_server.stateful import stateful_handlers
from letta_contract.mock_server.store import Store
from letta_contract.mock_server.world import World

SIZES = (1_000, 10_000, 100_000)
RARE = Agent("agent-00000000-0000-4000-8000-000000000001", "Rare", "m/x", "Be rare.")
LIST = {"limit": 50, "order": "desc", "order_by": "created_at"}
AT_ONCE = 1_000
ROUNDS, IN_A_ROW = 20, 10

Call = Callable[[int], Awaitable[Any]]


def grow(world: World, agents: list[Agent], size: int) -> list[str]:
    """Add so many conversations; every fourth is archived."""
    ids: list[str] = []

    def step(numbers: range) -> None:
        for number in numbers:
            conversation: Conversation = world.new_conversation(agents[number % len(agents)])
            conversation.shown["archived"] = number % 4 == 0
            conversation.shown["last_message_at"] = world.clock.now() if number % 2 else None
            world.add_system_message(conversation)
            world.store.save_conversation(conversation)
            ids.append(conversation.id)

    for start in range(0, size, AT_ONCE):
        world.store.transact(lambda start=start: step(range(start, min(start + AT_ONCE, size))))
    return ids


def calls_on(store: Store, size: int) -> dict[str, Call]:
    """What is measured, on a world with so many conversations."""
    store.clear()
    world = World(store, fixtures.seed())
    world.add_agent(RARE)
    agents = [agent for agent in store.agents() if agent.id != RARE.id]
    handlers = stateful_handlers(world)
    grow(world, [RARE], 3)
    known = grow(world, agents, size)

    def call(operation_id: str, *, query: dict[str, Any] | None = None, body: Any = None) -> Call:
        def answer(number: int) -> Any:
            path = {"conversation_id": known[number * 7919 % len(known)]}
            return handlers[operation_id](Request(path, query or {}, body))

        return answer

    return {
        "create": call("create_conversation", query={"agent_id": agents[0].id}),
        "retrieve": call("retrieve_conversation"),
        "list 50": call("list_conversations", query=LIST),
        "list 50, all": call("list_conversations", query=LIST | {"archive_status": "all"}),
        "list 50, by last message": call("list_conversations", query=LIST | {"order_by": "last_message_at"}),
        "list 50 of a rare agent": call("list_conversations", query=LIST | {"agent_id": RARE.id}),
        "send": call("send_conversation_message", body={"input": "hello", "streaming": False}),
    }


async def timed(call: Call, first: int) -> list[float]:
    """Microseconds that each of some calls took."""
    took = []
    for number in range(first, first + IN_A_ROW):
        begun = perf_counter()
        await call(number)
        took.append((perf_counter() - begun) * 1e6)
    return took


async def measure(name: str, where: list[str | None]) -> None:
    """Print a table of one kind of state; `where` is a place for each size."""
    with ExitStack() as stack:
        worlds: list[dict[str, Call]] = []
        for place, size in zip(where, SIZES, strict=True):
            state = open_state(place)
            stack.callback(state.close)
            store = state.store(f"benchmark {size}")
            stack.callback(store.clear)
            begun = perf_counter()
            worlds.append(calls_on(store, size))
            print(f"{name}: {size} conversations, filled in {perf_counter() - begun:.1f} s", file=sys.stderr)
        # As the server does: the records of a world are not garbage.
        gc.freeze()
        took: dict[tuple[str, int], list[float]] = defaultdict(list)
        for turn in range(-1, ROUNDS):
            for size, calls in zip(SIZES, worlds, strict=True):
                for title, call in calls.items():
                    found = await timed(call, (turn + 1) * IN_A_ROW)
                    took[title, size] += found if turn >= 0 else []  # the first time is to warm up
        for title in worlds[0]:
            figures = [median(took[title, size]) for size in SIZES]
            print(f"| {name} | {title} | " + " | ".join(f"{figure:.0f}" for figure in figures) + " |")


async def main() -> None:
    """Measure every kind of state that there is, and print Markdown."""
    print("| µs | conversations: | " + " | ".join(f"{size:,}" for size in SIZES) + " |")
    print("|---|---|" + "---:|" * len(SIZES))
    with tempfile.TemporaryDirectory() as folder:
        await measure("memory", [None for _ in SIZES])
        await measure("SQLite", [str(Path(folder) / f"{size}.db") for size in SIZES])
        for where in sys.argv[1:2]:
            await measure("Redis", [where for _ in SIZES])


if __name__ == "__main__":
    asyncio.run(main())
