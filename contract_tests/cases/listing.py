"""The list of conversations: bounds, order and pages (CONTRACT.md, STATE-21 to STATE-26, STATE-30, STATE-47)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from letta_contract.contract_tests import odd
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.cases import crowd
from letta_contract.contract_tests.cases.census import census
from letta_contract.contract_tests.cases.crowd import COUNT, LIST
from letta_contract.contract_tests.conversation import instant
from letta_contract.contract_tests.expectation import Expectation, Kind

case = Collection()
cases = case.among
STATE = Need.STATE
DEFAULT = 50  # conversations of a page, where no limit is given
_UNKNOWN = "conv-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364"
_SORTED = ("created_at", "last_message_at")
# The limits by which each order is walked: that of 1 ends a page between any two, that of 2 between equal dates.
_WALKS: dict[str, dict[str, tuple[int, ...]]] = {
    "created_at": {"desc": (1,), "asc": (2,)},
    "last_message_at": {"desc": (2,), "asc": (3,)},
    "last_run_completion": {"desc": (1,), "asc": (3,)},
}


@case(
    LIST,
    "default-page",
    "OP-2",
    f"Without parameters the list answers 200 with {DEFAULT} conversations where there are more, newest first.",
    needs=STATE,
    crowd=DEFAULT + 1,
)
def _default(bench: Bench) -> Iterator[Row]:
    for _ in range(DEFAULT + 1 - COUNT - len(crowd.page(bench, limit=2 * DEFAULT))):
        bench.conversation()
    made = crowd.made(bench)
    page = crowd.page(bench)
    ours = crowd.ours(page, made)
    yield bench.check("newest first", ours == made[::-1], "STATE-22", " ".join(made[::-1]), " ".join(ours))
    most = len(crowd.page(bench, limit=DEFAULT + 1))  # fewer where a server bounds its pages itself
    wanted = min(DEFAULT, most)
    yield bench.check("how many", len(page) == wanted, "OP-2", f"{wanted} conversations", len(page))


@case(
    LIST,
    "limit-bounds-the-page",
    "STATE-21",
    "A page has no more items than limit.",
    needs=STATE,
)
def _limit(bench: Bench) -> Iterator[Row]:
    crowd.few(bench)
    for limit in (1, 2, COUNT):
        got = len(crowd.page(bench, limit=limit))
        yield bench.check(f"limit {limit}", 0 < got <= limit, "STATE-21", f"1 to {limit} items", got)


@case(LIST, "odd-limit", "STATE-47", "limit 0 and below answer 200 or 422.", needs=STATE)
def _odd_limit(bench: Bench) -> Iterator[Row]:
    expected = Expectation(Kind.FREE, frozenset({200, 422}), "an odd limit", "STATE-47", odd.LOW)
    for limit in (0, -1):
        exchange = bench.call(LIST, query={"agent_id": bench.agent.id, "limit": limit})
        yield from bench.judge_status(f"limit {limit}", LIST, exchange, expected)


def _order_by(field: str) -> None:
    @case(
        LIST,
        f"order-by-{field.replace('_', '-')}",
        "STATE-23",
        f"By {field}, asc is desc reversed, and sorted.",
        needs=STATE,
    )
    def _sorted(bench: Bench) -> Iterator[Row]:
        made, asked_for = _some(bench, field)
        groups: dict[str, list[tuple[datetime, list[str]]]] = {}
        for order, asked in (("left out", {}), ("asc", {"order": "asc"}), ("desc", {"order": "desc"})):
            found = crowd.page(bench, **asked_for, **asked, order_by=field, limit=100)
            page = [item for item in found if item["id"] in made]
            dated = [item for item in page if item.get(field)]
            keys = [instant(item[field]) for item in dated]
            wanted = sorted(keys, reverse=order != "asc")
            shown = " ".join(str(item.get(field)) for item in page)
            yield bench.check(order, keys == wanted, "STATE-22", f"sorted by {field}, {order}", shown)
            nulls = [item.get(field) is None for item in page]
            together = not any(nulls) or all(nulls) or nulls in (sorted(nulls), sorted(nulls, reverse=True))
            yield bench.check(f"{order}: nulls", together, "STATE-23", "nulls together at one end", shown)
            by_key = groupby(dated, key=lambda item: instant(item[field]))
            groups[order] = [(key, sorted(item["id"] for item in alike)) for key, alike in by_key]
        # Where the nulls stand is free, and how equal keys do, so only what has a key of its own can be the reverse.
        asc, desc = groups["asc"], groups["desc"]
        yield bench.check("reversed", asc == desc[::-1], "STATE-23", "asc is desc reversed", f"{asc} {desc}")


for _field in _SORTED:
    _order_by(_field)


def _pages(order_by: str) -> None:
    slug = f"pages-by-{order_by.replace('_', '-')}"

    @case(LIST, slug, "STATE-26", "Pages joined give every item exactly once.", needs=STATE)
    def _partition(bench: Bench) -> Iterator[Row]:
        made, asked_for = _some(bench, order_by)
        kept = {**asked_for, "order_by": order_by}
        for order, limits in _WALKS[order_by].items():
            all_ = crowd.page(bench, **kept, order=order, limit=100)
            whole = crowd.ours(all_, made)
            for limit in limits:
                ours = crowd.ours(_joined(bench, len(all_) + COUNT, **kept, order=order, limit=limit), made)
                name = f"{order}, limit {limit}"
                once = sorted(ours) == sorted(made)
                yield bench.check(name, once, "STATE-26", f"each of {len(made)} once", f"{len(ours)}: {' '.join(ours)}")
                if once and order_by == "created_at":
                    same = ours == whole
                    yield bench.check(f"{name}: order", same, "STATE-25", " ".join(whole), " ".join(ours))


for _order in _WALKS:
    _pages(_order)


@case(LIST, "after-is-exclusive", "STATE-25", "A page after X does not contain X, and goes on from it.", needs=STATE)
def _after(bench: Bench) -> Iterator[Row]:
    made = crowd.few(bench)
    for order, ids in (("asc", made), ("desc", made[::-1])):
        for place in (2, len(ids) - 1):
            page = crowd.ours(crowd.page(bench, order=order, after=ids[place], limit=100), made)
            wanted = ids[place + 1 :]
            yield bench.check(
                f"{order}, after number {place + 1}", page == wanted, "STATE-25", " ".join(wanted), " ".join(page)
            )


@case(
    LIST,
    "unknown-cursor",
    "STATE-30",
    "An unknown cursor is 404; that of a deleted conversation 200 or 404.",
    needs=STATE,
)
def _cursor(bench: Bench) -> Iterator[Row]:
    unknown = Expectation(Kind.REFUSE, frozenset({404}), "no such cursor", "STATE-30")
    for name, query in (
        ("unknown", {}),
        ("unknown, ascending", {"order": "asc"}),
        ("unknown, by last_message_at, of one agent", {"order_by": "last_message_at", "agent_id": bench.agent.id}),
    ):
        exchange = bench.call(LIST, query={**query, "after": _UNKNOWN})
        yield from bench.judge_status(name, LIST, exchange, unknown)
    made = bench.conversation()
    bench.ok("delete_conversation", made)
    exchange = bench.call(LIST, query={"after": made})
    deleted = Expectation(Kind.FREE, frozenset({200, 404}), "the cursor was deleted", "STATE-30")
    yield from bench.judge_status("deleted", LIST, exchange, deleted, story=True)


def _some(bench: Bench, order_by: str) -> tuple[list[str], dict[str, Any]]:
    """Conversations to sort and walk, and the conditions that only they match: others may come and go (STATE-31)."""
    if order_by == "created_at":
        return crowd.few(bench), {"summary_search": crowd.word(bench)}
    all_ = census(bench)
    conditions = {"summary_search": all_.word, **({"archive_status": "all"} if all_.archives else {})}
    return [shown["id"] for shown in all_.matching("all", searched=True)], conditions


def _joined(bench: Bench, bound: int, **query: Any) -> list[dict[str, Any]]:
    """All pages, each after the last item of the one before; a walk that goes in circles ends after `bound` items."""
    joined: list[dict[str, Any]] = []
    items = crowd.page(bench, **query)
    while items and len(joined) <= bound:
        joined += items
        items = crowd.page(bench, **query, after=items[-1]["id"])
    return joined
