"""The list of conversations: bounds, order, pages and filters (CONTRACT.md, STATE-21 to STATE-31, STATE-47)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any

from letta_contract.contract_tests import odd
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.conversation import instant
from letta_contract.contract_tests.expectation import Expectation, Kind
from letta_contract.contract_tests.verdict import Verdict

case = Collection()
cases = case.among
LIST = "list_conversations"
STATE = Need.STATE
COUNT = 5
DEFAULT = 50  # conversations of a page, where no limit is given
_PUT = "put where they belong: "
_UNKNOWN = "conv-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364"
_UNKNOWN_AGENT = "agent-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364"
_SORTED = ("created_at", "last_message_at")
_AGENTS_LISTS: dict[str, dict[str, Any]] = {
    "own": {"limit": 100},
    "in a search": {"limit": 100, "summary_search": "page"},
    "of all, ascending": {"limit": 100, "archive_status": "all", "order": "asc"},
}
_ORDERS = ("created_at", "last_message_at", "last_run_completion")


@case(
    LIST,
    "default-page",
    "OP-2",
    f"Without parameters the list answers 200 with {DEFAULT} conversations where there are more, newest first.",
    needs=STATE,
    crowd=DEFAULT + 1,
)
def _default(bench: Bench) -> Iterator[Row]:
    for _ in range(DEFAULT + 1 - COUNT - len(_page(bench, limit=2 * DEFAULT))):
        bench.conversation()
    made = _made(bench)
    page = _page(bench)
    ours = _ours(page, made)
    yield bench.check("newest first", ours == made[::-1], "STATE-22", " ".join(made[::-1]), " ".join(ours))
    yield bench.check("how many", len(page) == DEFAULT, "OP-2", f"{DEFAULT} conversations", len(page))


@case(
    LIST,
    "limit-bounds-the-page",
    "STATE-21",
    "A page has no more items than limit.",
    needs=STATE,
)
def _limit(bench: Bench) -> Iterator[Row]:
    made = _five(bench)
    tried: dict[str, dict[str, Any]] = {
        **{f"limit {limit}": {"limit": limit} for limit in (1, 2, COUNT)},
        "behind a cursor": {"limit": 1, "after": made[-1]},
        "in a search, ascending": {"limit": 1, "summary_search": "page", "order": "asc"},
        "of all, by last_message_at": {"limit": 2, "archive_status": "all", "order_by": "last_message_at"},
    }
    for name, query in tried.items():
        page, limit = _page(bench, **query), query["limit"]
        yield bench.check(name, 0 < len(page) <= limit, "STATE-21", f"1 to {limit} items", len(page))


@case(LIST, "odd-limit", "STATE-47", "limit 0 and below answer 200 or 422.", needs=STATE)
def _odd_limit(bench: Bench) -> Iterator[Row]:
    expected = Expectation(Kind.FREE, frozenset({200, 422}), "an odd limit", "STATE-47", odd.LOW)
    for limit in (0, -1, -1000):
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
        made = _five(bench, touched=field != "created_at")
        pages = {
            order: [item for item in _found(bench, order=order, order_by=field, limit=100) if item["id"] in made]
            for order in ("asc", "desc")
        }
        for order, page in pages.items():
            keys = [instant(item[field]) for item in page if item.get(field)]
            wanted = sorted(keys, reverse=order == "desc")
            shown = " ".join(str(item.get(field)) for item in page)
            yield bench.check(order, keys == wanted, "STATE-22", f"sorted by {field}, {order}", shown)
            nulls = [item.get(field) is None for item in page]
            together = not any(nulls) or all(nulls) or nulls in (sorted(nulls), sorted(nulls, reverse=True))
            yield bench.check(f"{order}: nulls", together, "STATE-23", "nulls together at one end", shown)
        # Where the nulls stand is free, so only what has a key can be the reverse.
        asc, desc = (
            [(item[field], item["id"]) for item in pages[order] if item.get(field)] for order in ("asc", "desc")
        )
        if len({key for key, _ in asc}) == len(asc):
            yield bench.check("reversed", asc == desc[::-1], "STATE-23", "asc is desc reversed", f"{asc} {desc}")


for _field in _SORTED:
    _order_by(_field)


def _pages(order_by: str) -> None:
    slug = f"pages-by-{order_by.replace('_', '-')}"

    @case(LIST, slug, "STATE-26", "Pages joined give every item exactly once.", needs=STATE)
    def _partition(bench: Bench) -> Iterator[Row]:
        made = _five(bench, touched=order_by != "created_at")
        bound = len(_found(bench, limit=100)) + COUNT
        for order in ("desc", "asc"):
            whole = _ours(_found(bench, order=order, order_by=order_by, limit=100), made)
            for limit in (1, 2) if (order, order_by) == ("desc", "created_at") else (2,):
                joined = _joined(bench, bound, order=order, order_by=order_by, limit=limit)
                ours = _ours(joined, made)
                name = f"{order}, limit {limit}"
                once = sorted(ours) == sorted(made)
                yield bench.check(name, once, "STATE-26", f"each of {len(made)} once", f"{len(ours)}: {' '.join(ours)}")
                if once and order_by == "created_at":
                    same = ours == whole
                    yield bench.check(f"{name}: order", same, "STATE-25", " ".join(whole), " ".join(ours))


for _order in _ORDERS:
    _pages(_order)


@case(LIST, "after-is-exclusive", "STATE-25", "A page after X does not contain X, and goes on from it.", needs=STATE)
def _after(bench: Bench) -> Iterator[Row]:
    made = _five(bench)
    for order, ids in (("asc", made), ("desc", made[::-1])):
        for place in (0, 2, len(ids) - 1):
            page = _ours(_page(bench, order=order, after=ids[place], limit=100), made)
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
    exchange = bench.call(LIST, query={"after": _UNKNOWN})
    unknown = Expectation(Kind.REFUSE, frozenset({404}), "no such cursor", "STATE-30")
    yield from bench.judge_status("unknown", LIST, exchange, unknown)
    made = bench.conversation()
    bench.ok("delete_conversation", made)
    exchange = bench.call(LIST, query={"after": made})
    deleted = Expectation(Kind.FREE, frozenset({200, 404}), "the cursor was deleted", "STATE-30")
    yield from bench.judge_status("deleted", LIST, exchange, deleted, story=True)


@case(LIST, "agent-id-filters", "STATE-27", "agent_id keeps only that agent's; an unknown one has none.", needs=STATE)
def _agent(bench: Bench) -> Iterator[Row]:
    behind = {"limit": 100, "after": _five(bench)[-1]}
    for name, query in {**_AGENTS_LISTS, "behind a cursor": behind}.items():
        strangers = [item["agent_id"] for item in _page(bench, **query) if item["agent_id"] != bench.agent.id]
        yield bench.check(name, not strangers, "STATE-27", f"only {bench.agent.id}", " ".join(strangers))
    exchange = bench.call(LIST, query={"agent_id": _UNKNOWN_AGENT})
    none = Expectation(Kind.FREE, frozenset({200, 404}), "an unknown agent", "STATE-27")
    yield from bench.judge_status("unknown agent", LIST, exchange, none)
    if exchange.reply is not None and exchange.reply.status == 200:
        yield bench.check("unknown agent", exchange.reply.json == [], "STATE-27", "[]", exchange.reply.content.decode())


@case(LIST, "summary-search-filters", "STATE-28", "summary_search keeps only what matches.", needs=STATE)
def _search(bench: Bench) -> Iterator[Row]:
    word = f"zebra{bench.seed}quokka"
    match = bench.conversation(summary=f"a {word} here")
    other = bench.conversation(summary="nothing of the kind")
    none = bench.conversation()
    found = _ours(_page(bench, summary_search=word, limit=100), (match, other, none))
    yield bench.check(word, found == [match], "STATE-28", match, " ".join(found) or "none")
    behind = _ours(_page(bench, summary_search=word, limit=100, after=match, order="asc"), (match, other, none))
    yield bench.check("behind a cursor", behind == [], "STATE-28", "none", " ".join(behind))
    nobody = _page(bench, summary_search=f"{word}nobodywrote", limit=100)
    yield bench.check("no match", nobody == [], "STATE-28", "[]", " ".join(item["id"] for item in nobody))


@case(
    LIST, "archive-status-filters", "STATE-29", "archive_status keeps only what it names.", level="should", needs=STATE
)
def _archive(bench: Bench) -> Iterator[Row]:
    kept, away = bench.conversation(summary=f"{_PUT}kept"), bench.conversation(summary=f"{_PUT}away")
    changed = bench.ok("update_conversation", away, body={"archived": True})
    if changed.get("archived") is None and changed.get("archived_at") is None:
        yield Row("archive_status", Verdict.UNSUPPORTED, actual="archived shows in no answer")
        return
    for status, names in ((None, [kept]), ("unarchived", [kept]), ("archived", [away]), ("all", [away, kept])):
        query = {} if status is None else {"archive_status": status}
        found = sorted(_ours(_page(bench, limit=100, **query), (kept, away)))
        wanted = sorted(names)
        name = status or "left out"
        yield bench.check(name, found == wanted, "STATE-29" if status else "STATE-7", " ".join(wanted), " ".join(found))
    agents = {"agent_id": bench.agent.id}
    for name, narrowed in (
        ("in a search", {**agents, "summary_search": _PUT}),
        ("ascending", {**agents, "order": "asc"}),
        ("behind a cursor", {**agents, "order": "asc", "after": kept}),
        ("of all agents", {}),
    ):
        found = _ours(bench.ok(LIST, query={**narrowed, "limit": 100}), (kept, away))
        yield bench.check(name, away not in found, "STATE-7", f"a list without {away}", "it is there")
    # The two may be of one age, and then come in either order.
    beside = [_ours(_page(bench, archive_status="all", after=away, order=order), [kept]) for order in ("asc", "desc")]
    yield bench.check("an archived cursor", beside.count([kept]) == 1, "STATE-25", f"{kept}, to one side of it", beside)
    bench.ok("update_conversation", away, body={"archived": False})
    found = sorted(_ours(_page(bench, limit=100), (kept, away)))
    yield bench.check("taken back", found == sorted((kept, away)), "STATE-5", "both", " ".join(found))


def _five(bench: Bench, *, touched: bool = False) -> list[str]:
    """Conversations of the run's agent, oldest first, which no case changes."""
    if not touched:
        return bench.shared("five", lambda: _made(bench))
    return bench.shared("five, touched", lambda: _touch(bench, _made(bench)))


