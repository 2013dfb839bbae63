import json
import time
from itertools import pairwise
from typing import Any

import pytest
from letta_contract import fixtures, spec
from letta_contract.mock_server.examples import NoExampleError, example_handler


def test_every_operation_answers_its_example(examples: Any) -> None:
    """Each operation answers 200 with a body that fits the document, for any well-formed id."""
    for operation in examples.operations:
        path = operation.path.format(conversation_id=examples.unknown.rpartition("/")[2], agent_id=examples.agent)
        body = {"input": "x"} if operation.id == "send_conversation_message" else {}
        content = json.dumps(body) if operation.body_schema else None
        response = examples.request(operation.method, f"{path}?agent_id={examples.agent}", content=content)
        assert response.status_code == 200, operation.id


def test_first_example_is_answered(examples: Any) -> None:
    """The answer is the first example of the document, as it stands there."""
    (operation,) = (one for one in examples.operations if one.id == "retrieve_conversation")
    first = next(iter(operation.statuses[200]["content"]["application/json"]["examples"].values()))
    assert examples.get(examples.unknown).json() == first["value"]


@pytest.mark.parametrize("body", [{}, {"streaming": True}])
def test_send_streams_the_golden_file(examples: Any, body: Any) -> None:
    """Sending streams unless it is told not to, byte for byte as in the fixture (SSE-13)."""
    response = examples.post(f"{examples.known}/messages", json={"input": "x", **body})
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.content == fixtures.stream("plain_turn")


def test_send_answers_json_where_it_is_told_to(examples: Any) -> None:
    """`streaming: false` never streams (SSE-12)."""
    response = examples.post(f"{examples.known}/messages", json={"input": "x", "streaming": False})
    assert response.json()["stop_reason"]["stop_reason"] == "end_turn"


def test_pings_can_be_off(examples: Any) -> None:
    """`include_pings: false` sends none (SSE-8)."""
    with_pings = examples.post(f"{examples.known}/messages", json={"input": "x"})
    without = examples.post(f"{examples.known}/messages", json={"input": "x", "include_pings": False})
    types = [event["message_type"] for event in examples.events(with_pings.text)]
    assert "ping" in types
    assert [event["message_type"] for event in examples.events(without.text)] == [one for one in types if one != "ping"]


def test_document_without_an_example_is_refused() -> None:
    """An operation that could not be answered is named when the server starts, with what to do."""
    raw = {"operationId": "f", "responses": {"200": {"content": {"application/json": {"schema": {}}}}}}
    operation = spec.Operation.of("/x", "get", {"get": raw}, "spec/x.yaml:3")
    with pytest.raises(NoExampleError, match=r"spec/x.yaml:3: f has no example .* Add one"):
        example_handler(operation)


def test_stream_is_not_buffered(api: Any, path: str) -> None:
    """Each event arrives when it is made, not when the turn is over."""
    body = {"input": "STUB:SLOW 3 0.3", "stream_tokens": True}
    with api.stream("POST", f"{path}/messages", json=body) as response:
        arrivals = [time.monotonic() for line in response.iter_lines() if "assistant_message" in line]
    assert len(arrivals) == 3
    assert all(later - earlier > 0.2 for earlier, later in pairwise(arrivals))
