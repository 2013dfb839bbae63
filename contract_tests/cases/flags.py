"""What a turn may be asked for, beside each other (CONTRACT.md, BODY-3, SSE-8, SSE-9, SSE-12, SSE-13, STATE-39)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from letta_contract.contract_tests.bench import ACCEPTED, Bench
from letta_contract.contract_tests.case import Collection, Row
from letta_contract.contract_tests.cases.history import LIST, history
from letta_contract.contract_tests.cases.turns import SEND, TURN, events_of, reasons_of
from letta_contract.contract_tests.conversation import said_in, texts
from letta_contract.contract_tests.exchange import Reply
from letta_contract.contract_tests.pairs import LEFT_OUT, label, pairs
from letta_contract.contract_tests.reply import EVENT_STREAM
from letta_contract.contract_tests.turn import CLOSING, UNDONE
from letta_contract.contract_tests.verdict import Verdict

case = Collection()
cases = case.among
_TYPES = "include_return_message_types"
_ASSISTANT = "assistant_message"
_FLAGS = {
    "streaming": (LEFT_OUT, True, False),
    "stream_tokens": (LEFT_OUT, True),
    "background": (LEFT_OUT, True),
    "include_pings": (LEFT_OUT, True, False),
    _TYPES: (LEFT_OUT, [_ASSISTANT], ["tool_call_message"]),
    "max_steps": (LEFT_OUT, 10),
    "include_compaction_messages": (LEFT_OUT, True),
    "override_system": (LEFT_OUT, "Be brief."),
    "said": ("text", "parts", "messages"),
    "tool": (False, True),
}


@case(
    SEND,
    "flags-together",
    "BODY-3",
    "Each flag of a turn is heeded beside any other, and what was said is kept.",
    needs=TURN,
)
def _together(bench: Bench) -> Iterator[Row]:
    own, fork = bench.conversation(), bench.ok("fork_conversation", history(bench).id)["id"]
    places: dict[str, dict[str, Any]] = {own: {}, fork: {}}
    if bench.agent.writable:  # whose own conversation has two names
        places |= {"default": {"agent_id": bench.agent.id}, bench.agent.id: {}}
    kept: dict[str, list[str]] = {id_: [] for id_ in places if id_ != bench.agent.id}
    mark = own[len("conv-") :][:8]  # of this run's texts, where earlier ones may be left
    answers: dict[str, str] = {}
    for number, given in enumerate(pairs({**_FLAGS, "place": tuple(places)}, bench.seed)):
        id_, text = given["place"], f"Say hello in fashion {number} of {mark};"
        asked = text + (" " + bench.prompts.tool if given["tool"] else "")
        fields = {name: value for name, value in given.items() if name not in ("said", "tool", "place")}
        exchange = bench.call(SEND, id_, body={**_said(given["said"], asked), **places[id_], **fields})
        name = label(given)
        judged = bench.judge(name, SEND, exchange, ACCEPTED)
        yield from judged
        if exchange.status != 200 or any(row.verdict is Verdict.FAIL for row in judged):
            continue  # what was said may be kept or not
        kept["default" if id_ == bench.agent.id else id_].append(text)
        told, ends = _told(exchange.reply), reasons_of(exchange.reply)
        kinds = {message["message_type"] for message in told}
        wanted = given.get(_TYPES)
        only = wanted is None or kinds <= set(wanted)
        yield bench.check(f"{name}: types", only, "BODY-3", f"only {wanted}", kinds)
        if wanted is None or _ASSISTANT in wanted:
            yield bench.check(f"{name}: answer", _ASSISTANT in kinds, "OP-8", "an assistant_message", kinds)
        done = not UNDONE & set(ends)
        yield bench.check(f"{name}: end", done, "MSG-16", "the end of a turn that came to one", ends)
        answers.update(texts(told, _ASSISTANT))
    every = [text for said in kept.values() for text in said]
    for id_, said in kept.items():
        rows = bench.ok(LIST, id_, query={**places[id_], "order": "desc", "limit": 100})
        shown = [said_in(row) for row in rows if row["message_type"] == "user_message"]
        found = [text for asked in shown for text in every if text in asked]
        yield bench.check(f"{id_}: what was said", sorted(found) == sorted(said), "STATE-39", said, found)
        listed = texts(rows, _ASSISTANT)
        others = {one: text for one, text in answers.items() if one in listed and listed[one] != text}
        yield bench.check(f"{id_}: what was answered", not others, "SSE-9", [listed[one] for one in others], others)


def _said(how: str, text: str) -> dict[str, Any]:
    parts = [{"type": "text", "text": text}]
    if how == "messages":
        return {"messages": [{"role": "user", "content": "Listen."}, {"role": "user", "content": parts}]}
    return {"input": parts if how == "parts" else text}


def _told(reply: Reply | None) -> list[dict[str, Any]]:
    """The messages of a turn, as a stream has them or in one piece."""
    assert reply is not None
    if reply.media_type != EVENT_STREAM:
        told: list[dict[str, Any]] = reply.json["messages"]
        return told
    return [event for event in events_of(reply) if event["message_type"] not in ("ping", *CLOSING)]