def _made(bench: Bench) -> list[str]:
    """New conversations, apart in time by what the server's dates can tell apart."""
    made: list[dict[str, Any]] = []
    for number in range(COUNT):
        if number > 1 and _at_once(made):
            time.sleep(1.1)
        query = {"agent_id": bench.agent.id}
        body = {"summary": f"page {number} {_word(bench)}"}
        made.append(bench.ok("create_conversation", query=query, body=body))
    return [conversation["id"] for conversation in made]


def _at_once(made: list[dict[str, Any]]) -> bool:
    """Whether two conversations have the same created_at, so that their order is free (STATE-23)."""
    dates = [conversation["created_at"] for conversation in made if conversation.get("created_at")]
    return len(set(dates)) < len(dates)


def _touch(bench: Bench, ids: list[str]) -> list[str]:
    """Give all but the first a last_message_at, in an order of its own."""
    for place, number in enumerate((3, 1, 4, 2)):
        bench.ok("update_conversation", ids[number], body={"last_message_at": f"2026-03-0{place + 1}T10:00:00Z"})
    return ids


def _page(bench: Bench, **query: Any) -> list[dict[str, Any]]:
    page: list[dict[str, Any]] = bench.ok(LIST, query={"agent_id": bench.agent.id, **query})
    return page


def _found(bench: Bench, **query: Any) -> list[dict[str, Any]]:
    """A page of those that were made for it: to walk them all, nothing else may come and go, or be many (STATE-31)."""
    return _page(bench, summary_search=_word(bench), **query)


def _word(bench: Bench) -> str:
    """A word that no other run has in its summaries, not even one at the same time: it is of an id of the server's."""
    id_: str = bench.shared("a conversation", bench.conversation)
    return "run" + id_[len("conv-") :][:8]


def _joined(bench: Bench, bound: int, **query: Any) -> list[dict[str, Any]]:
    """All pages, each after the last item of the one before; a walk that goes in circles ends after `bound` items."""
    joined: list[dict[str, Any]] = []
    page = _found(bench, **query)
    while page and len(joined) <= bound:
        joined += page
        page = _found(bench, **query, after=page[-1]["id"])
    return joined


def _ours(page: Iterable[dict[str, Any]], ids: Iterable[str]) -> list[str]:
    """The ids of those items that the case made itself, in the page's order (STATE-31)."""
    wanted = set(ids)
    return [item["id"] for item in page if item["id"] in wanted]
