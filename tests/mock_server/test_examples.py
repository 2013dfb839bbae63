import asyncio
import json
import time
from itertools import pairwise
from typing import Any

import httpx
import pytest
from letta_contract import fixtures, spec
from letta_contract.mock_server.examples import Examples, NoExampleError
from letta_contract.mock_server.prefer import Preferences
from letta_contract.mock_server.request import Request


def documented(api: Any, operation_id: str, status: int) -> Any:
    """The JSON examples of one status."""
    (operation,) = (one for one in api.operations if one.id == operation_id)
    examples = operation.statuses[status]["content"]["application/json"]["examples"]
    return {name: example["value"] for name, example in examples.items()}


def raw_operation(responses: Any) -> Any:
    raw = {"operationId": "f", "responses": responses}
    return spec.Operation.of("/x", "get", {"get": raw}, "spec/x.yaml:3")


def run(answer: Any) -> Any:
    return asyncio.run(answer)


def call(api: Any, operation: Any, asking: str, *, streaming: bool = True, **preferences: Any) -> Any:
    """One valid request of an operation with preferences."""
    path = operation.path.format(conversation_id=api.known.rpartition("/")[2], agent_id=api.agent)
    body = {"input": "x", "streaming": streaming} if operation.id == "send_conversation_message" else {}
    query = {"agent_id": api.agent}
    headers = {}
    if asking == "query":
        query |= {f"__{name}": value for name, value in preferences.items()}
    else:
        headers["prefer"] = ", ".join(f"{name}={value}" for name, value in preferences.items())
    content = json.dumps(body) if operation.body_schema else None
    return api.request(operation.method, path, params=query, headers=headers, content=content)


def test_every_operation_answers_its_example(examples: Any) -> None:
    """Each operation answers 200 with a body that fits the document, for any well-formed id."""
    for operation in examples.operations:
        path = operation.path.format(conversation_id=examples.unknown.rpartition("/")[2], agent_id=examples.agent)
        body = {"input": "x"} if operation.id == "send_conversation_message" else {}
        content = json.dumps(body) if operation.body_schema else None
        response = examples.request(operation.method, f"{path}?agent_id={examples.agent}", content=content)
        assert response.status_code == 200, operation.id


def test_first_example_is_answered(examples: Any) -> None:
    """The answer is the first example of the document, with nothing but the id of the path in it."""
    first = documented(examples, "retrieve_conversation", 200)["hydrated"]
    id_ = examples.unknown.rpartition("/")[2]
    assert examples.get(examples.unknown).json() == first | {"id": id_}


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


@pytest.mark.parametrize(("after", "left"), [(0, 5), (1, 4), (2, 3), (100, 2)])
def test_stream_is_picked_up_behind_an_event(examples: Any, after: int, left: int) -> None:
    """`starting_after` leaves out so many events; what ends a stream is always there."""
    whole = examples.post(f"{examples.known}/stream", json={}).text
    rest = examples.post(f"{examples.known}/stream", json={"starting_after": after}).text
    assert examples.events(rest) == examples.events(whole)[-left:]
    kinds = [event["message_type"] for event in examples.events(rest)]
    assert kinds[-2:] == ["stop_reason", "usage_statistics"]
    sent = examples.post(f"{examples.known}/messages", json={"input": "x", "starting_after": "no field of this one"})
    assert sent.content == fixtures.stream("plain_turn")


def test_documented_headers_are_sent() -> None:
    """With a whole answer, with one that repeats what the request fixes, with none, and with a stream."""
    headers = {"X-Limit": {"example": 3}}
    schema = {"type": "object", "properties": {"id": {"type": "string"}}}
    for status, content in (
        ("200", {"application/json": {"schema": schema, "example": {"id": "x"}}}),
        ("200", {"text/event-stream": {"example": "data: [DONE]\n\n"}}),
        ("200", {"text/plain": {"example": "x"}}),
        ("204", {}),
    ):
        examples = Examples(raw_operation({status: {"headers": headers, "content": content}}))
        answer = run(examples.handler(Request({"id": "y"}, {})))
        assert (b"x-limit", b"3") in answer.headers


def test_what_has_no_example_is_drawn_from_its_schema() -> None:
    """A document without examples is served all the same, and answers alike each time."""
    schema = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    operation = raw_operation({"200": {"content": {"application/json": {"schema": schema}}}})
    one, other = (run(Examples(operation, seed=3).handler(Request({}, {}))) for _ in range(2))
    assert json.loads(one.body)["id"]
    assert one.body == other.body


def test_lone_example_is_answered() -> None:
    """The single `example` of a media type, or of its schema, counts as one."""
    for media_type in ({"example": [1]}, {"schema": {"example": [1]}}):
        examples = Examples(raw_operation({"201": {"content": {"application/json": media_type}}}))
        reply = run(examples.handler(Request({}, {})))
        assert (reply.status, reply.body) == (201, b"[1]")


def test_status_without_content_is_answered_without_a_body() -> None:
    """204 has neither a body nor a length, nor a media type."""
    reply = run(Examples(raw_operation({"204": {"description": "Gone."}})).handler(Request({}, {})))
    assert (reply.status, reply.body, reply.headers) == (204, b"", [])


def test_ranges_of_statuses_stand_for_their_first() -> None:
    """`2XX` answers as 200, `4XX` as 400, and `default` as what is missing."""
    content = {"content": {"text/plain": {"example": "well"}}}
    examples = Examples(raw_operation({"default": content, "2XX": content, "4XX": content}))
    reply = run(examples.handler(Request({}, {})))
    assert (reply.status, reply.body, reply.headers[0]) == (200, b"well", (b"content-type", b"text/plain"))
    assert examples.pick(Preferences(code="400"), Request({}, {})).status == 400
    assert examples.pick(Preferences(code="500"), Request({}, {})).status == 500


