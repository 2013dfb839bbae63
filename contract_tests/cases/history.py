"""What is said in a conversation, and where it shows (CONTRACT.md, STATE-18, STATE-39, STATE-40)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Collection, Row
from letta_contract.contract_tests.cases.turns import SEND, TURN
from letta_contract.contract_tests.conversation import as_told, instant, said_in

case = Collection()
cases = case.among
LIST = "list_conversation_messages"
# What servers are known to cut, escape, or keep in too few bytes a character. A thought has a row of its own beside the
# answer, often under the same id.
TEXTS = (
    "The first thing I say.",
    f"The second thing I say: <b>naïve</b> & 東京 🧪,\nand more{' and more' * 60}. STUB:REASON",
    "The third thing I say.",
)
_SUMMARY = "three turns"


@dataclass(frozen=True)
class History:
    """A conversation with a turn for each of TEXTS, the last with its id for an otid, and its rows, oldest first."""

    id: str
    rows: list[dict[str, Any]]

    @property
    def ids(self) -> list[str]:
        """The ids of the stored messages, each once."""
        return distinct(self.rows)


@case(SEND, "shows-in-its-conversation", "STATE-39", "What was sent shows in the list.", needs=TURN)
def _shows(bench: Bench) -> Iterator[Row]:
    told = history(bench)
    said = [said_in(row) for row in told.rows if row["message_type"] == "user_message"]
    for text in TEXTS:
        count = sum(text in shown for shown in said)
        yield bench.check(text[:21], count == 1, "STATE-39", f"one user_message {text!r}", f"{count} in {said}")
    answers = [row for row in told.rows if row["message_type"] == "assistant_message"]
    shown = bench.ok("retrieve_conversation", told.id)
    summary, context = shown.get("summary"), shown.get("in_context_message_ids")
    yield bench.check("its summary", summary == _SUMMARY, "STATE-1", _SUMMARY, summary)
    yield bench.check("its context", context, "STATE-1", "in_context_message_ids that hold something", context)
    yield bench.check("answers", len(answers) >= len(TEXTS), "STATE-39", f"{len(TEXTS)} answers", len(answers))


@case(SEND, "shows-nowhere-else", "STATE-40", "It shows in no other conversation.", needs=TURN)
def _shows_nowhere_else(bench: Bench) -> Iterator[Row]:
    before = bench.conversation()
    told = history(bench)
    after = bench.conversation()
    said = [{"role": "user", "content": "Something else.", "otid": told.id}]
    exchange = bench.call(SEND, after, body={"messages": said, "streaming": False})
    yield from bench.judge("an otid of the other's", SEND, exchange)
    for name, other in (("an older one", before), ("a newer one", after)):
        rows = messages(bench, other)
        texts = [said_in(row) for row in rows]
        strangers = {row["id"] for row in rows} & set(told.ids)
        leaked = strangers or any(text in shown for text in TEXTS for shown in texts)
        yield bench.check(name, not leaked, "STATE-40", "none of the other's messages", texts)
    if exchange.status == 200:  # else it was refused, as state may do
        asked = [said_in(row) for row in rows if row["message_type"] == "user_message"]
        kept = any(said[0]["content"] in text for text in asked)
        yield bench.check("an otid of the other's: kept", kept, "STATE-39", said[0]["content"], asked)


@case(LIST, "same-twice", "STATE-18", "Reading the messages changes nothing.", needs=TURN)
def _twice(bench: Bench) -> Iterator[Row]:
    told = history(bench)
    again = messages(bench, told.id, order="asc")
    yield bench.check(
        "read again", as_told(again) == as_told(told.rows), "STATE-18", "the same messages", distinct(again)
    )


def history(bench: Bench) -> History:
    """Three turns, made once for all cases here; apart in time by what the server's dates can tell apart."""

    def make() -> History:
        id_ = bench.conversation(summary=_SUMMARY)
        bodies = (
            {"input": TEXTS[0], "streaming": False},
            {"input": TEXTS[1]},
            {"messages": [{"role": "user", "content": TEXTS[2], "otid": id_}], "streaming": False},
        )
        for text, body in zip(TEXTS, bodies, strict=True):
            bench.ok(SEND, id_, body=body)
            rows = messages(bench, id_, order="asc")
            if text != TEXTS[-1]:
                wait_for_another_date(rows)
        rows = messages(bench, id_, order="asc")
        asked = [row for row in rows if row["message_type"] == "user_message"]
        bench.needed(asked[1:], "STATE-39", "what was sent, in the list")
        return History(id_, rows)

    return bench.shared("three turns", make)


def wait_for_another_date(rows: Iterable[dict[str, Any]]) -> None:
    """Let what is said next have another date than these, where the server's dates are whole seconds."""
    if not any(instant(row["date"]).microsecond for row in rows):
        time.sleep(1.1)


def messages(bench: Bench, conversation_id: str, **query: Any) -> list[dict[str, Any]]:
    """The rows of a message list. Raises BrokenFixture where there is none."""
    pairs = [
        (name, item)
        for name, value in query.items()
        for item in (value if isinstance(value, Sequence) and not isinstance(value, str) else [value])
    ]
    rows: list[dict[str, Any]] = bench.ok(LIST, conversation_id, query=pairs)
    return rows


def distinct(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The ids of rows, each once: a stored message may have several."""
    return list(dict.fromkeys(row["id"] for row in rows))


def story(rows: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    """What was said, apart from ids and the system message (STATE-11)."""
    return [(row["message_type"], said_in(row)) for row in rows if row["message_type"] != "system_message"]


def tells_same(one: Iterable[dict[str, Any]], other: Iterable[dict[str, Any]]) -> bool:
    """Whether two lists tell the same story in the same order, but for rows that have one date in either of them."""
    told, retold = _dated(one), _dated(other)
    if told.keys() != retold.keys():
        return False
    places = {what: place for place, what in enumerate(retold)}
    return all(
        places[first] < places[then] or told[first] == told[then] or retold[first] == retold[then]
        for first, then in combinations(told, 2)
    )


def _dated(rows: Iterable[dict[str, Any]]) -> dict[tuple[Any, ...], Any]:
    """The date of all that was said; what was said several times is numbered."""
    dates: dict[tuple[Any, ...], Any] = {}
    counts = Counter[tuple[str, str]]()
    for row in rows:
        for said in story([row]):
            dates[(*said, counts[said])] = row.get("date")
            counts[said] += 1
    return dates
