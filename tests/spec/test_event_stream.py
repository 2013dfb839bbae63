from __future__ import annotations

import datetime as dt
import json
from typing import Any

import httpx
import pytest
import schemathesis
from letta_contract.spec import EventStream, SpecError, for_schemathesis, load, operations
from letta_contract.spec.event_stream import MEDIA_TYPE, Group

SEND = "/v1/conversations/{conversation_id}/messages"
STOP = {"message_type": "stop_reason", "stop_reason": "end_turn"}


@pytest.fixture(scope="module")
def stream() -> EventStream:
    send = next(found for found in operations(load()) if found.id == "send_conversation_message")
    found = EventStream.of_operation(send)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def judged() -> Any:
    """The operation of schemathesis that sends a message."""
    schema = schemathesis.openapi.from_dict(for_schemathesis(load()), config=schemathesis.Config.from_dict({}))
    return schema[SEND]["POST"]


def response(*data: str) -> httpx.Response:
    text = "".join(f"data: {one}\n\n" for one in data)
    request = httpx.Request("POST", "http://127.0.0.1/")
    answer = httpx.Response(200, text=text, headers={"content-type": MEDIA_TYPE}, request=request)
    answer.elapsed = dt.timedelta()
    return answer


def test_the_contract_describes_its_stream(stream: EventStream) -> None:
    """Fifteen kinds of event, pings anywhere, [DONE] at the end, and three ways for a turn to go."""
    assert (len(stream.events["oneOf"]), stream.terminator, stream.anywhere) == (15, "[DONE]", ("ping",))
    assert list(stream.turns) == ["normal", "cancelled", "failed"]
    assert stream.turns["failed"][-1] == Group(("error_message",), "once", "error")
    assert stream.tag == "message_type"


def test_only_streams_have_one() -> None:
    """An operation that answers JSON alone has no event stream."""
    streaming = [operation.id for operation in operations(load()) if EventStream.of_operation(operation)]
    assert streaming == ["send_conversation_message", "retrieve_conversation_stream"]


@pytest.mark.parametrize(
    ("types", "turn"),
    [
        ("assistant_message stop_reason usage_statistics", "normal"),
        ("stop_reason usage_statistics", "normal"),
        ("ping assistant_message ping ping stop_reason ping usage_statistics ping", "normal"),
        ("assistant_message stop_reason", "cancelled"),
        ("stop_reason error_message", "failed"),
        ("assistant_message", None),
        ("", None),
        ("stop_reason stop_reason usage_statistics", None),
        ("usage_statistics stop_reason", None),
        ("stop_reason assistant_message usage_statistics", None),
        ("stop_reason usage_statistics usage_statistics", None),
        ("stop_reason error_message usage_statistics", None),
        ("nonsense stop_reason usage_statistics", None),
    ],
)
def test_an_order_is_a_turn_or_none(stream: EventStream, types: str, turn: str | None) -> None:
    """Messages, one stop_reason, then usage or an error: any other order is no turn; pings do not count."""
    assert stream.turn(types.split()) == turn


def test_event_names_are_those_of_the_group(stream: EventStream) -> None:
    """An error_message bears the event name `error`; the others bear none."""
    assert [stream.event_name(name) for name in ("error_message", "stop_reason", "ping")] == ["error", None, None]


def test_recorded_streams_pass_in_schemathesis(judged: Any) -> None:
    """Every golden stream is valid, event by event, to schemathesis."""
    documented = load()["paths"][SEND]["post"]["responses"]["200"]["content"][MEDIA_TYPE]["examples"]
    for name, example in documented.items():
        answer = response()
        answer._content = example["value"].encode()
        assert judged.is_valid_response(answer), name


@pytest.mark.parametrize(
    "data",
    [
        json.dumps({"message_type": "nope"}),
        json.dumps({**STOP, "stop_reason": "nope"}),
        json.dumps({"message_type": "stop_reason"}),
        json.dumps(
            {"message_type": "assistant_message", "id": "message-1", "date": "yesterday", "content": "Hello."},
        ),
        "{",
        "[FINISHED]",
        "null",
    ],
)
def test_a_wrong_event_fails_in_schemathesis(judged: Any, data: str) -> None:
    """One event that is no JSON, of no known type, or with a wrong field fails the response, whichever it is."""
    judged.validate_response(response(json.dumps(STOP), "[DONE]"))
    assert not judged.is_valid_response(response(json.dumps(STOP), data, "[DONE]"))
    with pytest.raises(schemathesis.core.failures.Failure, match="Event #1"):
        judged.validate_response(response(json.dumps(STOP), data, "[DONE]"))


def test_the_document_itself_stays_as_it_was() -> None:
    """What schemathesis gets is a copy: other readers keep a stream that is a string."""
    document = load()
    copied = for_schemathesis(document)
    assert document == load()
    schema = copied["paths"][SEND]["post"]["responses"]["200"]["content"][MEDIA_TYPE]["schema"]
    assert schema["required"] == ["data"]
    schema["properties"]["data"].clear()
    copied["paths"][SEND].clear()
    assert document == load()


@pytest.mark.parametrize("raw", [{}, [], {"events": {}, "terminator": "x", "turns": {"normal": [{"of": []}]}}])
def test_a_stream_that_cannot_be_read_is_an_error(raw: Any) -> None:
    """A broken x-event-stream is one readable error, not a traceback."""
    with pytest.raises(SpecError, match="spec lint"):
        EventStream.of({"x-event-stream": raw})


def test_a_document_without_streams_is_only_copied() -> None:
    """A document of someone's own, without our extension, is none the worse for it."""
    document = {"openapi": "3.0.3", "paths": {"/x": {"get": {"responses": {"200": {"description": "x"}, "x-y": 1}}}}}
    assert for_schemathesis(document) == document
