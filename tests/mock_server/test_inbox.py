from typing import Any

import pytest

TOOL = 'STUB:TOOL look_up {"order": 3}'
CLIENT_TOOLS = [{"name": "look_up"}]


@pytest.fixture
def waiting(api: Any, path: str) -> Any:
    """The id of a tool call that waits for approval."""
    result = api.say(path, TOOL, client_tools=CLIENT_TOOLS)
    assert result["stop_reason"]["stop_reason"] == "requires_approval"
    (request,) = result["messages"]
    assert request["message_type"] == "approval_request_message"
    return request["tool_call"]["tool_call_id"]


def decide(api: Any, path: str, *messages: Any) -> Any:
    return api.post(f"{path}/messages", json={"messages": list(messages), "streaming": False})


def verdict(call: Any, *, approve: Any, reason: Any = None) -> Any:
    return {
        "type": "approval",
        "approvals": [{"type": "approval", "tool_call_id": call, "approve": approve, "reason": reason}],
    }


@pytest.mark.parametrize(
    ("decision", "status", "text"),
    [
        ({"type": "approval", "approve": True}, "success", "mock result of an approved call"),
        ({"type": "approval", "approve": False, "reason": "too dear"}, "error", "The call was denied: too dear"),
        ({"type": "tool", "tool_return": "42", "status": "success", "stdout": ["x"]}, "success", "42"),
        ({"type": "tool", "tool_return": [{"type": "text", "text": "no"}], "status": "error"}, "error", "no"),
    ],
)
def test_decided_call_returns_and_the_turn_goes_on(
    api: Any, path: str, waiting: str, decision: Any, status: int, text: str
) -> None:
    """What was decided becomes the tool's return, and the agent answers."""
    approvals = [{**decision, "tool_call_id": waiting}]
    result = decide(api, path, {"type": "approval", "approvals": approvals}).json()
    returned, answer = result["messages"]
    assert (returned["tool_return"], returned["status"], returned["tool_call_id"]) == (text, status, waiting)
    assert answer["message_type"] == "assistant_message"
    assert [row["message_type"] for row in api.rows(path)][-3] == "approval_response_message"


def test_tool_return_message_answers_as_well(api: Any, path: str, waiting: str) -> None:
    """So do the two deprecated fields."""
    returned = {"tool_return": "42", "status": "success", "tool_call_id": waiting}
    assert decide(api, path, {"type": "tool_return", "tool_returns": [returned]}).status_code == 200
    again = api.say(path, TOOL, client_tools=CLIENT_TOOLS)["messages"][0]
    response = decide(
        api, path, {"type": "approval", "approve": False, "approval_request_id": again["id"], "reason": "no"}
    )
    assert response.json()["messages"][0]["tool_return"] == "The call was denied: no"


def test_messages_wait_for_the_decision(api: Any, path: str, waiting: str) -> None:
    """Nothing else can be said before it (409), and it has to be about this call (400)."""
    assert api.post(f"{path}/messages", json={"input": "hello"}).status_code == 409
    assert decide(api, path, {"type": "approval"}).status_code == 409
    wrong = decide(api, path, verdict("call_x", approve=True))
    assert wrong.status_code == 400
    assert waiting in wrong.json()["detail"]


def test_decision_can_come_with_a_message(api: Any, path: str, waiting: str) -> None:
    """The agent answers the message."""
    response = decide(api, path, verdict(waiting, approve=True), {"role": "user", "content": "and thanks"})
    assert response.json()["messages"][-1]["content"] == "mock reply to: and thanks"


def test_nothing_to_decide_is_400(api: Any, path: str) -> None:
    """No call waits in a new conversation."""
    assert decide(api, path, verdict("call_x", approve=True)).status_code == 400


def test_content_is_kept_as_lists_may_show_it(api: Any, path: str) -> None:
    """Text and images stay what they are; other parts become text (MSG)."""
    image = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
    call = {"type": "tool_call", "id": "1", "name": "f", "input": {"a": 1}}
    parts = [{"type": "text", "text": "see"}, image, call]
    sent = [
        {"role": "user", "content": parts, "otid": "o-1", "name": "Sam"},
        {"role": "system", "content": parts},
        {"role": "assistant", "content": parts[:1]},
        {"role": "assistant", "content": "plain"},
    ]
    decide(api, path, *sent)
    user, system, assistant, plain = api.rows(path)[1:5]
    assert user["content"][:2] == parts[:2]
    assert '"name": "f"' in user["content"][2]["text"]
    assert (user["otid"], user["name"]) == ("o-1", "Sam")
    assert system["content"].startswith("see{")
    assert assistant["content"] == [{"type": "text", "text": "see"}]
    assert plain["content"] == "plain"


@pytest.mark.parametrize("content", ["", "   ", [], [{"type": "text", "text": ""}]])
def test_nothing_said_is_answered(api: Any, path: str, content: Any) -> None:
    """An empty message is a message."""
    assert api.say(path, content)["messages"]
