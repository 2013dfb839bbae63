import json
import threading
import time
from typing import Any

import httpx
import pytest

SLOW = "STUB:SLOW 40 0.1"
TOOL = 'STUB:TOOL look_up {"order": 3}'


def types(found: Any) -> Any:
    return [event["message_type"] for event in found]


def streamed(api: Any, path: str, text: str, **options: Any) -> Any:
    return api.events(api.post(f"{path}/messages", json={"input": text, **options}).text)


def test_plain_turn_has_its_order(api: Any, path: str) -> None:
    """A ping, the answer, why it ended, what it cost (SSE-4, SSE-5)."""
    found = streamed(api, path, "hello")
    assert types(found) == ["ping", "assistant_message", "stop_reason", "usage_statistics"]
    assert found[1]["content"] == "mock reply to: hello"


def test_what_was_streamed_is_what_was_kept(api: Any, path: str) -> None:
    """The message list shows what was sent and what was answered (STATE-39)."""
    found = streamed(api, path, "STUB:REASON")
    rows = api.rows(path)
    assert types(rows) == ["system_message", "user_message", "reasoning_message", "assistant_message"]
    assert rows[2:] == found[1:3]
    assert len({row["id"] for row in rows[2:]}) == 1


def test_token_stream_is_made_of_deltas(api: Any, path: str) -> None:
    """Chunks share the id of their message, and joined they are its text (SSE-9)."""
    found = [event for event in streamed(api, path, "one two", stream_tokens=True) if "content" in event]
    assert len(found) > 2
    assert {event["id"] for event in found} == {api.rows(path)[-1]["id"]}
    assert "".join(event["content"] for event in found) == api.rows(path)[-1]["content"]


def test_turn_without_a_stream_is_one_document(api: Any, path: str) -> None:
    """The same messages, reason and usage, as JSON (SSE-12)."""
    result = api.say(path, "hello", stream_tokens=True)
    assert [row["content"] for row in result["messages"]] == ["mock reply to: hello"]
    usage = result["usage"]
    assert usage["total_tokens"] >= usage["prompt_tokens"] + usage["completion_tokens"] > 0
    assert usage["step_count"] == 1


def test_empty_turn_says_nothing(api: Any, path: str) -> None:
    """The agent may have nothing to say."""
    assert types(streamed(api, path, "STUB:EMPTY", include_pings=False)) == ["stop_reason", "usage_statistics"]


def test_tool_of_the_servers_is_called_and_returns(api: Any, path: str) -> None:
    """One step calls it, the next one answers."""
    result = api.say(path, TOOL)
    assert types(result["messages"]) == ["tool_call_message", "tool_return_message", "assistant_message"]
    call, returned, _answer = result["messages"]
    assert call["tool_call"]["arguments"] == '{"order": 3}'
    assert returned["tool_call_id"] == call["tool_call"]["tool_call_id"]
    assert result["usage"]["step_count"] == 2


@pytest.mark.parametrize(("steps", "messages"), [(0, 0), (-1, 0), (1, 2), (2, 3)])
def test_steps_have_their_limit(api: Any, path: str, steps: int, messages: int) -> None:
    """No more steps than the client allows; it is told why it ended."""
    result = api.say(path, TOOL, max_steps=steps)
    assert len(result["messages"]) == messages
    assert result["stop_reason"]["stop_reason"] == ("end_turn" if steps == 2 else "max_steps")


def test_types_filter_what_is_answered_not_what_is_kept(api: Any, path: str) -> None:
    """The client gets only what it asked for; the conversation keeps all."""
    found = streamed(api, path, "STUB:REASON", include_return_message_types=["reasoning_message"])
    assert types(found) == ["ping", "reasoning_message", "stop_reason", "usage_statistics"]
    assert types(api.rows(path))[-1] == "assistant_message"


def test_failure_after_the_start_is_told_in_the_stream(api: Any, path: str) -> None:
    """The status stays 200; an event named `error` says what happened, and there is no usage (SSE-10)."""
    response = api.post(f"{path}/messages", json={"input": "STUB:HTTP 500"})
    assert types(api.events(response.text)) == ["ping", "stop_reason", "error_message"]
    assert "\n\nevent: error\ndata: " in response.text
    assert api.say(path, "and on")["stop_reason"]["stop_reason"] == "end_turn"


