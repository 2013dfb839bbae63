"""Pages of messages: how many, in which order, around which cursor, which types (CONTRACT.md, STATE-32 to STATE-38)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from letta_contract.contract_tests import odd
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Collection, Row
from letta_contract.contract_tests.cases.history import LIST, TEXTS, distinct, history, messages
from letta_contract.contract_tests.cases.turns import TURN, said_in_many_ways
from letta_contract.contract_tests.conversation import instant, said_in
from letta_contract.contract_tests.expectation import Expectation, Kind
from letta_contract.contract_tests.verdict import Verdict

case = Collection()
cases = case.among
DEFAULT = 100  # messages of a page, where no limit is given
_NEVER = datetime.max.replace(tzinfo=UTC)
_LIMITS = {"asc": (1,), "desc": (2,)}  # pages that end within and between turns
_TYPES = ("user_message", "assistant_message")


@case(
    LIST,
    "default-page",
    "OP-7",
    f"Without parameters the list answers the newest {DEFAULT} messages where there are more.",
    needs=TURN,
)
def _default(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    said = [{"role": "user", "content": f"Number {number}."} for number in range(DEFAULT)]
    bench.ok("send_conversation_message", id_, body={"messages": said, "streaming": False})
    newest = distinct(messages(bench, id_, limit=2 * DEFAULT))[:DEFAULT]
    if len(newest) < DEFAULT:
        yield Row("how many", Verdict.UNSUPPORTED, actual="what one turn is told is not stored one by one")
        return
    got = distinct(messages(bench, id_))
    yield bench.check("how many", len(got) == DEFAULT, "OP-7", f"{DEFAULT} messages", len(got))
    yield bench.check("the newest", got == newest, "STATE-32", newest, got)


@case(LIST, "order", "STATE-32", "asc is oldest first, desc its reverse, and desc is the default.", needs=TURN)
def _order(bench: Bench) -> Iterator[Row]:
    told = history(bench)
    for order, wanted in (("asc", told.ids), ("desc", told.ids[::-1]), (None, told.ids[::-1])):
        rows = messages(bench, told.id, **({"order": order} if order else {"order_by": "created_at"}))
        dates: dict[str, datetime] = {}  # of messages: their rows need not be of one instant
        for row in rows:
            dates[row["id"]] = min(instant(row["date"]), dates.get(row["id"], _NEVER))
        times = list(dates.values())
        name = order or "left out"
        kept = times == sorted(times, reverse=order != "asc")
        yield bench.check(f"{name}: dates", kept, "STATE-32", "sorted by date", [row["date"] for row in rows])
        texts = [said_in(row) for row in rows if row["message_type"] == "user_message"]
        said = [text for shown in texts for text in TEXTS if text in shown]
        story = list(TEXTS if order == "asc" else TEXTS[::-1])
        yield bench.check(f"{name}: turns", said == story, "STATE-32", " ".join(story), " ".join(said))
        if order:
            yield bench.check(f"{name}: all", set(distinct(rows)) == set(wanted), "STATE-36", wanted, distinct(rows))
    id_, _ = said_in_many_ways(bench)  # with calls of tools, too
    asc, desc = (messages(bench, id_, order=order) for order in ("asc", "desc"))
    if len({instant(row["date"]) for row in asc}) == len(distinct(asc)):  # else those of one instant have no order
        reverse = distinct(desc)[::-1]
        yield bench.check("reversed", distinct(asc) == reverse, "STATE-32", distinct(asc), reverse)


@case(LIST, "limit-bounds-the-page", "STATE-33", "A page has no more distinct messages than limit.", needs=TURN)
def _limit(bench: Bench) -> Iterator[Row]:
    told = history(bench)
    for order, limit in (("asc", 1), ("desc", 2), ("asc", len(told.ids))):
        got = len(distinct(messages(bench, told.id, order=order, limit=limit)))
        yield bench.check(f"{order}, limit {limit}", 0 < got <= limit, "STATE-33", f"1 to {limit} messages", got)


@case(LIST, "odd-limit", "STATE-47", "limit 0 and below answer 200 or 422.", needs=TURN)
def _odd_limit(bench: Bench) -> Iterator[Row]:
    expected = Expectation(Kind.FREE, frozenset({200, 422}), "an odd limit", "STATE-47", odd.LOW)
    for limit in (0, -1):
        exchange = bench.call(LIST, history(bench).id, query={"limit": limit})
        yield from bench.judge_status(f"limit {limit}", LIST, exchange, expected)


@case(LIST, "after-is-exclusive", "STATE-34", "A page after X does not contain X, and goes on from it.", needs=TURN)
def _after(bench: Bench) -> Iterator[Row]:
    for order, ids, places in _both_orders(bench):
        for place in places:
            got = distinct(messages(bench, history(bench).id, order=order, after=ids[place]))
            wanted = ids[place + 1 :]
            yield bench.check(f"{order}, after number {place + 1}", got == wanted, "STATE-34", wanted, got)


@case(
    LIST, "before-is-exclusive", "STATE-35", "A page before X does not contain X, and ends just before it.", needs=TURN
)
def _before(bench: Bench) -> Iterator[Row]:
    for order, ids, places in _both_orders(bench):
        for place in places:
            got = distinct(messages(bench, history(bench).id, order=order, before=ids[place]))
            yield bench.check(f"{order}, before number {place + 1}", got == ids[:place], "STATE-35", ids[:place], got)


@case(LIST, "pages", "STATE-36", "Pages joined give every message exactly once.", needs=TURN)
def _pages(bench: Bench) -> Iterator[Row]:
    for order, ids, _ in _both_orders(bench):
        for limit in _LIMITS[order]:
            joined: list[str] = []
            seen: Counter[tuple[str, str]] = Counter()
            page = messages(bench, history(bench).id, order=order, limit=limit)
            while page and len(joined) <= len(ids):
                joined += distinct(page)
                seen.update(_rows(page))
                page = messages(bench, history(bench).id, order=order, limit=limit, after=joined[-1])
            yield bench.check(f"{order}, limit {limit}", joined == ids, "STATE-36", ids, joined)
            wanted = Counter(_rows(history(bench).rows))
            others = " ".join(f"{id_}: {kind}" for id_, kind in (wanted - seen) | (seen - wanted))
            yield bench.check(f"{order}, limit {limit}: rows", not others, "STATE-36", "each row once", others)


@case(
    LIST,
    "types-filter",
    "STATE-38",
    "include_return_message_types keeps only those types, and all of them.",
    needs=TURN,
)
def _types(bench: Bench) -> Iterator[Row]:
    told = history(bench)
    for types in (*((one,) for one in _TYPES), _TYPES):
        paged = {"order": "asc", "limit": 50} if types == _TYPES[-1:] else {}
        rows = messages(bench, told.id, include_return_message_types=types, **paged)
        wanted = sorted(row["id"] for row in told.rows if row["message_type"] in types)
        strangers = {row["message_type"] for row in rows} - set(types)
        name = " and ".join(types)
        yield bench.check(name, not strangers, "STATE-38", f"only {name}", ", ".join(strangers))
        yield bench.check(
            f"all: {name}", sorted(row["id"] for row in rows) == wanted, "STATE-38", len(wanted), len(rows)
        )


def _both_orders(bench: Bench) -> Iterator[tuple[str, list[str], list[int]]]:
    """Each order, the ids in it, and the places to try: the oldest, and one of several rows, or else in the middle."""
    count = Counter(row["id"] for row in history(bench).rows)
    for order in ("asc", "desc"):
        ids = distinct(messages(bench, history(bench).id, order=order))
        inner = next((place for place in range(1, len(ids) - 1) if count[ids[place]] > 1), len(ids) // 2)
        yield order, ids, [0 if order == "asc" else len(ids) - 1, inner]


def _rows(page: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for row in page:
        yield row["id"], row["message_type"]
