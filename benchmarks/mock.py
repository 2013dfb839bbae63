"""How fast the mock server is beside others: `python benchmarks/mock.py`, with wrk and npm at hand.

Every round asks every server in turn, so that whatever else the machine does troubles all alike; medians are shown.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import defaultdict
from contextlib import ExitStack
from statistics import median
from typing import Any

import httpx
from load import CONNECTIONS, Load, cache_folder, load
from servers import CONVERSATION, TOKEN, Running, contestants, keep_answers, running
from streams import AGENT, open_streams

BODY = (
    b'{"agent_id":"agent-123e4567-e89b-42d3-8456-426614174000","compaction_settings":{"mode":"sliding_window",'
    b'"model":"openai/gpt-4o-mini","sliding_window_percentage":0.3,"clip_chars":50000,'
    b'"prompt":"Say in a few words what was agreed, and leave out the rest."}}'
)
REQUESTS: dict[str, tuple[str, str, bytes | None]] = {
    "retrieve": ("GET", CONVERSATION, None),
    "recompile": ("POST", f"{CONVERSATION}/recompile", BODY),
    "compact": ("POST", f"{CONVERSATION}/compact", BODY),
}


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each load")
    parser.add_argument("--mixed", type=int, default=100_000, help="requests before memory is looked at again")
    parser.add_argument("--streams", type=int, default=1000, help="open at once")
    options = parser.parse_args()
    folder = cache_folder()
    starting = contestants(folder)
    with running(starting[0]) as ours:
        keep_answers(ours.url, folder, REQUESTS)

    starts: dict[str, list[float]] = defaultdict(list)
    for _ in range(options.rounds):
        for contestant in starting:
            with running(contestant) as server:
                starts[contestant.name].append(server.started)

    loads: dict[tuple[str, str], list[Load]] = defaultdict(list)
    work: dict[tuple[str, str], list[float]] = defaultdict(list)
    with ExitStack() as stack:
        servers = [stack.enter_context(running(contestant)) for contestant in starting]
        fresh = {server.name: server.megabytes for server in servers}
        for server in servers:  # to warm up
            for request in REQUESTS.values():
                load(server.url, *request, seconds=1)
        for _ in range(options.rounds):
            for name, request in REQUESTS.items():
                for server in servers:
                    busy = server.busy
                    found = load(server.url, *request, seconds=options.seconds)
                    loads[server.name, name].append(found)
                    work[server.name, name].append((server.busy - busy) / (found.rate * options.seconds) * 1e6)
        warm = {server.name: server.megabytes for server in servers}
        show(servers, loads, starts, fresh, warm)
        show_work(servers, work)
        stateful = servers[1]
        grown = asyncio.run(mixed(stateful, options.mixed))
        print(f"\nStateful, {options.mixed} mixed requests: {grown[0]:.1f} MB before, {grown[1]:.1f} MB after.")
        ended, seconds = asyncio.run(open_streams(stateful.url, options.streams))
        print(f"{ended} of {options.streams} streams open at once came to their end, after {seconds:.1f} s of 9.0 s.")


def show(
    servers: list[Running],
    loads: dict[tuple[str, str], list[Load]],
    starts: dict[str, list[float]],
    fresh: dict[str, float],
    warm: dict[str, float],
) -> None:
    """Print what was measured as Markdown."""
    print(f"| req/s (p50, p99 in ms; {CONNECTIONS} connections) | " + " | ".join(REQUESTS) + " |")
    print("|---|" + "---:|" * len(REQUESTS))
    for server in servers:
        cells = []
        for name in REQUESTS:
            found = loads[server.name, name]
            rate, p50, p99 = (median(getattr(one, part) for one in found) for part in ("rate", "p50", "p99"))
            refused = " †" if any(one.failed for one in found) else ""
            cells.append(f"{rate:,.0f}{refused} ({p50:.2f}, {p99:.2f})")
        print(f"| {server.name} | " + " | ".join(cells) + " |")
    for other in servers[2:]:
        for ours in servers[:2]:
            ratios = [
                median(
                    mine.rate / theirs.rate
                    for mine, theirs in zip(loads[ours.name, name], loads[other.name, name], strict=True)
                )
                for name in REQUESTS
            ]
            print(f"| {ours.name} ÷ {other.name} | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |")
    print("\n| | start to first 200 | memory at start | after the loads |\n|---|---:|---:|---:|")
    for server in servers:
        begin = median(starts[server.name])
        print(f"| {server.name} | {begin:.2f} s | {fresh[server.name]:.0f} MB | {warm[server.name]:.0f} MB |")


def show_work(servers: list[Running], work: dict[tuple[str, str], list[float]]) -> None:
    """Print the processor time of a request, which other work on the machine does not change much."""
    print("\n| processor time of a request in µs | " + " | ".join(REQUESTS) + " |\n|---|" + "---:|" * len(REQUESTS))
    for server in servers:
        print(f"| {server.name} | " + " | ".join(f"{median(work[server.name, name]):.0f}" for name in REQUESTS) + " |")


async def mixed(server: Running, count: int) -> tuple[float, float]:
    """Megabytes before and after many requests of each kind that leave nothing behind."""
    async with httpx.AsyncClient(base_url=server.url, headers=TOKEN, timeout=30) as client:

        async def some(number: int) -> None:
            for _ in range(number // 5):
                made: dict[str, Any] = (await client.post(f"/v1/conversations/?agent_id={AGENT}")).json()
                path = f"/v1/conversations/{made['id']}"
                await client.get(path)
                await client.post(f"{path}/messages", json={"input": "Hello", "streaming": False})
                await client.get(f"{path}/messages")
                await client.delete(path)

        async def all_of(number: int) -> None:
            await asyncio.gather(*(some(number // CONNECTIONS) for _ in range(CONNECTIONS)))

        await all_of(min(count, 2_000))
        before = server.megabytes
        await all_of(count)
        return before, server.megabytes


if __name__ == "__main__":
    main()
