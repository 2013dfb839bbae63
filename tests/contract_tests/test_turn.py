from __future__ import annotations

import json
from typing import Any

import pytest
from letta_contract import fixtures
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.problem import Problem
from letta_contract.contract_tests.reply import Replies
from letta_contract.contract_tests.turn import problems

_BASE = {"id": "message-1", "date": "2026-02-03T04:05:06Z"}
SAYS = _BASE | {"message_type": "assistant_message", "content": "Hi"}
PING = _BASE | {"message_type": "ping"}
USAGE = {"message_type": "usage_statistics", "total_tokens": 3}
ERROR = {"message_type": "error_message", "run_id": "r", "error_type": "llm_error", "message": "m"}
DONE = "[DONE]"


def stop(reason: str = "end_turn") -> dict[str, Any]:
    return {"message_type": "stop_reason", "stop_reason": reason}


def stream(*events: Any, name: str = "error") -> bytes:
    """A stream of these events; an error_message is named, a string is sent as it is."""
    lines = []
    for event in events:
        data = event if isinstance(event, str) else json.dumps(event)
        named = name and isinstance(event, dict) and event["message_type"] == "error_message"
        lines.append(f"event: {name}\ndata: {data}\n\n" if named else f"data: {data}\n\n")
    return "".join(lines).encode()


@pytest.fixture(scope="session")
def valid(contract: Contract) -> Any:
    """The validator of one event."""
    return Replies(contract.operations["send_conversation_message"]).events


@pytest.mark.parametrize("name", sorted(path.stem for path in (fixtures.ROOT / "streams").glob("*.sse")))
def test_golden_stream_is_a_turn(valid: Any, name: str) -> None:
    """Each of the example streams is in order."""
    assert list(problems(fixtures.stream(name), valid)) == []


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([SAYS, SAYS, stop(), USAGE, DONE], id="plain"),
        pytest.param([stop("max_steps"), USAGE, DONE], id="no message"),
        pytest.param([SAYS, stop("requires_approval"), USAGE, DONE], id="approval"),
        pytest.param([PING, SAYS, PING, stop(), PING, USAGE, PING, DONE], id="pings anywhere"),
        pytest.param([SAYS, stop("cancelled"), DONE], id="cancelled"),
        pytest.param([stop("cancelled"), USAGE, DONE], id="cancelled with usage"),
        pytest.param([SAYS, stop("error"), ERROR, DONE], id="failed"),
        pytest.param([stop("llm_api_error"), ERROR, PING, DONE], id="failed at once"),
        pytest.param([SAYS, stop("no_tool_call"), ERROR, DONE], id="failed for another reason"),
    ],
)
def test_turn_in_order_is_no_problem(valid: Any, events: list[Any]) -> None:
    """Every way in which a turn may end is fine."""
    assert list(problems(stream(*events), valid)) == []


EXPECTED = {
    "SSE-4": (
        "messages first, then stop_reason and usage_statistics",
        "a turn ends: stop_reason · usage_statistics · [DONE]",
    ),
    "SSE-6": ("`data: [DONE]` once, as the last event",),
    "SSE-7": ("a cancelled turn ends: stop_reason · (usage_statistics) · [DONE]",),
    "SSE-10": ("a failed turn ends: stop_reason · error_message · [DONE]",),
}


@pytest.mark.parametrize(
    ("events", "rule", "actual"),
    [
        pytest.param([SAYS, stop(), USAGE], "SSE-6", "never", id="no terminator"),
        pytest.param([SAYS, stop(), USAGE, DONE, DONE], "SSE-6", "as events 4, 5 of 5", id="two terminators"),
        pytest.param([DONE, SAYS, stop(), USAGE], "SSE-6", "as events 1 of 4", id="terminator first"),
        pytest.param([SAYS, stop(), USAGE, DONE, PING], "SSE-6", "as events 4 of 5", id="ping after the end"),
        pytest.param([SAYS, stop(), stop(), USAGE, DONE], "SSE-4", None, id="two stop reasons"),
        pytest.param([SAYS, stop(), USAGE, USAGE, DONE], "SSE-4", None, id="two usages"),
        pytest.param([SAYS, stop(), DONE], "SSE-4", None, id="no usage"),
        pytest.param([SAYS, USAGE, DONE], "SSE-4", None, id="no stop reason"),
        pytest.param([SAYS, USAGE, stop(), DONE], "SSE-4", None, id="usage before the stop reason"),
        pytest.param([stop(), SAYS, USAGE, DONE], "SSE-4", None, id="message after the stop reason"),
        pytest.param([stop(), USAGE, SAYS, DONE], "SSE-4", None, id="message after the usage"),
        pytest.param([SAYS, DONE], "SSE-4", "assistant_message", id="no end"),
        pytest.param([DONE], "SSE-4", "no events", id="nothing"),
        pytest.param([SAYS, stop("error"), DONE], "SSE-10", None, id="failure without its error"),
        pytest.param([SAYS, stop("error"), USAGE, DONE], "SSE-10", None, id="failure with usage"),
        pytest.param([SAYS, stop("error"), ERROR, USAGE, DONE], "SSE-10", None, id="usage after the error"),
        pytest.param([SAYS, ERROR, stop("error"), DONE], "SSE-10", None, id="error before the stop reason"),
        pytest.param([SAYS, ERROR, DONE], "SSE-10", None, id="error without a stop reason"),
        pytest.param([SAYS, stop(), ERROR, USAGE, DONE], "SSE-10", None, id="error in a normal turn"),
        pytest.param([stop("cancelled"), USAGE, USAGE, DONE], "SSE-7", None, id="cancelled with two usages"),
        pytest.param([stop("cancelled"), stop("cancelled"), DONE], "SSE-7", None, id="cancelled twice"),
    ],
)
def test_turn_out_of_order_is_one_problem(valid: Any, events: list[Any], rule: str, actual: str | None) -> None:
    """Whatever is missing, doubled or in the wrong place is told once, under its rule, with what came."""
    (problem,) = problems(stream(*events), valid)
    assert problem.rule == rule
    assert problem.expected in EXPECTED[rule]
    kinds = [event["message_type"] for event in events if isinstance(event, dict)]
    assert problem.actual == (actual if actual is not None else " · ".join(kinds))


