"""Turns in which a tool of the client's is called, and what comes of its return (CONTRACT.md, MSG-8 to MSG-11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from letta_contract.contract_tests.bench import ACCEPTED, Bench
from letta_contract.contract_tests.case import Collection, Row
from letta_contract.contract_tests.cases.history import LIST
from letta_contract.contract_tests.cases.turns import SEND, TURN, events_of, reasons_of, send
from letta_contract.contract_tests.turn import FAILED
from letta_contract.contract_tests.verdict import Verdict

case = Collection()
cases = case.among
_TOOL = "contract_probe"
_TOOLS = [
    {
        "name": _TOOL,
        "description": "Tells what is asked.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    }
]


_UNASKED = {
    "messages": [{"type": "approval", "approve": True, "approval_request_id": "message-3f2b8c1e"}],
    "streaming": False,
}


@case(
    SEND,
    "approval",
    "MSG-8",
    "A client's tool is asked for with requires_approval, and its return goes on.",
    needs=TURN,
)
def _approval(bench: Bench) -> Iterator[Row]:
    id_ = bench.conversation()
    unasked = bench.call(SEND, id_, body=_UNASKED)
    # No model has failed before it was asked for anything, so that a 500 is the server's own (STATE-48).
    statuses = bench.contract.expect(SEND, unasked.request).statuses
    yield bench.check("what nobody asked for", unasked.status in statuses, "STATE-48", sorted(statuses), unasked.status)
    exchange = send(bench, id_, bench.prompts.tool, client_tools=_TOOLS)
    yield from bench.judge("the call", SEND, exchange, ACCEPTED)
    events = events_of(exchange.reply)
    call = _asked_for(events)
    if call is None:
        yield Row("the call", Verdict.UNSUPPORTED, actual="no tool prompt")
        return
    reason = next((e["stop_reason"] for e in events if e["message_type"] == "stop_reason"), None)
    yield bench.check("stop_reason", reason == "requires_approval", "MSG-16", "requires_approval", reason)
    given = {"type": "tool", "tool_call_id": call["tool_call_id"], "tool_return": "21 degrees", "status": "success"}
    body = {"messages": [{"type": "approval", "approvals": [given]}], "client_tools": _TOOLS, "streaming": False}
    returned = bench.call(SEND, id_, body=body)
    yield from bench.judge("the return", SEND, returned, ACCEPTED)
    yield from _once_more(bench, id_, well=not FAILED & set(reasons_of(returned.reply)))
    listed = bench.call(LIST, id_, query={"order": "asc"})
    yield from bench.judge("the list", LIST, listed, ACCEPTED)


def _once_more(bench: Bench, conversation_id: str, *, well: bool) -> Iterator[Row]:
    """The same the other way round: a call as JSON, and a streamed turn after a return in parts.

    `well` says whether the turn after a return as text did not fail.
    """
    result = bench.ok(
        SEND, conversation_id, body={"input": bench.prompts.tool, "client_tools": _TOOLS, "streaming": False}
    )
    call = _asked_for(result["messages"])
    if call is None:
        return
    reason = result["stop_reason"]["stop_reason"]
    yield bench.check("stop_reason, as JSON", reason == "requires_approval", "MSG-16", "requires_approval", reason)
    given = {
        "type": "tool",
        "tool_call_id": call["tool_call_id"],
        "tool_return": [{"type": "text", "text": "22 degrees"}],
        "status": "success",
    }
    body = {"messages": [{"type": "tool_return", "tool_returns": [given]}], "client_tools": _TOOLS}
    returned = bench.call(SEND, conversation_id, body=body)
    yield from bench.judge("the return in parts", SEND, returned, ACCEPTED)
    reasons = reasons_of(returned.reply)
    failed = well and FAILED & set(reasons)
    yield bench.check("what came of it", not failed, "BODY-22", "a turn that fails no more than after text", reasons)


def _asked_for(messages: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The call that waits for the client, of a turn's messages."""
    return next((m.get("tool_call") for m in messages if m["message_type"] == "approval_request_message"), None)
