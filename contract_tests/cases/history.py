"""The messages of a conversation: order, bounds, pages, filters, owners (CONTRACT.md, STATE-32 to STATE-40)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from letta_contract.contract_tests import odd
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.conversation import instant, said_in
from letta_contract.contract_tests.expectation import Expectation, Kind
from letta_contract.contract_tests.verdict import Verdict

case = Collection()
cases = case.among
LIST = "list_conversation_messages"
TURN = Need.STATE | Need.MODEL
# What servers are known to cut, escape, or keep in too few bytes a character.
_TEXTS = (
    "The first thing I say.",
    f"The second thing I say: <b>naïve</b> & 東京 🧪,\nand more{' and more' * 60}.",
    "The third thing I say.",
)
DEFAULT = 100  # messages of a page, where no limit is given
_SUMMARY = "three turns"
_TYPES = ("user_message", "assistant_message")


@dataclass(frozen=True)
class _History:
    """A conversation with a turn for each of _TEXTS, and its rows, oldest first."""

    id: str
    rows: list[dict[str, Any]]

    @property
    def ids(self) -> list[str]:
        """The ids of the stored messages, each once."""
        return _distinct(self.rows)


@case(
    "send_conversation_message", "shows-in-its-conversation", "STATE-39", "What was sent shows in the list.", needs=TURN
)
def _shows(bench: Bench) -> Iterator[Row]:
    told = history(bench)
    said = [said_in(row) for row in told.rows if row["message_type"] == "user_message"]
    for text in _TEXTS:
        count = sum(text in shown for shown in said)
        yield bench.check(text[:21], count == 1, "STATE-39", f"one user_message {text!r}", f"{count} in {said}")
    answers = [row for row in told.rows if row["message_type"] == "assistant_message"]
    summary = bench.ok("retrieve_conversation", told.id).get("summary")
    yield bench.check("its summary", summary == _SUMMARY, "STATE-1", _SUMMARY, summary)
    yield bench.check("answers", len(answers) >= len(_TEXTS), "STATE-39", f"{len(_TEXTS)} answers", len(answers))


@case("send_conversation_message", "shows-nowhere-else", "STATE-40", "It shows in no other conversation.", needs=TURN)
def _shows_nowhere_else(bench: Bench) -> Iterator[Row]:
    before = bench.conversation()
    told = history(bench)
    after = bench.conversation()
    for name, other in (("an older one", before), ("a newer one", after)):
        strangers = {row["id"] for row in _messages(bench, other)} & set(told.ids)
        texts = [said_in(row) for row in _messages(bench, other)]
        leaked = strangers or any(text in shown for text in _TEXTS for shown in texts)
        yield bench.check(name, not leaked, "STATE-40", "none of the other's messages", texts)


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
    newest = _distinct(_messages(bench, id_, limit=2 * DEFAULT))[:DEFAULT]
    if len(newest) < DEFAULT:
        yield Row("how many", Verdict.UNSUPPORTED, actual="what one turn is told is not stored one by one")
        return
    got = _distinct(_messages(bench, id_))
    yield bench.check("how many", len(got) == DEFAULT, "OP-7", f"{DEFAULT} messages", len(got))
    yield bench.check("the newest", got == newest, "STATE-32", newest, got)


@case(LIST, "order", "STATE-32", "asc is oldest first, desc its reverse, and desc is the default.", needs=TURN)
def _order(bench: Bench) -> Iterator[Row]:
    told = history(bench)
    for order, wanted in (("asc", told.ids), ("desc", told.ids[::-1]), (None, told.ids[::-1])):
        rows = _messages(bench, told.id, **({"order": order} if order else {}))
        dates = [instant(row["date"]) for row in rows]
        name = order or "left out"
        kept = dates == sorted(dates, reverse=order != "asc")
        yield bench.check(f"{name}: dates", kept, "STATE-32", "sorted by date", [row["date"] for row in rows])
        texts = [said_in(row) for row in rows if row["message_type"] == "user_message"]
        said = [text for shown in texts for text in _TEXTS if text in shown]
        story = list(_TEXTS if order == "asc" else _TEXTS[::-1])
        yield bench.check(f"{name}: turns", said == story, "STATE-32", " ".join(story), " ".join(said))
        if order:
            yield bench.check(f"{name}: all", set(_distinct(rows)) == set(wanted), "STATE-36", wanted, _distinct(rows))


@case(LIST, "limit-bounds-the-page", "STATE-33", "A page has no more distinct messages than limit.", needs=TURN)
def _limit(bench: Bench) -> Iterator[Row]:
    told = history(bench)
    for order in ("asc", "desc"):
        for limit in (1, 2, len(told.ids)):
            got = len(_distinct(_messages(bench, told.id, order=order, limit=limit)))
            yield bench.check(f"{order}, limit {limit}", 0 < got <= limit, "STATE-33", f"1 to {limit} messages", got)
    got = len(_distinct(_messages(bench, told.id, limit=1, after=told.ids[0], order="asc")))
    yield bench.check("behind a cursor", got == 1, "STATE-33", "1 message", got)
    got = len(_distinct(_messages(bench, told.id, limit=1, include_return_message_types=["user_message"])))
    yield bench.check("of one type", got <= 1, "STATE-33", "1 message at most", got)


@case(LIST, "odd-limit", "STATE-47", "limit 0 and below answer 200 or 422.", needs=TURN)
def _odd_limit(bench: Bench) -> Iterator[Row]:
    expected = Expectation(Kind.FREE, frozenset({200, 422}), "an odd limit", "STATE-47", odd.LOW)
    for limit in (0, -1, -1000):
        exchange = bench.call(LIST, history(bench).id, query={"limit": limit})
        yield from bench.judge_status(f"limit {limit}", LIST, exchange, expected)


@case(LIST, "after-is-exclusive", "STATE-34", "A page after X does not contain X, and goes on from it.", needs=TURN)
def _after(bench: Bench) -> Iterator[Row]:
    for order, ids in _both_orders(bench):
        for place in (0, len(ids) // 2, len(ids) - 1):
            got = _distinct(_messages(bench, history(bench).id, order=order, after=ids[place]))
            wanted = ids[place + 1 :]
            yield bench.check(f"{order}, after number {place + 1}", got == wanted, "STATE-34", wanted, got)


@case(
    LIST, "before-is-exclusive", "STATE-35", "A page before X does not contain X, and ends just before it.", needs=TURN
)
def _before(bench: Bench) -> Iterator[Row]:
    for order, ids in _both_orders(bench):
        for place in (0, len(ids) // 2, len(ids) - 1):
            got = _distinct(_messages(bench, history(bench).id, order=order, before=ids[place]))
            yield bench.check(f"{order}, before number {place + 1}", got == ids[:place], "STATE-35", ids[:place], got)
        got = _distinct(_messages(bench, history(bench).id, order=order, before=ids[-1], limit=2))
        yield bench.check(f"{order}, two before the last", got == ids[-3:-1], "STATE-35", ids[-3:-1], got)


@case(LIST, "pages", "STATE-36", "Pages joined give every message exactly once.", needs=TURN)
def _pages(bench: Bench) -> Iterator[Row]:
    for order, ids in _both_orders(bench):
        for limit in (1, 3):
            joined: list[str] = []
            page = _distinct(_messages(bench, history(bench).id, order=order, limit=limit))
            while page and len(joined) <= len(ids):
                joined += page
                page = _distinct(_messages(bench, history(bench).id, order=order, limit=limit, after=page[-1]))
            yield bench.check(f"{order}, limit {limit}", joined == ids, "STATE-36", ids, joined)


@case(
    LIST,
    "types-filter",
    "STATE-38",
    "include_return_message_types keeps only those types, and all of them.",
    needs=TURN,
)
def _types(bench: Bench) -> Iterator[Row]:
    told = history(bench)
    for types in (*((one,) for one in _TYPES), _TYPES, ("tool_return_message",)):
        rows = _messages(bench, told.id, include_return_message_types=types)
        wanted = sorted(row["id"] for row in told.rows if row["message_type"] in types)
        strangers = {row["message_type"] for row in rows} - set(types)
        name = " and ".join(types)
        yield bench.check(name, not strangers, "STATE-38", f"only {name}", ", ".join(strangers))
        yield bench.check(
            f"all: {name}", sorted(row["id"] for row in rows) == wanted, "STATE-38", len(wanted), len(rows)
        )
    said = _distinct(row for row in told.rows if row["message_type"] == "user_message")
    rows = _messages(bench, told.id, order="asc", after=said[0], include_return_message_types=["user_message"])
    yield bench.check("behind a cursor", _distinct(rows) == said[1:], "STATE-34", said[1:], _distinct(rows))
    kinds = {row["message_type"] for row in rows}
    yield bench.check("behind a cursor: types", kinds <= {"user_message"}, "STATE-38", "only user_message", kinds)


@case(LIST, "same-twice", "STATE-18", "Reading the messages changes nothing.", needs=TURN)
def _twice(bench: Bench) -> Iterator[Row]:
    told = history(bench)
    again = _messages(bench, told.id, order="asc")
    yield bench.check("read again", again == told.rows, "STATE-18", "the same messages", _distinct(again))


@case(
    "fork_conversation",
    "has-the-sources-messages",
    "STATE-11",
    "A fork shows what was in the source's context.",
    needs=TURN,
)
def _forked(bench: Bench) -> Iterator[Row]:
    told = history(bench)
    wanted = _story(told.rows)
    fork = bench.ok("fork_conversation", told.id)
    got = _story(_messages(bench, fork["id"], order="asc"))
    yield bench.check("messages", got == wanted, "STATE-11", wanted, got)
    got = _story(_messages(bench, fork["id"], order="desc"))
    yield bench.check("newest first", sorted(got) == sorted(wanted), "STATE-11", wanted, got)
    again = bench.ok("fork_conversation", fork["id"])
    got = _story(_messages(bench, again["id"], order="asc"))
    yield bench.check("a fork of it", got == wanted, "STATE-11", wanted, got)
    bench.ok("delete_conversation", fork["id"])
    got = _story(_messages(bench, again["id"], order="asc"))
    yield bench.check("a fork whose source is gone", got == wanted, "STATE-11", wanted, got)
    kept = _messages(bench, told.id, order="asc")
    yield bench.check("a source whose fork is gone", kept == told.rows, "STATE-13", "the same messages", kept)


@case(
    "fork_conversation",
    "up-to-message-id",
    "STATE-12",
    "message_id is the last one that is taken.",
    level="should",
    needs=TURN,
)
def _forked_midway(bench: Bench) -> Iterator[Row]:
    told = history(bench)
    users = [row for row in told.rows if row["message_type"] == "user_message"]
    fork = bench.ok("fork_conversation", told.id, query={"message_id": users[1]["id"]})
    got = _story(_messages(bench, fork["id"], order="asc"))
    if got == _story(told.rows):
        yield Row("message_id", Verdict.UNSUPPORTED, actual="message_id has no effect")
        return
    place = max(index for index, row in enumerate(told.rows) if row["id"] == users[1]["id"])
    wanted = _story(told.rows[: place + 1])
    yield bench.check("up to the second", got == wanted, "STATE-12", wanted, got)


@case(
    "fork_conversation",
    "goes-its-own-way",
    "STATE-13",
    "What is said in a fork does not show in its source, nor the other way round.",
    needs=TURN,
)
def _apart(bench: Bench) -> Iterator[Row]:
    told = history(bench)
    source = bench.ok("fork_conversation", told.id)["id"]
    fork = bench.ok("fork_conversation", source)["id"]
    for here, there, text, rule in (
        (fork, source, "Only in the fork.", "STATE-13"),
        (source, fork, "Only in the source.", "STATE-40"),
    ):
        send(bench, here, text)
        shown = [said_in(row) for row in _messages(bench, there)]
        yield bench.check(text, not any(text in said for said in shown), rule, "nothing of it elsewhere", shown)


def send(bench: Bench, conversation_id: str, text: str, **fields: Any) -> dict[str, Any]:
    """One turn, answered as JSON. Raises BrokenFixture where that fails."""
    body = {"input": text, "streaming": False, **fields}
    result: dict[str, Any] = bench.ok("send_conversation_message", conversation_id, body=body)
    return result


def history(bench: Bench) -> _History:
    """Three turns, made once for all cases here; apart in time by what the server's dates can tell apart."""

    def make() -> _History:
        id_ = bench.conversation(summary=_SUMMARY)
        for text in _TEXTS:
            if text == _TEXTS[1]:
                bench.ok("send_conversation_message", id_, body={"input": text})
            else:
                send(bench, id_, text)
            rows = _messages(bench, id_, order="asc")
            if text != _TEXTS[-1] and not any(instant(row["date"]).microsecond for row in rows):
                time.sleep(1.1)
        return _History(id_, _messages(bench, id_, order="asc"))

    return bench.shared("three turns", make)


def _messages(bench: Bench, conversation_id: str, **query: Any) -> list[dict[str, Any]]:
    pairs = [
        (name, item)
        for name, value in query.items()
        for item in (value if isinstance(value, Sequence) and not isinstance(value, str) else [value])
    ]
    rows: list[dict[str, Any]] = bench.ok(LIST, conversation_id, query=pairs)
    return rows


def _both_orders(bench: Bench) -> Iterator[tuple[str, list[str]]]:
    for order in ("asc", "desc"):
        yield order, _distinct(_messages(bench, history(bench).id, order=order))


def _distinct(rows: Iterable[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(row["id"] for row in rows))


def _story(rows: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    """What was said, apart from ids and the system message (STATE-11)."""
    return [(row["message_type"], said_in(row)) for row in rows if row["message_type"] != "system_message"]