def test_cancelled_turn_ends_at_once(api: Any, path: str) -> None:
    """The stream says so and ends, and what was said until then is kept (SSE-7, STATE-46)."""
    with api.stream("POST", f"{path}/messages", json={"input": SLOW, "stream_tokens": True}) as response:
        lines = response.iter_lines()
        said = next(line for line in lines if "assistant_message" in line)
        (outcome,) = api.post(f"{path}/cancel").json().items()
        left = [line for line in lines if line]
    assert outcome[0] in said
    assert outcome[1] == "cancelled"
    assert left[-2:] == ['data: {"message_type":"stop_reason","stop_reason":"cancelled"}', "data: [DONE]"]
    assert api.rows(path)[-1]["content"].startswith("w0 ")
    assert len(api.rows(path)[-1]["content"]) < 100


def test_deleted_conversation_ends_its_turn(api: Any, path: str) -> None:
    """A turn does not outlive its conversation, and does not bring it back."""
    with api.stream("POST", f"{path}/messages", json={"input": SLOW, "stream_tokens": True}) as response:
        lines = response.iter_lines()
        next(line for line in lines if "assistant_message" in line)
        api.delete(path)
        assert [line for line in lines if line][-1] == "data: [DONE]"
    assert api.get(path).status_code == 404


def test_conversation_is_free_when_its_client_leaves(api: Any, path: str) -> None:
    """A client that hangs up ends its turn; the next one need not wait for it."""
    with api.stream("POST", f"{path}/messages", json={"input": SLOW, "stream_tokens": True}) as response:
        lines = response.iter_lines()  # held, since httpx hangs up when it goes
        next(lines)
        assert api.post(f"{path}/messages", json={"input": "busy?"}).status_code == 409
    assert api.eventually(lambda: api.post(f"{path}/messages", json={"input": "hello"}).status_code == 200)


def test_whole_answer_that_nobody_waits_for_ends_its_turn(api: Any, path: str) -> None:
    """As a stream would: what was said so far is kept, and the conversation is free."""
    with pytest.raises(httpx.ReadTimeout):
        api.post(f"{path}/messages", json={"input": "STUB:SLOW 1000 0.1", "streaming": False}, timeout=0.5)
    assert api.eventually(lambda: api.get("/_mock/journal?limit=1").json()["requests"][0]["ended"] == "before its end")
    assert api.say(path, "free")["stop_reason"]["stop_reason"] == "end_turn"
    said = [row["content"] for row in api.rows(path, include_return_message_types="assistant_message")]
    assert [text.split()[0] for text in said] == ["w0", "mock"]


def test_conversation_is_free_when_its_stream_has_ended(api: Any, path: str) -> None:
    """Whoever reads the end may send at once."""
    for text in ("one", "two", "three"):
        assert types(streamed(api, path, text))[-1] == "usage_statistics"


def test_turns_of_two_conversations_run_side_by_side(api: Any, path: str) -> None:
    """A slow turn holds up nobody else."""
    slow = threading.Thread(target=api.say, args=(path, "STUB:SLOW 5 0.1"))
    slow.start()
    begun = time.monotonic()
    api.say(api.conversation(), "hello")
    assert time.monotonic() - begun < 0.3
    slow.join()


@pytest.mark.parametrize("pings", [True, False])
def test_slow_turn_pings(own: Any, monkeypatch: Any, pings: bool) -> None:  # noqa: FBT001
    """While nothing is said, pings say that the turn goes on, unless the client wants none."""
    monkeypatch.setattr("letta_contract.mock_server.turn.PING_EVERY", 0.05)
    body = {"input": "STUB:SLOW 2 0.4", "stream_tokens": True, "include_pings": pings}
    path = "/v1/conversations/conv-123e4567-e89b-42d3-8456-426614174000/messages"
    lines = own.post(path, json=body).text.splitlines()
    kinds = [json.loads(line[6:])["message_type"] for line in lines if line.startswith("data: {")]
    said = [place for place, kind in enumerate(kinds) if kind == "assistant_message"]
    between = kinds[said[0] + 1 : said[1]]
    assert set(between) == ({"ping"} if pings else set())
    assert kinds.count("ping") >= 4 if pings else "ping" not in kinds
