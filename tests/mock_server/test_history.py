from typing import Any

import pytest


def ids(api: Any, path: str, **query: Any) -> Any:
    return [row["id"] for row in api.get(f"{path}/messages", params=query).json()]


@pytest.fixture
def long(api: Any) -> Any:
    """The path of a conversation in which three things were said, one of them with a thought."""
    path = api.conversation()
    for text in ("one", "STUB:REASON", "three"):
        api.say(path, text)
    return path


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_joined_give_every_message_once(api: Any, long: str, order: str) -> None:
    """`limit` bounds the distinct ids, rows of one message stay together (STATE-32 to STATE-36)."""
    whole = ids(api, long, order=order)
    joined, page = [], ids(api, long, order=order, limit=2)
    while page:
        assert len(set(page)) <= 2
        joined += page
        page = ids(api, long, order=order, limit=2, after=page[-1])
    assert joined == whole
    assert len(whole) == len(set(whole)) + 1


def test_orders_are_each_others_reverse(api: Any, long: str) -> None:
    """Newest first, unless asked otherwise."""
    assert ids(api, long) == ids(api, long, order="asc")[::-1]
    assert api.get(f"{long}/messages").json()[0]["content"] == "mock reply to: three"


def test_before_gives_the_nearest_ones(api: Any, long: str) -> None:
    """With a limit, those right before the cursor, in the order asked for (STATE-35)."""
    whole = ids(api, long, order="asc")
    assert ids(api, long, order="asc", before=whole[4], limit=2) == whole[2:4]
    assert ids(api, long, order="asc", before=whole[4], after=whole[0], limit=2) == whole[1:3]
    assert ids(api, long, order="desc", before=whole[1]) == whole[:1:-1]


def test_types_filter_before_the_limit(api: Any, long: str) -> None:
    """Only rows of these types come back, as many as there are (STATE-38)."""
    rows = api.rows(long, include_return_message_types=["user_message", "reasoning_message"], limit=3)
    assert [row["message_type"] for row in rows] == ["user_message", "user_message", "reasoning_message"]


def test_group_keeps_its_own(api: Any, path: str) -> None:
    """`group_id` keeps the messages that were sent in that group."""
    message = {"role": "user", "content": "x", "group_id": "group-1"}
    api.post(f"{path}/messages", json={"messages": [message]})
    assert [row["content"] for row in api.rows(path, group_id="group-1")] == ["x"]


@pytest.mark.parametrize("limit", ["0", "-1", "null", str(10**30)])
def test_limit_may_be_any_number_or_null(api: Any, long: str, limit: str) -> None:
    """None of them breaks anything (STATE-47)."""
    assert api.get(f"{long}/messages?limit={limit}").status_code == 200


def test_unknown_cursor_is_404(api: Any, long: str) -> None:
    """It names nothing to begin at."""
    assert api.get(f"{long}/messages?after=message-x").status_code == 404


def test_conversations_share_no_messages(api: Any, path: str) -> None:
    """What is said in one shows in no other (STATE-39, STATE-40)."""
    api.say(path, "only here")
    assert "only here" in [row.get("content") for row in api.rows(path)]
    assert "only here" not in [row.get("content") for row in api.rows(api.conversation())]


def test_default_conversation_has_two_names(api: Any) -> None:
    """`default` with the agent's id, and the agent's id itself, are the same conversation (ID-13)."""
    path = "/v1/conversations/default"
    api.say(path, "hello", agent_id=api.agent)
    assert api.rows(path, agent_id=api.agent) == api.rows(f"/v1/conversations/{api.agent}")
    assert api.get(f"{path}/messages").status_code == 404
