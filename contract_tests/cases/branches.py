"""What a fork takes of its source's messages, and what it leaves there (CONTRACT.md, STATE-11 to STATE-13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Collection, Row
from letta_contract.contract_tests.cases.default import TOLD, told_by_default
from letta_contract.contract_tests.cases.history import distinct, history, messages, story, tells_same
from letta_contract.contract_tests.cases.looks import in_list, retrieve, stays
from letta_contract.contract_tests.cases.turns import SEND, TURN, said_in_many_ways
from letta_contract.contract_tests.conversation import as_told, said_in
from letta_contract.contract_tests.verdict import Verdict

case = Collection()
cases = case.among
_COMPACT = "compact_conversation"
_JUST_NOW = "Something that is said just before a fork."
_ALL = {"compaction_settings": {"mode": "all"}}


@case(
    "fork_conversation",
    "has-the-sources-messages",
    "STATE-11",
    "A fork shows what was in the source's context.",
    needs=TURN,
)
def _forked(bench: Bench) -> Iterator[Row]:
    told = history(bench)
    fork = bench.ok("fork_conversation", told.id)
    rows = messages(bench, fork["id"], order="asc")
    yield _taken(bench, "messages", told.rows, rows)
    ids = bench.needed(distinct(rows), "STATE-11", "what the source of a fork said")
    behind = distinct(messages(bench, fork["id"], order="asc", after=ids[0]))
    yield bench.check("behind its first", behind == ids[1:], "STATE-34", ids[1:], behind)
    wanted, got = story(told.rows), story(messages(bench, fork["id"], order="desc"))
    yield bench.check("newest first", sorted(got) == sorted(wanted), "STATE-11", wanted, got)
    again = bench.ok("fork_conversation", fork["id"])
    yield _taken(bench, "a fork of it", told.rows, messages(bench, again["id"], order="asc"))
    bench.ok("delete_conversation", fork["id"])
    yield _taken(bench, "a fork whose source is gone", told.rows, messages(bench, again["id"], order="asc"))
    kept = messages(bench, told.id, order="asc")
    yield bench.check(
        "a source whose fork is gone", as_told(kept) == as_told(told.rows), "STATE-13", "the same messages", kept
    )
    longer, _ = said_in_many_ways(bench)
    fork = bench.ok("fork_conversation", longer)
    yield _taken(bench, "many messages", messages(bench, longer, order="asc"), messages(bench, fork["id"], order="asc"))
    if bench.agent.writable:
        own = {"agent_id": bench.agent.id}
        bench.ok(SEND, "default", body={"input": _JUST_NOW, "streaming": False, **own})
        fork = bench.ok("fork_conversation", "default", query=own)
        got = story(messages(bench, fork["id"]))
        # What else of it is still in context, nobody tells.
        there = any(_JUST_NOW in text for _, text in got)
        yield bench.check("of default", there, "STATE-11", f"{_JUST_NOW!r}, which was said last", got)
        shown = in_list(bench, fork["id"])
        yield bench.check("of default: the list", shown, "STATE-5", f"a list with {fork['id']}", "it is not there")


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
    users = [row["id"] for row in told.rows if row["message_type"] == "user_message"][:2]
    for name, message_id in (("up to the second", users[-1]), ("up to the first", users[0])):
        fork = bench.ok("fork_conversation", told.id, query={"message_id": message_id})
        rows = messages(bench, fork["id"], order="asc")
        if message_id == users[-1] and tells_same(rows, told.rows):
            yield Row("message_id", Verdict.UNSUPPORTED, actual="message_id has no effect")
            return
        yield _taken(bench, name, told.rows, rows, message_id)
    yield _untouched(bench, told.id, told.rows)


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
        bench.ok(SEND, here, body={"input": text, "streaming": False})
        shown = [said_in(row) for row in messages(bench, there)]
        yield bench.check(text, not any(text in said for said in shown), rule, "nothing of it elsewhere", shown)


@case(
    "fork_conversation",
    "up-to-message-id-in-full",
    "STATE-12",
    "All rows of message_id are taken, no system message, and nothing from the source.",
    level="should",
    needs=TURN,
)
def _in_full(bench: Bench) -> Iterator[Row]:
    source = bench.ok("fork_conversation", history(bench).id)["id"]
    told, before = messages(bench, source, order="asc"), retrieve(bench, source)
    bench.needed(_stored(told)[1:], "STATE-11", "what the source of a fork said")
    message_id = _longest(told)
    fork = bench.ok("fork_conversation", source, query={"message_id": message_id, "hidden": True})["id"]
    rows = messages(bench, fork, order="asc")
    if tells_same(rows, told):
        first = next(row["id"] for row in history(bench).rows if row["message_type"] == "user_message")
        fork = bench.ok("fork_conversation", history(bench).id, query={"message_id": first})["id"]
        if tells_same(messages(bench, fork, order="asc"), history(bench).rows):
            yield Row("message_id", Verdict.UNSUPPORTED, actual="message_id has no effect")
            return
    yield _taken(bench, "all its rows", told, rows, message_id)
    yield _no_system(bench, told, rows)
    yield stays(bench, "the source", before, retrieve(bench, source))
    yield _untouched(bench, source, told)
    if bench.agent.writable:
        yield from _by_default(bench)
    if in_list(bench, fork):
        alone = in_list(bench, bench.ok("fork_conversation", source, query={"hidden": True})["id"])
        yield bench.check("hidden, with message_id", alone, "STATE-6", "hidden, as without message_id", "a list has it")


def _by_default(bench: Bench) -> Iterator[Row]:
    """The same of the agent's own conversation."""
    told_by_default(bench)
    rows = messages(bench, "default", agent_id=bench.agent.id, order="desc")
    places = [place for place, row in enumerate(rows) if TOLD[0] in said_in(row)]
    place = bench.needed(places, "STATE-39", TOLD[0])[0]
    query = {"agent_id": bench.agent.id, "message_id": rows[place]["id"]}
    fork = bench.ok("fork_conversation", "default", query=query)["id"]
    # What of it is still in context, nobody tells; what was said later is not to be taken.
    got, before = ([said_in(row) for row in some] for some in (messages(bench, fork), rows[place:]))
    later = sum(TOLD[1] in text for text in got) > sum(TOLD[1] in text for text in before)
    yield bench.check("of default", not later, "STATE-12", f"nothing behind {TOLD[0]!r}", got)


