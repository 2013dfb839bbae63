from typing import Any

import pytest


@pytest.fixture
def full(api: Any) -> Any:
    """The path of a conversation with ten messages beside its system message."""
    path = api.conversation()
    for text in ("one", "two", "three", "four", "five"):
        api.say(path, text)
    return path


def compact(api: Any, path: str, **settings: Any) -> Any:
    return api.post(f"{path}/compact", json={"compaction_settings": settings})


@pytest.mark.parametrize(
    ("settings", "after"),
    [
        ({}, 5),
        ({"mode": "all"}, 2),
        ({"mode": "self_compact_all"}, 2),
        ({"mode": "self_compact_sliding_window", "sliding_window_percentage": 0.5}, 7),
        ({"sliding_window_percentage": 5}, 10),
        ({"sliding_window_percentage": -1e308}, 2),
    ],
)
def test_compact_shortens_what_the_model_sees(api: Any, full: str, settings: Any, after: int) -> None:
    """A summary takes the place of the oldest messages, and the list still shows them (STATE-42, STATE-43)."""
    rows = api.rows(full)
    answer = compact(api, full, **settings).json()
    assert (answer["num_messages_before"], answer["num_messages_after"]) == (11, after)
    assert len(api.get(full).json()["in_context_message_ids"]) == after
    assert api.rows(full)[:-1] == rows
    assert api.rows(full)[-1]["summary"] == answer["summary"]
    assert "user: one" in answer["summary"]


@pytest.mark.parametrize(("clip", "length"), [(10, 10), (10.0, 10), (0, 0), (-5, 0), (10**30, None), (None, None)])
def test_summary_is_clipped(api: Any, full: str, clip: Any, length: Any) -> None:
    """Not longer than the client wants it."""
    summary = compact(api, full, clip_chars=clip).json()["summary"]
    assert len(summary) == length or (length is None and len(summary) > 10)


def test_nothing_to_compact_is_400(api: Any, path: str) -> None:
    """A summary would not be shorter than what it stands for."""
    assert compact(api, path).status_code == 400
    api.say(path, "hello")
    assert compact(api, path).status_code == 200
    assert compact(api, path).status_code == 400


def test_fork_of_a_compacted_conversation_takes_the_summary(api: Any, full: str) -> None:
    """It takes what is in context, not all that was ever said (STATE-11)."""
    compact(api, full, mode="all")
    fork = api.post(f"{full}/fork").json()["id"]
    assert [row["message_type"] for row in api.rows(f"/v1/conversations/{fork}")] == [
        "system_message",
        "summary_message",
    ]


def test_summarize_compacts_the_default_conversation(api: Any) -> None:
    """That of the agent in the path; an unknown agent is 404."""
    path = f"/v1/conversations/{api.agent}"
    for text in ("one", "two"):
        api.say(path, text)
    assert api.post(f"/v1/agents/{api.agent}/summarize").json()["num_messages_after"] >= 2
    assert api.rows(path)[-1]["message_type"] == "summary_message"
    assert api.post("/v1/agents/agent-99999999-9999-4999-8999-999999999999/summarize").status_code == 404


def test_recompile_keeps_the_prompt_unless_it_is_dry(api: Any, full: str) -> None:
    """The prompt tells of the present state; a dry run changes nothing that can be read (STATE-44)."""
    rows, shown = api.rows(full), api.get(full).json()
    prompt = api.post(f"{full}/recompile?dry_run=true").json()
    assert "MESSAGES_IN_CONTEXT: 11" in prompt
    assert (api.rows(full), api.get(full).json()) == (rows, shown)
    assert api.post(f"{full}/recompile").json() == prompt
    assert api.rows(full) == [{**rows[0], "content": prompt}, *rows[1:]]


def test_recompile_of_a_default_conversation_says_so(api: Any) -> None:
    """The agent's id comes in the body there (ID-15)."""
    prompt = api.post("/v1/conversations/default/recompile", json={"agent_id": api.agent}).json()
    assert "CONVERSATION_ID: default" in prompt