def test_document_without_a_success_is_refused() -> None:
    """An operation that could not be answered is named when the server starts, with what to do."""
    with pytest.raises(NoExampleError, match=r"spec/x.yaml:3: f documents no status of success. Add one"):
        Examples(raw_operation({"400": {}}))


@pytest.mark.parametrize("asking", ["header", "query"])
def test_documented_status_is_answered_on_demand(either: Any, asking: str) -> None:
    """A forced status answers its first example, in either mode, and tells so."""
    for operation in either.operations:
        for status in operation.statuses:
            response = call(either, operation, asking, code=status)
            assert response.status_code == status, operation.id
            assert response.headers["preference-applied"] == f"code={status}"
            assert response.headers["x-mock-server"]


@pytest.mark.parametrize("asking", ["header", "query"])
def test_every_example_can_be_had_by_its_name(examples: Any, asking: str) -> None:
    """Each name of each status answers that example; a name alone finds the status that has it."""
    for operation in examples.operations:
        for status, response in operation.statuses.items():
            content = response["content"].get("application/json", {"examples": {}})
            for name, example in content["examples"].items():
                answer = call(examples, operation, asking, example=name, code=status, streaming=False)
                assert answer.status_code == status
                assert answer.headers["preference-applied"] == f"code={status}, example={name}"
                if status != 200:
                    assert answer.json() == example["value"]
    response = examples.get(examples.known, headers={"prefer": "example=conversation_not_found"})
    assert response.status_code == 404


@pytest.mark.parametrize("name", ["plain_turn", "tool_call_with_approval", "token_stream", "failure_midway"])
def test_example_name_picks_a_golden_stream(examples: Any, name: str) -> None:
    """The event streams have names, too, and come as they stand in their files."""
    response = examples.post(f"{examples.known}/messages?__example={name}", json={"input": "x"})
    assert response.content == fixtures.stream(name)


@pytest.mark.parametrize(
    ("preference", "there"),
    [
        ("code=418", "200, 401, 404, 422"),
        ("code=2e2", "200, 401, 404, 422"),
        ("code=" + "9" * 5000, "200, 401, 404, 422"),
        ("code=200, example=unauthorized", "200: hydrated, minimal"),
        ("example=nonsense", "401: unauthorized; 404: conversation_not_found"),
    ],
)
def test_what_is_not_documented_is_told_with_all_that_is(remembering: Any, preference: str, there: str) -> None:
    """An unknown status or example name is our 400, and lists what to ask for; nothing is honoured."""
    response = httpx.get(f"{remembering.base_url}{remembering.known}", headers={"prefer": preference})
    assert response.status_code == 400
    assert there in response.json()["detail"]
    assert "preference-applied" not in response.headers


def test_forced_answer_changes_nothing(api: Any, path: str) -> None:
    """What is answered by preference is not done: no message is kept, nothing is deleted."""
    before = api.rows(path)
    api.post(f"{path}/messages?__code=200", json={"input": "x"})
    api.post(f"{path}/messages?__example=tool_turn", json={"input": "x", "streaming": False})
    api.post(f"{path}/messages?__dynamic=true", json={"input": "x", "streaming": False})
    api.delete(f"{path}?__code=404")
    api.delete(f"{path}?__code=200")
    assert api.rows(path) == before


def test_request_is_judged_before_it_is_honoured(remembering: Any, guarded: Any) -> None:
    """No preference hides a faulty request or a missing token."""
    response = remembering.patch(remembering.known, json={"summary": 3}, headers={"prefer": "code=200"})
    assert response.status_code == 422
    assert guarded.get(guarded.known, headers={"prefer": "code=200"}).status_code == 401


def test_dynamic_answers_are_valid_and_repeatable(either: Any) -> None:
    """Each operation draws what fits the document, streams included, and tells the seed that draws it again."""
    for operation in either.operations:
        for _ in range(5):
            response = call(either, operation, "header", dynamic="true")
            applied = response.headers["preference-applied"]
            again = call(either, operation, "query", **dict(pair.split("=") for pair in applied.split(", ")))
            assert (again.status_code, again.content) == (200, response.content)


def test_dynamic_answers_differ() -> None:
    """Without a seed, each answer is another; with `--seed`, the same sequence comes again."""
    (operation,) = (one for one in spec.operations(spec.load()) if one.id == "retrieve_conversation")
    request = Request({"conversation_id": "conv-1"}, {})
    runs = []
    for _ in range(2):
        examples = Examples(operation, seed=5)
        picks = [examples.pick(Preferences(dynamic=True), request) for _ in range(3)]
        runs.append([(run(pick.handler(request)).body, pick.honoured["seed"]) for pick in picks])
    assert runs[0] == runs[1]
    assert [seed for _, seed in runs[0]] == [5, 6, 7]
    assert len({body for body, _ in runs[0]}) == 3


def test_stream_is_not_buffered(api: Any, path: str) -> None:
    """Each event arrives when it is made, not when the turn is over."""
    body = {"input": "STUB:SLOW 3 0.3", "stream_tokens": True}
    with api.stream("POST", f"{path}/messages", json=body) as response:
        arrivals = [time.monotonic() for line in response.iter_lines() if "assistant_message" in line]
    assert len(arrivals) == 3
    assert all(later - earlier > 0.2 for earlier, later in pairwise(arrivals))
