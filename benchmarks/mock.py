"""How fast the mock server is beside others: `python benchmarks/mock.py`, with wrk and npm at hand.

Every round asks every server in turn, so that whatever else the machine does troubles all alike; medians are shown.
What is printed is Markdown, for benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import defaultdict
from contextlib import ExitStack
from math import ceil
from statistics import median

from load import CONNECTIONS, Load, Step, cache_folder, load
from servers import CONVERSATION, STATEFUL, Running, contestants, keep_answers, running, with_workers
from streams import AGENT, open_streams

BODY = (
    b'{"agent_id":"agent-123e4567-e89b-42d3-8456-426614174000","compaction_settings":{"mode":"sliding_window",'
    b'"model":"openai/gpt-4o-mini","sliding_window_percentage":0.3,"clip_chars":50000,'
    b'"prompt":"Say in a few words what was agreed, and leave out the rest."}}'
)
REQUESTS: dict[str, list[Step]] = {
    "retrieve": [("GET", CONVERSATION, None)],
    "recompile": [("POST", f"{CONVERSATION}/recompile", BODY)],
    "compact": [("POST", f"{CONVERSATION}/compact", BODY)],
}
# What remembers has something to compact once only: each time, it gets a copy of a conversation.
COMPACTION: list[Step] = [
    ("POST", f"{CONVERSATION}/fork", None),
    ("POST", "/v1/conversations/{id}/compact", BODY),
    ("DELETE", "/v1/conversations/{id}", None),
]
# One of each kind, which leave nothing behind.
MIXED: list[Step] = [
    ("POST", f"/v1/conversations/?agent_id={AGENT}", None),
    ("GET", "/v1/conversations/{id}", None),
    ("POST", "/v1/conversations/{id}/messages", b'{"input":"Hello","streaming":false}'),
    ("GET", "/v1/conversations/{id}/messages", None),
    ("DELETE", "/v1/conversations/{id}", None),
]
MANY_CONNECTIONS = 32
"""So that each of two workers has its share of them."""

Measured = dict[tuple[str, str], list[Load]]
Work = dict[tuple[str, str], list[float]]


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
        keep_answers(ours.url, folder, [step for steps in REQUESTS.values() for step in steps])

    starts: dict[str, list[float]] = defaultdict(list)
    for _ in range(options.rounds):
        for contestant in starting:
            with running(contestant) as server:
                starts[contestant.name].append(server.started)

    with ExitStack() as stack:
        servers = [stack.enter_context(running(contestant)) for contestant in starting]
        fresh = {server.name: server.megabytes for server in servers}
        loads, work = measure(servers, options.rounds, options.seconds)
        warm = {server.name: server.megabytes for server in servers}
    show(servers, loads)
    show_work(servers, work)
    show_processes(servers, starts, fresh, warm)
    with running(starting[0]) as one, running(with_workers(starting[0], 2)) as two:
        show_workers(one, two, options.rounds, options.seconds)
    with running(starting[1]) as stateful:
        show_growth(stateful, options.mixed)
        ended, seconds = asyncio.run(open_streams(stateful.url, options.streams))
        print(f"- {ended} of {options.streams} streams open at once came to their end, after {seconds:.1f} s of 9.0 s.")


def measure(servers: list[Running], rounds: int, seconds: int) -> tuple[Measured, Work]:
    """Loads by server and request, and the microseconds of processor time that a request of each took."""
    loads: Measured = defaultdict(list)
    work: Work = defaultdict(list)
    for server in servers:  # to warm up
        for name in REQUESTS:
            load(server.url, steps_of(server, name), seconds=1)
    for _ in range(rounds):
        for name in REQUESTS:
            for server in servers:
                busy = server.busy
                found = load(server.url, steps_of(server, name), seconds)
                loads[server.name, name].append(found)
                work[server.name, name].append((server.busy - busy) / found.count * 1e6)
    return loads, work


def steps_of(server: Running, name: str) -> list[Step]:
    """What a server is asked."""
    return COMPACTION if (server.name, name) == (STATEFUL, "compact") else REQUESTS[name]


def mark(server: Running, name: str) -> str:
    """What stands behind a figure that is not of the one request alone."""
    return " †" if len(steps_of(server, name)) > 1 else ""


def show(servers: list[Running], loads: Measured) -> None:
    """Print requests a second, and how many times those of others they are."""
    print(f"| req/s (p50, p99 in ms; {CONNECTIONS} connections) | " + " | ".join(REQUESTS) + " |")
    print("|---|" + "---:|" * len(REQUESTS))
    for server in servers:
        cells = []
        for name in REQUESTS:
            found = loads[server.name, name]
            rate, p50, p99 = (median(getattr(one, part) for one in found) for part in ("rate", "p50", "p99"))
            failed = sum(one.failed for one in found)
            refused = f", {failed} refused" if failed else ""
            cells.append(f"{rate:,.0f}{mark(server, name)} ({p50:.2f}, {p99:.2f}{refused})")
        print(f"| {server.name} | " + " | ".join(cells) + " |")
    for other in servers[2:]:
        for ours in servers[:2]:
            ratios = []
            for name in REQUESTS:
                pairs = zip(loads[ours.name, name], loads[other.name, name], strict=True)
                ratios.append(f"{median(mine.rate / theirs.rate for mine, theirs in pairs):.2f}{mark(ours, name)}")
            print(f"| {ours.name} ÷ {other.name} | " + " | ".join(ratios) + " |")
    print("\n† a third each of fork, compact and delete: what is compacted has to be there first.")


def show_work(servers: list[Running], work: Work) -> None:
    """Print the processor time of a request, which other work on the machine does not change much."""
    print("\n| processor time of a request in µs | " + " | ".join(REQUESTS) + " |\n|---|" + "---:|" * len(REQUESTS))
    for server in servers:
        cells = (f"{median(work[server.name, name]):.0f}{mark(server, name)}" for name in REQUESTS)
        print(f"| {server.name} | " + " | ".join(cells) + " |")


def show_processes(
    servers: list[Running], starts: dict[str, list[float]], fresh: dict[str, float], warm: dict[str, float]
) -> None:
    """Print how long a start takes, and how much memory is held."""
    print("\n| | start to first 200 | memory at start | after the loads |\n|---|---:|---:|---:|")
    for server in servers:
        begin = median(starts[server.name])
        print(f"| {server.name} | {begin:.2f} s | {fresh[server.name]:.0f} MB | {warm[server.name]:.0f} MB |")


def show_workers(one: Running, two: Running, rounds: int, seconds: int) -> None:
    """Print what a second process adds; wrk needs a part of the same processors."""
    print(f"\n| req/s (µs of processor time; {MANY_CONNECTIONS} connections) | " + " | ".join(REQUESTS) + " |")
    print("|---|" + "---:|" * len(REQUESTS))
    rates: dict[tuple[str, str], list[float]] = defaultdict(list)
    work: Work = defaultdict(list)
    for server in (one, two):
        load(server.url, REQUESTS["retrieve"], 1, MANY_CONNECTIONS)
    for _ in range(rounds):
        for name, steps in REQUESTS.items():
            for server in (one, two):
                busy = server.busy
                found = load(server.url, steps, seconds, MANY_CONNECTIONS)
                rates[server.name, name].append(found.rate)
                work[server.name, name].append((server.busy - busy) / found.count * 1e6)
    for server in (one, two):
        cells = []
        for name in REQUESTS:
            rate, used = median(rates[server.name, name]), median(work[server.name, name])
            cells.append(f"{rate:,.0f} ({used:.0f})")
        print(f"| {server.name} | " + " | ".join(cells) + " |")
    ratios = (median(rates[two.name, name]) / median(rates[one.name, name]) for name in REQUESTS)
    print("| two ÷ one | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |")


def show_growth(server: Running, count: int) -> None:
    """Print the memory before and after many requests of each kind that leave nothing behind."""
    rate = load(server.url, MIXED, seconds=5).rate
    before, done, failed = server.megabytes, 0, 0
    while done < count:
        found = load(server.url, MIXED, seconds=min(ceil((count - done) / rate), 60))
        done, failed = done + found.count, failed + found.failed
    after = server.megabytes
    told = f"{done:,} mixed requests to {server.name}, {failed} of them refused"
    print(f"\n- {told}: {before:.1f} MB before, {after:.1f} MB after ({after - before:+.1f}).")


if __name__ == "__main__":
    main()
