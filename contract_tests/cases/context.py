"""What the model sees: compact, summarize and recompile (CONTRACT.md, STATE-42 to STATE-44)."""

from __future__ import annotations

from collections.abc import Iterator

from letta_contract.contract_tests.bench import ACCEPTED, Bench
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.cases.history import history
from letta_contract.contract_tests.cases.turns import SEND, TURN
from letta_contract.contract_tests.conversation import differences

case = Collection()
cases = case.among
_COMPACT = "compact_conversation"
_RECOMPILE = "recompile_conversation"
_ALL = {"compaction_settings": {"mode": "all"}}
_TURNS = 3
_SUMMARY = "some facts"


@case(_COMPACT, "leaves-no-more", "STATE-42", "No more messages after than before, and they can be read.", needs=TURN)
def _compacts(bench: Bench) -> Iterator[Row]:
    told = history(bench)
    id_ = _talk(bench)
    for name, body in (("no body", None), ("mode all", _ALL), ("again", _ALL)):
        exchange = bench.call(_COMPACT, id_, body=body)
        yield from bench.judge(name, _COMPACT, exchange)
        reply = exchange.reply
        if reply is not None and reply.status == 200:
            before, after = reply.json["num_messages_before"], reply.json["num_messages_after"]
            yield bench.check(f"{name}: count", after <= before, "STATE-42", f"at most {before}", after)
        listed = bench.call("list_conversation_messages", id_)
        yield from bench.judge(f"{name}: reading it", "list_conversation_messages", listed, ACCEPTED)
    summary = bench.ok("retrieve_conversation", id_).get("summary")
    yield bench.check("its summary", summary == _SUMMARY, "STATE-1", _SUMMARY, summary)
    others = bench.ok("list_conversation_messages", told.id, query={"order": "asc"})
    yield bench.check("another", others == told.rows, "STATE-39", "another conversation's messages", others)


@case(_COMPACT, "goes-on", "STATE-43", "After it the conversation goes on.", needs=TURN)
def _goes_on(bench: Bench) -> Iterator[Row]:
    id_ = _talk(bench)
    bench.call(_COMPACT, id_, body=_ALL)
    exchange = bench.call(SEND, id_, body={"input": "And now?", "streaming": False})
    yield from bench.judge("the next turn", SEND, exchange, ACCEPTED)


@case(
    "summarize_messages",
    "leaves-no-more",
    "STATE-42",
    "No more messages after than before.",
    needs=TURN | Need.AGENT_WRITES,
)
def _summarizes(bench: Bench) -> Iterator[Row]:
    for name, body in (("no body", None), ("mode all", _ALL)):
        exchange = bench.call("summarize_messages", bench.agent.id, body=body)
        yield from bench.judge(name, "summarize_messages", exchange)
        reply = exchange.reply
        if reply is not None and reply.status == 200:
            before, after = reply.json["num_messages_before"], reply.json["num_messages_after"]
            yield bench.check(f"{name}: count", after <= before, "STATE-42", f"at most {before}", after)


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
    messages = bench.ok("list_conversation_messages", id_)
    bench.ok(_RECOMPILE, id_, query={"dry_run": True})
    after = bench.ok("retrieve_conversation", id_)
    changed = differences(before, after)
    if before.get("in_context_message_ids") != after.get("in_context_message_ids"):
        changed.append("in_context_message_ids")
    yield bench.check("the conversation", not changed, "STATE-44", "the same values", "; ".join(changed))
    same = bench.ok("list_conversation_messages", id_) == messages
    yield bench.check("its messages", same, "STATE-44", "the same messages", "others")


def _talk(bench: Bench) -> str:
    """A conversation of some turns."""
    id_ = bench.conversation(summary=_SUMMARY)
    for number in range(_TURNS):
        bench.ok(SEND, id_, body={"input": f"Tell me fact number {number}.", "streaming": False})
    return id_