@case(
    "fork_conversation",
    "takes-what-is-in-context",
    "STATE-11",
    "What was compacted away is not taken.",
    needs=TURN,
)
def _in_context(bench: Bench) -> Iterator[Row]:
    told = history(bench)
    source = bench.ok("fork_conversation", told.id)["id"]
    context = retrieve(bench, source).get("in_context_message_ids")
    compacted = bench.call(_COMPACT, source, body=_ALL)
    if context is None or len(context) < len(_stored(told.rows)):
        yield Row("the context", Verdict.UNSUPPORTED, actual="retrieve does not tell what is in context")
        return
    if compacted.status != 200:
        yield Row("the context", Verdict.UNSUPPORTED, actual=f"compact answers {compacted.status or 'nothing'}")
        return
    context = retrieve(bench, source).get("in_context_message_ids") or []
    kept = [row for row in messages(bench, source, order="asc") if row["id"] in context]
    rows = messages(bench, bench.ok("fork_conversation", source)["id"], order="asc")
    taken = _stored(rows)
    held = len(taken) <= len(context)
    yield bench.check("how many", held, "STATE-11", f"at most {len(context)} messages, as in the source", taken)
    lost = [said for said in story(kept) if said not in story(rows)]
    yield bench.check("what was left", not lost, "STATE-11", "all that the source shows of its context", lost)
    yield _no_system(bench, told.rows, rows)


def _taken(
    bench: Bench, name: str, source: list[dict[str, Any]], fork: list[dict[str, Any]], last: str | None = None
) -> Row:
    """A row on what a fork took of its source, up to a message where one is given; what has its date may be missing."""
    alike: list[tuple[str, str]] = []
    wanted = source
    if last is not None:
        place = max(index for index, row in enumerate(source) if row["id"] == last)
        alike = story(row for row in source if row["date"] == source[place]["date"] and row["id"] != last)
        wanted = source[: place + 1]
    kept, taken = ([row for row in rows if not set(story([row])) & set(alike)] for rows in (wanted, fork))
    rule = "STATE-11" if last is None else "STATE-12"
    return bench.check(name, tells_same(kept, taken), rule, story(wanted), story(fork))


def _untouched(bench: Bench, source: str, told: list[dict[str, Any]]) -> Row:
    kept = messages(bench, source, order="asc")
    return bench.check("the source's messages", as_told(kept) == as_told(told), "STATE-13", "the same messages", kept)


def _longest(rows: list[dict[str, Any]]) -> str:
    """The id with the most rows, of those that were said before the last."""
    said = [row["id"] for row in rows if row["message_type"] != "system_message"]
    counts = Counter[str](id_ for id_ in said if id_ != said[-1])
    return max(counts, key=counts.__getitem__)


def _stored(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The ids of what is stored, but for the system message."""
    return distinct(row for row in rows if row["message_type"] != "system_message")


def _no_system(bench: Bench, source: Iterable[dict[str, Any]], fork: Iterable[dict[str, Any]]) -> Row:
    """A fork may have a system message of its own."""
    systems = {row["id"] for row in source if row["message_type"] == "system_message"}
    back = systems & {row["id"] for row in fork}
    return bench.check("the system message", not back, "STATE-11", "none of the source's", ", ".join(back))
