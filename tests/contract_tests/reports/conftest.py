"""A report with something of everything, which nothing had to be run for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from letta_contract.contract_tests.baseline import Known
from letta_contract.contract_tests.case import Case, Result, Row
from letta_contract.contract_tests.coverage import Covered
from letta_contract.contract_tests.exchange import Exchange, Fault, Reply
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.verdict import Verdict

URL = "http://127.0.0.1:8283"
NASTY = "</script><script>alert(1)</script> & \x00 ]]> | `tick`\nsecond line"
STREAM = b"""\
data: {"message_type": "assistant_message", "id": "message-1", "content": "Hello <b>there</b>"}

data: {"message_type": "stop_reason", "stop_reason": "end_turn"}

data: [DONE]

"""


def case(slug: str, operation: str = "list_conversations", **more: str) -> Case:
    return Case(operation, slug, f"The requirement of {slug}.", "STATE-24", lambda _: iter(()), **more)  # type: ignore[arg-type]


def exchange(body: bytes, media: str = "application/json", status: int = 200) -> Exchange:
    request = Request("GET", "/v1/conversations/", "after=conv-1&limit=2")
    return Exchange(request, Reply(status, (("content-type", media),), body, 0.1, 0.25), base_url=URL)


def row(name: str, verdict: Verdict = Verdict.FAIL, *exchanges: Exchange, **more: str) -> Row:
    return Row(name, verdict, "conv-2, conv-1", "conv-3, conv-2", "STATE-24", "", exchanges, **more)


@pytest.fixture
def report() -> Report:
    """Every verdict, every kind of answer, and text that no format may be broken by."""
    hang = Exchange(
        Request("POST", "/v1/conversations/", body=b'{"summary": "x"}'), None, Fault("the server was silent")
    )
    results = (
        Result(case("passes"), (Row("a value", Verdict.PASS),), 0.5),
        Result(case("skipped"), (), reason="no token is set: pass --token", without_rows=Verdict.SKIP),
        Result(case("unsupported"), (row("x", Verdict.UNSUPPORTED),)),
        Result(
            case("after-is-exclusive"),
            (
                row("desc", Verdict.FAIL, exchange(b'[{"id": "conv-3"}, {"id": "conv-2"}]')),
                row("asc"),
                replace(row("other"), expected=NASTY, actual=NASTY),
            ),
            1.25,
        ),
        Result(
            case("ends-well", "send_conversation_message"),
            (row("a stream", Verdict.FAIL, exchange(STREAM, "text/event-stream")), row("a hang", Verdict.FAIL, hang)),
        ),
        Result(case("sometimes"), (row("y", Verdict.FLAKY, reason="it did not happen again in 2 repeats"),)),
        Result(
            case("generated-requests"),
            (row("request 3", Verdict.FOLDED, reason="see list_conversations/after-is-exclusive"),),
        ),
        Result(case("known"), (row("z", Verdict.KNOWN, reason="They know. (the API team, until 2027-01-31)"),)),
        Result(
            case("broken-case"), (Row("our own fault", Verdict.ERROR, actual="KeyError: 'x'"),), reason="KeyError: 'x'"
        ),
        Result(case("should-be", level="should"), (row("w", Verdict.UNSUPPORTED),)),
    )
    entry = Known(
        "list_conversations/order", "0123456789ab", "an order", "They know.", "the API team", date(2026, 1, 31)
    )
    return Report(
        command="test",
        target=URL,
        agent="agent-1 (given)",
        contract="1.0.0",
        seed=7,
        started=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
        seconds=12.5,
        requests=345,
        results=results,
        sources={
            "list_conversations": "spec/paths/conversations.yaml:64",
            "send_conversation_message": "spec/paths/messages.yaml:30",
        },
        fixed=(entry,),
        expired=(replace(entry, case="fork_conversation/slug"),),
        coverage=(
            Covered("list_conversations", "query.limit", "type", "integer", "tried", "tried"),
            Covered("list_conversations", "query.order", "null", "refused", "none", "not tried"),
        ),
        first_bytes={"list_conversations": (0.0123, 0.0122, 0.0124), "send_conversation_message": (1.5,)},
    )
