from typing import Any

import pytest

CONVERSATION = "/v1/conversations/conv-123e4567-e89b-42d3-8456-426614174000"


def verify(own: Any, **fields: Any) -> Any:
    response = own.post("/_mock/verify", json=fields)
    assert response.status_code == 200, response.text
    return response.json()


def test_recompile_was_called_with_dry_run(own: Any) -> None:
    """Or was not; what came near is shown."""
    question = {"operationId": "recompile_conversation", "query": {"dry_run": True}}
    own.post(f"{CONVERSATION}/recompile")
    answer = verify(own, **question)
    assert (answer["verified"], answer["count"]) == (False, 0)
    assert [one["query"]["dry_run"] for one in answer["near"]] == [False]
    own.post(f"{CONVERSATION}/recompile?dry_run=1")
    assert verify(own, **question) == {"verified": True, "count": 1, "requests": [2], "near": [], "complete": True}


@pytest.mark.parametrize(
    ("asked", "verified"),
    [
        ({}, True),
        ({"times": 2}, True),
        ({"times": 3}, False),
        ({"times": 0}, False),
        ({"at_least": 2, "at_most": 2}, True),
        ({"at_least": 3}, False),
        ({"at_most": 1}, False),
        ({"verdict": "invalid", "times": 1}, True),
        ({"status": 200, "times": 1}, True),
        ({"status": 500, "times": 0}, True),
        ({"conversation_id": "x"}, True),
        ({"conversation_id": "y"}, False),
    ],
)
def test_requests_are_counted(own: Any, asked: dict[str, Any], verified: bool) -> None:  # noqa: FBT001
    """By whatever tells them apart; without a number, one is enough."""
    own.get(CONVERSATION)
    own.get("/v1/conversations/x")
    assert verify(own, operationId="retrieve_conversation", **asked)["verified"] is verified


def test_bodies_are_compared(own: Any) -> None:
    """A part of what was sent is enough."""
    own.post(f"{CONVERSATION}/messages", json={"input": "hello", "max_steps": 3})
    assert verify(own, body={"max_steps": 3})["verified"]
    assert not verify(own, body={"max_steps": 4})["verified"]


def test_question_that_can_have_no_answer_is_refused(own: Any) -> None:
    """A misspelt operation would never have been called."""
    response = own.post("/_mock/verify", json={"operationId": "recompile"})
    assert response.status_code == 422
    assert "recompile_conversation" in response.text
    assert own.post("/_mock/verify", json={"dry_run": True}).status_code == 422
