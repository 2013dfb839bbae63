from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from .scripted_model import DIMENSIONS, MODEL, app
from .serving import serving


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with serving(app) as url, httpx.Client(base_url=f"{url}/v1", timeout=10, trust_env=False) as made:
        yield made


def asked(client: httpx.Client, *said: str | dict[str, Any], stream: bool = False) -> httpx.Response:
    messages = [{"role": "user", "content": each} if isinstance(each, str) else each for each in said]
    return client.post("/chat/completions", json={"model": MODEL, "messages": messages, "stream": stream})


def chunks(reply: httpx.Response) -> list[dict[str, Any]]:
    """The events before the end, which is there once, and last."""
    *events, end, nothing = reply.text.split("\n\n")
    assert (end, nothing) == ("data: [DONE]", "")
    return [json.loads(event.removeprefix("data: ")) for event in events]


def deltas(reply: httpx.Response) -> list[dict[str, Any]]:
    return [choice["delta"] for chunk in chunks(reply) for choice in chunk["choices"]]


def test_repeats_what_was_said(client: httpx.Client) -> None:
    """Without a directive the answer tells the end of the last user's message, however it is packed."""
    packed = json.dumps({"type": "user_message", "message": "good morning", "time": "now"})
    parts = [{"type": "text", "text": "good morning"}]
    for said in ("good morning", packed, {"role": "user", "content": parts}):
        (choice,) = asked(client, "before", said).json()["choices"]
        assert choice["message"] == {"role": "assistant", "content": "mock reply to: good morning"}
        assert choice["finish_reason"] == "stop"


def test_stream_says_the_same_in_chunks(client: httpx.Client) -> None:
    """A stream has one word a chunk, then why it ends, then what it cost."""
    reply = asked(client, "good morning", stream=True)
    assert reply.headers["content-type"].startswith("text/event-stream")
    words = [delta["content"] for delta in deltas(reply) if delta.get("content")]
    assert words == ["mock ", "reply ", "to: ", "good ", "morning"]
    *_, last, usage = chunks(reply)
    assert last["choices"][0]["finish_reason"] == "stop"
    assert (usage["choices"], usage["usage"]["total_tokens"]) == ([], 110)


def test_slow_takes_its_time(client: httpx.Client) -> None:
    """`STUB:SLOW` spreads its words, streamed or not."""
    for stream in (False, True):
        began = time.perf_counter()
        reply = asked(client, "STUB:SLOW 3 0.05", stream=stream)
        assert time.perf_counter() - began > 0.14
        assert "w2" in reply.text


@pytest.mark.parametrize("stream", [False, True])
def test_fails_as_told(client: httpx.Client, stream: bool) -> None:  # noqa: FBT001  # a parameter
    """`STUB:HTTP` is answered with that status and an error as OpenAI has them, before any stream."""
    reply = asked(client, "STUB:HTTP 503", stream=stream)
    assert reply.status_code == 503
    assert set(reply.json()["error"]) == {"message", "type", "code"}


def test_calls_a_tool_once(client: httpx.Client) -> None:
    """`STUB:TOOL` calls it, and goes on in plain text once the tool has answered."""
    said = json.dumps({"type": "user_message", "message": 'STUB:TOOL weather {"city": "Lisbon"}'})
    (choice,) = asked(client, said).json()["choices"]
    (call,) = choice["message"]["tool_calls"]
    assert choice["finish_reason"] == "tool_calls"
    assert call["function"]["name"] == "weather"
    assert json.loads(call["function"]["arguments"]) == {"city": "Lisbon"}

    streamed = [delta["tool_calls"] for delta in deltas(asked(client, said, stream=True)) if "tool_calls" in delta]
    assert streamed == [[{"index": 0, **call}]]

    answer = {"role": "tool", "tool_call_id": call["id"], "content": "sunny"}
    (choice,) = asked(client, said, choice["message"], answer).json()["choices"]
    assert "tool_calls" not in choice["message"]
    assert choice["finish_reason"] == "stop"


def test_calls_have_ids_of_their_own(client: httpx.Client) -> None:
    """The second call in a chat is not taken for the first, and each is the same when it is asked for again."""
    first = asked(client, "STUB:TOOL weather {}").json()["choices"][0]["message"]
    again = asked(client, "STUB:TOOL weather {}").json()["choices"][0]["message"]
    second = asked(client, "STUB:TOOL weather {}", first, "STUB:TOOL weather {}").json()["choices"][0]["message"]
    ids = [message["tool_calls"][0]["id"] for message in (first, again, second)]
    assert ids[0] == ids[1] != ids[2]


def test_reasons_first(client: httpx.Client) -> None:
    """`STUB:REASON` thinks before it speaks."""
    message = asked(client, "STUB:REASON").json()["choices"][0]["message"]
    assert message["reasoning_content"]
    assert message["content"]
    kinds = [next(iter(delta)) for delta in deltas(asked(client, "STUB:REASON", stream=True)) if delta]
    assert kinds == ["role", "reasoning_content", "content", "content"]


def test_says_nothing(client: httpx.Client) -> None:
    """`STUB:EMPTY` is an answer without content."""
    assert asked(client, "STUB:EMPTY").json()["choices"][0]["message"]["content"] == ""
    assert all(not delta.get("content") for delta in deltas(asked(client, "STUB:EMPTY", stream=True)))


def test_knows_one_model(client: httpx.Client) -> None:
    """The list of models has the one that the gate's agent is made with."""
    assert [model["id"] for model in client.get("/models").json()["data"]] == [MODEL]


def test_embeds_the_same_alike(client: httpx.Client) -> None:
    """A text has one vector, which is not that of another text."""
    data = client.post("/embeddings", json={"input": ["a", "b", "a"]}).json()["data"]
    assert [each["index"] for each in data] == [0, 1, 2]
    assert [len(each["embedding"]) for each in data] == [DIMENSIONS] * 3
    assert data[0]["embedding"] == data[2]["embedding"] != data[1]["embedding"]