@pytest.mark.parametrize(
    ("usage", "fine"),
    [
        pytest.param({"total_tokens": 3, "prompt_tokens": 1, "completion_tokens": 2}, True, id="the sum"),
        pytest.param({"total_tokens": 4, "prompt_tokens": 1, "completion_tokens": 2}, True, id="more"),
        pytest.param({"total_tokens": 2, "prompt_tokens": 1, "completion_tokens": 2}, False, id="less"),
        pytest.param({"total_tokens": 0, "prompt_tokens": 1}, False, id="nothing in all"),
        pytest.param({"prompt_tokens": 1, "completion_tokens": 2}, True, id="no total"),
        pytest.param({}, True, id="no numbers"),
    ],
)
def test_total_tokens_hold_the_others(valid: Any, usage: dict[str, int], *, fine: bool) -> None:
    """Where a stream tells the total of its tokens, it is no less than those that it tells beside it."""
    found = problems(stream(SAYS, stop(), {"message_type": "usage_statistics", **usage}, DONE), valid)
    assert [problem.rule for problem in found] == ([] if fine else ["STATE-41"])


def test_error_event_has_its_name(valid: Any) -> None:
    """A client that listens for `error` hears of the failure only where the event is named so."""
    (problem,) = problems(stream(stop("error"), ERROR, DONE, name=""), valid)
    wanted = "the error_message is an event named `error`"
    assert problem == Problem("SSE-10", wanted, "an event without that name")


@pytest.mark.parametrize("reason", ["end_turn", "cancelled", "requires_approval"])
def test_failure_does_not_say_that_all_is_well(valid: Any, reason: str) -> None:
    """A failed turn has a stop_reason of a failure."""
    (problem,) = problems(stream(stop(reason), ERROR, DONE), valid)
    assert (problem.rule, problem.expected) == ("SSE-10", "a failed turn has a stop_reason that says so")
    assert problem.actual == f"{reason}: stop_reason · error_message"


@pytest.mark.parametrize("reason", ["error", "llm_api_error"])
def test_failure_is_told_by_its_reason(valid: Any, reason: str) -> None:
    """Where the reason is a failure, the error has to come."""
    (problem,) = problems(stream(stop(reason), USAGE, DONE), valid)
    assert problem.rule == "SSE-10"


def test_event_is_one_data_line(valid: Any) -> None:
    """Data on several lines is more than a simple client reads."""
    (problem,) = problems(b'data: {"message_type":\ndata: "ping"}\n\ndata: [DONE]\n\n', valid)
    assert problem == Problem("SSE-2", "each event on one data line", "line 1: an event of several")


@pytest.mark.parametrize(
    ("event", "actual"),
    [
        ("oops", "line 3: no JSON object"),
        ("[1]", "line 3: no JSON object"),
        ('{"message_type": "ping", "id": NaN}', "line 3: no JSON object"),
        ("[" * 99_999, "line 3: no JSON object"),
        ({"message_type": "bogus"}, "line 3: "),
        (_BASE | {"message_type": "assistant_message"}, "line 3: "),
        ({"message_type": "stop_reason", "stop_reason": "tired"}, "line 3: "),
        ({}, "line 3: "),
    ],
)
def test_event_that_is_no_message_is_found(valid: Any, event: Any, actual: str) -> None:
    """Data that is not JSON, or no message of the document, is told by its line; order is not judged then."""
    data = event if isinstance(event, str) else json.dumps(event)
    (problem,) = problems(stream(SAYS, data, DONE), valid)
    assert problem.rule == "SSE-3"
    assert problem.actual.startswith(actual)
    assert len(problem.actual) < 200


def test_text_that_is_no_stream_is_one_problem(valid: Any) -> None:
    """What cannot be read as events is told by the reader's reason."""
    assert list(problems(b'{"detail": "no"}', valid)) == [
        Problem(
            "SSE-2",
            "an event stream: `data:` lines, each event ended by a blank line",
            "line 1: the stream stops inside an event: no blank line ends it",
        )
    ]


def test_pings_can_be_unwanted(valid: Any) -> None:
    """Where no pings were wanted, one is a problem."""
    content = stream(PING, stop(), USAGE, DONE)
    assert list(problems(content, valid)) == []
    assert list(problems(content, valid, pings=False)) == [
        Problem("SSE-8", "no ping, as include_pings is false", "a ping")
    ]
    assert list(problems(stream(stop(), USAGE, DONE), valid, pings=False)) == []


@pytest.mark.parametrize("line", [b"data: {", b"data: [DONE]"], ids=["a message", "the end"])
def test_no_event_but_an_error_has_a_name(valid: Any, line: bytes) -> None:
    """Who listens for messages is not told of an event with a name of its own; `message` is no such name."""
    content = stream(SAYS, stop(), USAGE, DONE)
    named, plain = (content.replace(line, b"event: " + name + b"\n" + line, 1) for name in (b"turn", b"message"))
    assert [problem.actual.split()[-1] for problem in problems(named, valid)] == ["turn"]
    assert list(problems(plain, valid)) == []
