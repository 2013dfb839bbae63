"""What a turn may be asked for, beside each other (CONTRACT.md, BODY-3, SSE-8, SSE-9, SSE-12, SSE-13, STATE-39)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from letta_contract.contract_tests.bench import ACCEPTED, Bench
from letta_contract.contract_tests.case import Collection, Row
from letta_contract.contract_tests.cases.history import LIST, history
from letta_contract.contract_tests.cases.turns import SEND, TURN, events_of
from letta_contract.contract_tests.conversation import joined, said_in
from letta_contract.contract_tests.exchange import Reply
from letta_contract.contract_tests.pairs import LEFT_OUT, pairs
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
    places: dict[str, dict[str, Any]] = {bench.conversation(): {}, _fork(bench): {}}
    if bench.agent.writable:  # whose own conversation has two names
        places |= {"default": {"agent_id": bench.agent.id}, bench.agent.id: {}}
    texts: dict[str, list[str]] = {id_: [] for id_ in places if id_ != bench.agent.id}
    mark = next(iter(places))[len("conv-") :][:8]  # of this run's texts, where earlier ones may be left
    answers: dict[str, str] = {}
    every: list[str] = []
    for number, given in enumerate(pairs({**_FLAGS, "place": tuple(places)}, bench.seed)):
        id_, text = given["place"], f"Say hello in fashion {number} of {mark};"
        every.append(text)
        asked = text + (" " + bench.prompts.tool if given["tool"] else "")
        fields = {name: value for name, value in given.items() if name not in ("said", "tool", "place")}
        exchange = bench.call(SEND, id_, body={**_said(given["said"], asked), **places[id_], **fields})
        name = ", ".join(f"{name} {value}" for name, value in given.items())
        judged = bench.judge(name, SEND, exchange, ACCEPTED)
        yield from judged
        if exchange.status != 200 or any(row.verdict is Verdict.FAIL for row in judged):
            every.remove(text)  # it may be kept or not
            continue
        texts["default" if id_ == bench.agent.id else id_].append(text)
        told, reason = _answer(exchange.reply)
        kinds = {message["message_type"] for message in told}
        wanted = given.get(_TYPES)
        kept = wanted is None or kinds <= set(wanted)
        yield bench.check(f"{name}: types", kept, "BODY-3", f"only {wanted}", kinds)
        if wanted is None or _ASSISTANT in wanted:
            yield bench.check(f"{name}: answer", _ASSISTANT in kinds, "OP-8", "an assistant_message", kinds)
        yield bench.check(f"{name}: end", reason not in UNDONE, "MSG-16", "the end of a turn that came to one", reason)
        answers.update(_texts(told))
    for id_, said in texts.items():
        rows = bench.ok(LIST, id_, query={**places[id_], "order": "desc", "limit": 100})
        shown = [said_in(row) for row in rows if row["message_type"] == "user_message"]
        found = [text for asked in shown for text in every if text in asked]
        yield bench.check(f"{id_}: what was said", sorted(found) == sorted(said), "STATE-39", said, found)
        listed = _texts(rows)
        others = {id_: text for id_, text in answers.items() if id_ in listed and listed[id_] != text}
        yield bench.check(f"{id_}: what was answered", not others, "SSE-9", [listed[id_] for id_ in others], others)


def _fork(bench: Bench) -> str:
    id_: str = bench.ok("fork_conversation", history(bench).id)["id"]
    return id_


def _said(how: str, text: str) -> dict[str, Any]:
    parts = [{"type": "text", "text": text}]
    if how == "messages":
        return {"messages": [{"role": "user", "content": "Listen."}, {"role": "user", "content": parts}]}
    return {"input": parts if how == "parts" else text}


def _answer(reply: Reply | None) -> tuple[list[dict[str, Any]], str]:
    """The messages of a turn, as a stream has them or in one piece, and why it ended."""
    assert reply is not None
    if reply.media_type != EVENT_STREAM:
        return reply.json["messages"], reply.json["stop_reason"]["stop_reason"]
    events = events_of(reply)
    reason = next((event["stop_reason"] for event in events if event["message_type"] == "stop_reason"), "")
    return [event for event in events if event["message_type"] not in ("ping", *CLOSING)], reason


def _texts(rows: list[dict[str, Any]]) -> dict[str, str]:
    """What the assistant says, by the ids of the messages: their chunks joined."""
    parts: dict[str, list[str]] = {}
    for row in rows:
        if row["message_type"] == _ASSISTANT:
            parts.setdefault(row["id"], []).append(said_in(row))
    return {id_: joined(said) for id_, said in parts.items()}
