from typing import Any

import pytest

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"
CONVERSATION = "/v1/conversations/conv-123e4567-e89b-42d3-8456-426614174000"
OTHER = "/v1/conversations/conv-6d1688e5-ab7a-454e-81fd-4f9acbd1e2a6"


def arrange(own: Any, **fields: Any) -> Any:
    response = own.post("/_mock/expectations", json=fields)
    assert response.status_code == 201, response.text
    return response.json()


def refused(own: Any, **fields: Any) -> Any:
    response = own.post("/_mock/expectations", json=fields)
    assert response.status_code == 422
    return {".".join(map(str, one["loc"])): one["msg"] for one in response.json()["detail"]}


def say(own: Any, path: str = CONVERSATION, text: str = "hello") -> Any:
    return own.post(f"{path}/messages", json={"input": text, "streaming": False})


def spoken(response: Any) -> list[str]:
    return [one["content"] for one in response.json()["messages"] if one["message_type"] == "assistant_message"]


def test_next_two_sends_answer_503(own: Any) -> None:
    """The third is as ever, and so are other operations."""
    arrange(own, operationId="send_conversation_message", status=503, times=2)
    assert own.get(CONVERSATION).status_code == 200
    assert [say(own).status_code for _ in range(3)] == [503, 503, 200]
    assert own.get("/_mock/expectations").json() == {"expectations": []}


def test_answer_is_the_documented_one_where_none_is_given(own: Any) -> None:
    """It looks as the server's own would."""
    arrange(own, operationId="send_conversation_message", status=502, times=1)
    assert say(own).json()["error"]["type"] == "llm_bad_gateway"


def test_undocumented_status_has_an_answer_too(own: Any) -> None:
    """Proxies answer what no document knows."""
    arrange(own, operationId="retrieve_conversation", status=418)
    response = own.get(CONVERSATION)
    assert (response.status_code, response.json()) == (418, {"detail": "The mock server was told to answer 418."})


def test_answer_and_headers_can_be_given(own: Any) -> None:
    """To a client that minds Retry-After."""
    arrange(own, status=503, answer={"detail": "Later."}, headers={"Retry-After": "1"})
    response = own.get(CONVERSATION)
    assert (response.json(), response.headers["retry-after"]) == ({"detail": "Later."}, "1")


def test_status_without_a_body_has_none(own: Any) -> None:
    """204 is no JSON."""
    arrange(own, status=204)
    assert own.get(CONVERSATION).content == b""


def test_stream_can_be_answered_by_its_documented_example(own: Any) -> None:
    """A status of an event stream gives an event stream."""
    arrange(own, operationId="retrieve_conversation_stream", status=200)
    response = own.post(f"{CONVERSATION}/stream")
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text.endswith("data: [DONE]\n\n")


def test_conversation_answers_that_text(own: Any) -> None:
    """And no other conversation does; what was said is kept like everything said."""
    arrange(own, conversation_id=CONVERSATION.rpartition("/")[2], reply="It is 21 °C.")
    assert spoken(say(own)) == ["It is 21 °C."]
    assert spoken(say(own, text="STUB:HTTP 500")) == ["It is 21 °C."]
    assert spoken(say(own, OTHER)) == ["mock reply to: hello"]
    kept = own.get(f"{CONVERSATION}/messages?limit=1").json()
    assert [one["content"] for one in kept] == ["It is 21 °C."]


def test_reply_can_be_a_whole_turn(own: Any) -> None:
    """Thought, tool call and all."""
    arrange(own, reply={"reasoning": "Hm.", "tool": {"name": "look_up", "arguments": {"order": 3}}})
    types = [one["message_type"] for one in say(own).json()["messages"]]
    assert types == ["reasoning_message", "tool_call_message", "tool_return_message", "assistant_message"]


def test_reply_can_be_a_failure(own: Any) -> None:
    """As if the model had failed."""
    arrange(own, reply={"failure": 429})
    assert say(own).status_code == 429


def test_requests_are_told_apart_by_query_and_body(own: Any) -> None:
    """As an operation reads them: `yes` is true."""
    arrange(own, operationId="recompile_conversation", query={"dry_run": True}, status=503)
    assert own.post(f"{CONVERSATION}/recompile?dry_run=yes").status_code == 503
    assert own.post(f"{CONVERSATION}/recompile").status_code == 200
    arrange(own, body={"input": "hello"}, status=502)
    assert say(own).status_code == 502
    assert say(own, text="good day").status_code == 200


def test_faulty_request_meets_no_expectation(own: Any) -> None:
    """It is refused as ever, and the expectation waits for a good one."""
    arrange(own, status=503, times=1)
    assert own.get("/v1/conversations/x").status_code == 422
    assert own.get(CONVERSATION).status_code == 503


