"""What the model sees: compact, summarize and recompile (CONTRACT.md, STATE-42 to STATE-44)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from letta_contract.contract_tests.bench import ACCEPTED, Bench
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.cases.default import told_by_default
from letta_contract.contract_tests.cases.history import LIST, distinct, history, messages, story
from letta_contract.contract_tests.cases.turns import SEND, TURN
from letta_contract.contract_tests.conversation import as_told, differences, said_in
from letta_contract.contract_tests.expectation import Expectation, Kind

case = Collection()
cases = case.among
_COMPACT = "compact_conversation"
_RECOMPILE = "recompile_conversation"
_MODES: dict[str, dict[str, Any]] = {  # and how to read the messages afterwards
    "all": {"order": "asc"},
    "sliding_window": {"order": "desc", "limit": 1},
    "self_compact_all": {"order": "asc", "include_return_message_types": "user_message"},
    "self_compact_sliding_window": {"order": "desc"},
}
_SETTINGS = {"mode": "all", "model": "openai/gpt-4o-mini", "prompt": "Be brief."}
_MOVES = ("description", "updated_at", "last_updated_by_id", "last_message_at")
_OWN = 500
_TAKEN = 200
_SAID = ("user_message", "assistant_message")
_GONE = Expectation(Kind.FREE, frozenset({200, 400, 404}), "the cursor may have left the list", "STATE-37")
_TURNS = 3
_SUMMARY = "some facts"
_NEXT = "And now for something else?"
_THEN = "And what then?"  # so that there is something to compact again


@case(_COMPACT, "leaves-no-more", "STATE-42", "No more messages after than before, and they can be read.", needs=TURN)
def _compacts(bench: Bench) -> Iterator[Row]:
    told = history(bench)
    id_ = _talk(bench)
    said = [row["id"] for row in bench.ok(LIST, id_, query={"order": "asc"}) if row["message_type"] in _SAID]
    oldest = bench.needed(said, "STATE-39", "what was sent, in the list")[0]
    yield from _compacted(bench, "no body", id_, None, {})
    behind = bench.call(LIST, id_, query={"after": oldest, "order": "asc"})
    yield from bench.judge_status("behind what was compacted", LIST, behind, _GONE)
    ids = bench.needed(distinct(messages(bench, id_, order="desc")), "STATE-43", "what is left to go on from")
    rest = distinct(messages(bench, id_, order="desc", after=ids[0]))
    yield bench.check("behind the newest", rest == ids[1:], "STATE-34", ids[1:], rest)
    summary = bench.ok("retrieve_conversation", id_).get("summary")
    yield bench.check("its summary", summary == _SUMMARY, "STATE-1", _SUMMARY, summary)
    for mode, query in _MODES.items():
        fork = bench.ok("fork_conversation", told.id)["id"]
        body = {"compaction_settings": {"mode": mode}}
        yield from _compacted(bench, f"mode {mode}", fork, body, query)
    id_ = bench.ok("fork_conversation", told.id)["id"]
    before = bench.ok("retrieve_conversation", id_)
    bench.call(_COMPACT, id_, body={"compaction_settings": _SETTINGS})  # whose model a server may not have
    found = differences(before, bench.ok("retrieve_conversation", id_), _MOVES)
    yield bench.check("with settings", not found, "STATE-1", "the same values", "; ".join(found))
    others = bench.ok(LIST, told.id, query={"order": "asc"})
    yield bench.check(
        "another", as_told(others) == as_told(told.rows), "STATE-39", "another conversation's messages", others
    )


def _compacted(bench: Bench, name: str, id_: str, body: Any, query: dict[str, Any]) -> Iterator[Row]:
    exchange = bench.call(_COMPACT, id_, body=body)
    yield from bench.judge(name, _COMPACT, exchange)
    shown = " ".join(f"{field}={value}" for field, value in query.items())
    listed = bench.call(LIST, id_, query=query)
    yield from bench.judge(f"{name}: reading it {shown}", LIST, listed, ACCEPTED)


@case(_COMPACT, "goes-on", "STATE-43", "After it the conversation goes on.", needs=TURN)
def _goes_on(bench: Bench) -> Iterator[Row]:
    id_ = _talk(bench)
    bench.call(_COMPACT, id_, body={"compaction_settings": {"mode": "all"}})
    exchange = bench.call(SEND, id_, body={"input": _NEXT, "streaming": False})
    yield from bench.judge("the next turn", SEND, exchange, ACCEPTED)
    listed = bench.ok(LIST, id_, query={"order": "asc"})
    asked = [said_in(row) for row in listed if row["message_type"] == "user_message"]
    yield bench.check("the list", any(_NEXT in text for text in asked), "STATE-39", _NEXT, asked)
    bench.call(SEND, id_, body={"input": _THEN, "streaming": False})
    again = bench.call(_COMPACT, id_)
    own = again.status == _OWN
    yield bench.check("once more", not own, "STATE-48", "no failure of its own: it could do so before", again.status)
    if again.status == _TAKEN:
        yield from bench.judge("once more: its answer", _COMPACT, again)


@case(
    "summarize_messages",
    "every-mode",
    "OP-13",
    "It answers a summary and how many messages there were, in every mode.",
    needs=TURN | Need.AGENT_WRITES,
)
def _summarizes(bench: Bench) -> Iterator[Row]:
    told_by_default(bench)
    for mode in (None, *_MODES):
        body = None if mode is None else {"compaction_settings": {"mode": mode}}
        name = "no body" if mode is None else f"mode {mode}"
        exchange = bench.call("summarize_messages", bench.agent.id, body=body)
        yield from bench.judge(name, "summarize_messages", exchange)


@case(
    _RECOMPILE,
    "answers-the-prompt",
    "OP-11",
    "It answers the compiled system prompt, with and without a body.",
    needs=Need.STATE,
)
def _recompiles(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    request = bench.request(_RECOMPILE, id_)
    for name, body in (("no body", None), ("null", b"null"), ("{}", b"{}")):
        exchange = bench.send(request.with_body(body))
        yield from bench.judge(name, _RECOMPILE, exchange, ACCEPTED)
        text = exchange.reply.json if exchange.reply is not None and exchange.reply.status == 200 else None
        if text is not None:
            yield bench.check(f"{name}: prompt", isinstance(text, str), "OP-11", "a prompt", repr(text))


@case(_RECOMPILE, "dry-run-changes-nothing", "STATE-44", "dry_run=true changes nothing that can be read.", needs=TURN)
def _dry_run(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    bench.ok(SEND, id_, body={"input": "Say hello.", "streaming": False})
    before = bench.ok("retrieve_conversation", id_)
    said = bench.ok(LIST, id_)
    faulty = bench.request(_RECOMPILE, id_, query={"dry_run": True}, body={"compaction_settings": {"mode": "no-such"}})
    expected = bench.contract.expect(_RECOMPILE, faulty)
    yield from bench.judge_status("a faulty body", _RECOMPILE, bench.send(faulty), expected)
    bench.ok(_RECOMPILE, id_, query={"dry_run": True})
    given = {"agent_id": bench.agent.id, "compaction_settings": _SETTINGS}  # whose model a server may not have
    compiled = bench.call(_RECOMPILE, id_, query={"dry_run": True}, body=given)
    yield from bench.judge("with settings", _RECOMPILE, compiled)
    after = bench.ok("retrieve_conversation", id_)
    changed = differences(before, after, ("description",))  # which a server may write after a turn, at any time
    if before.get("in_context_message_ids") != after.get("in_context_message_ids"):
        changed.append("in_context_message_ids")
    yield bench.check("the conversation", not changed, "STATE-44", "the same values", "; ".join(changed))
    same = as_told(bench.ok(LIST, id_)) == as_told(said)
    yield bench.check("its messages", same, "STATE-44", "the same messages", "others")
    if bench.agent.writable:
        yield from _dry_by_default(bench)
    bench.ok(_RECOMPILE, id_)
    kept = story(bench.ok(LIST, id_)) == story(said)
    yield bench.check("its messages, once it was none", kept, "STATE-39", "the same, but for the prompt", "others")


def _dry_by_default(bench: Bench) -> Iterator[Row]:
    """The same of the agent's own conversation."""
    told_by_default(bench)
    own = {"agent_id": bench.agent.id}
    before = bench.ok(LIST, "default", query=own)
    compiled = bench.call(_RECOMPILE, "default", query={"dry_run": True}, body=own)
    yield from bench.judge("default", _RECOMPILE, compiled)
    same = as_told(bench.ok(LIST, "default", query=own)) == as_told(before)
    yield bench.check("default: its messages", same, "STATE-44", "the same messages", "others")


def _talk(bench: Bench) -> str:
    """A conversation of some turns."""
    id_ = bench.conversation(summary=_SUMMARY)
    for number in range(_TURNS):
        bench.ok(SEND, id_, body={"input": f"Tell me fact number {number}.", "streaming": False})
    return id_