def test_counted_expectations_come_first_in_their_order(own: Any) -> None:
    """Then the last of those that always hold."""
    arrange(own, status=500)
    arrange(own, status=501)
    arrange(own, status=502, times=1)
    arrange(own, status=503, times=1)
    assert [own.get(CONVERSATION).status_code for _ in range(4)] == [502, 503, 501, 501]


def test_delay_is_kept(own: Any) -> None:
    """Together with whatever else was arranged."""
    arrange(own, status=503, delay=150)
    response = own.get(CONVERSATION)
    assert response.status_code == 503
    assert response.elapsed.total_seconds() >= 0.15


def test_preference_that_an_expectation_overrules_is_not_called_applied(own: Any) -> None:
    """Only what was honoured is told (RFC 7240 §3); what the expectation leaves alone is."""
    own.post("/_mock/expectations", json={"operationId": "retrieve_conversation", "status": 404, "times": 1})
    own.post("/_mock/expectations", json={"operationId": "retrieve_conversation", "delay": 1, "times": 1})
    asked = {"prefer": "code=401, delay=1"}
    overruled, late, free = (own.get(CONVERSATION, headers=asked) for _ in range(3))
    assert (overruled.status_code, overruled.headers["preference-applied"]) == (404, "delay=1")
    for answer in (late, free):
        assert (answer.status_code, answer.headers["preference-applied"]) == (401, "delay=1, code=401")


def test_expectation_can_be_taken_back(own: Any) -> None:
    """One by its number, or all of them."""
    first, second = arrange(own, status=503), arrange(own, status=504)
    assert [one["number"] for one in own.get("/_mock/expectations").json()["expectations"]] == [1, 2]
    own.delete(f"/_mock/expectations/{second['number']}")
    assert own.get(CONVERSATION).status_code == 503
    assert own.delete(f"/_mock/expectations/{second['number']}").status_code == 404
    assert own.delete("/_mock/expectations").json() == {"expectations": []}
    assert own.get(CONVERSATION).status_code == 200
    assert first["left"] is None


def test_request_that_met_one_is_marked_in_the_journal(own: Any) -> None:
    """Nobody needs to wonder where that 503 came from."""
    number = arrange(own, status=503)["number"]
    own.get(CONVERSATION)
    assert own.get("/_mock/journal").json()["requests"][0]["expectation"] == number


def test_mistakes_are_told_all_at_once(own: Any) -> None:
    """Each with its place, and with what there is to choose from."""
    assert set(refused(own, status=99, fault="earthquake", times=0, when="now")) == {
        *("body.status", "body.fault", "body.times", "body.when")
    }
    assert refused(own, times=1) == {"body": "Field required: one of status, reply, fault, delay"}
    assert "retrieve_conversation" in refused(own, operationId="get_conversation", status=500)["body.operationId"]
    assert "body.status" in refused(own, answer={})
    assert "body.status" in refused(own, reply="hi", status=500)
    assert "body.operationId" in refused(own, reply="hi", operationId="fork_conversation")
    assert "body.headers.X" in refused(own, status=500, headers={"X": "a\r\nY: b"})
    assert "body.reply.tool.name" in refused(own, reply={"tool": {}})


def test_answer_is_held_against_the_document(own: Any) -> None:
    """A test on an answer that no server gives proves nothing; whoever wants it says so."""
    wrong = {"operationId": "retrieve_conversation", "status": 200, "answer": {"id": 3, "agent_id": AGENT}}
    assert set(refused(own, **wrong)) == {"body.answer.id"}
    arrange(own, **wrong, anyway=True)
    assert own.get(CONVERSATION).json()["id"] == 3


def test_examples_mode_has_no_agent_that_speaks(examples: Any) -> None:
    """Everything else can be arranged there as well."""
    headers = {"x-mock-session": "no agent"}
    response = examples.post("/_mock/expectations", json={"reply": "hi"}, headers=headers)
    assert response.status_code == 422
    assert "--stateful" in response.text
    assert examples.post("/_mock/expectations", json={"status": 404}, headers=headers).status_code == 201
    assert examples.get(examples.known, headers=headers).status_code == 404


@pytest.mark.parametrize("content", [b"[]", b"3", b'{"status": ', b"\xff"])
def test_what_is_no_expectation_is_refused(own: Any, content: bytes) -> None:
    """As the API itself refuses it."""
    assert own.post("/_mock/expectations", content=content).status_code == 422


def test_expectations_are_bounded(own: Any) -> None:
    """A loop that arranges forever is stopped."""
    from letta_contract.mock_server.session import MOST_EXPECTED

    for _ in range(MOST_EXPECTED):
        arrange(own, delay=0)
    assert own.post("/_mock/expectations", json={"delay": 0}).status_code == 409
