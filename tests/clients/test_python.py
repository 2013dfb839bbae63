"""The official client for Python, which here refuses every answer that is not of its types."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Iterator
from operator import attrgetter
from typing import Any

import pytest
from letta_client import AsyncLetta, BadRequestError, ConflictError, Letta, NotFoundError, UnprocessableEntityError
from letta_client.resources.agents.messages import MessagesResource as AgentMessages
from letta_client.resources.conversations import ConversationsResource, MessagesResource

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"
KNOWN = "conv-123e4567-e89b-42d3-8456-426614174000"
UNKNOWN = "conv-99999999-9999-4999-8999-999999999999"
PROVIDERS = (
    *("openai", "sglang", "anthropic", "google_ai", "google_vertex", "azure", "xai", "moonshot", "zai"),
    *("moonshot_coding", "groq", "deepseek", "together", "bedrock", "baseten", "openrouter", "chatgpt_oauth"),
)
NOT_OF_THE_API = {"self", "conversation_id", "extra_headers", "extra_query", "extra_body", "timeout"}


def client(url: str) -> Letta:
    """A client that tries once, and believes nothing."""
    return Letta(base_url=url, api_key="any", max_retries=0, timeout=20, _strict_response_validation=True)


def async_client(url: str) -> AsyncLetta:
    """The same for asyncio."""
    return AsyncLetta(base_url=url, api_key="any", max_retries=0, timeout=20, _strict_response_validation=True)


def public(resource: type) -> set[str]:
    """The methods that call the server."""
    return {name for name, _ in inspect.getmembers(resource, inspect.isfunction) if not name.startswith(("_", "with_"))}


def test_no_method_is_left_out(calls: dict[str, Any]) -> None:
    """What is tried is all that the client has for conversations, and the one operation of the contract on agents."""
    offered = {f"conversations.{name}" for name in public(ConversationsResource)}
    offered |= {f"conversations.messages.{name}" for name in public(MessagesResource)}
    assert offered | {"agents.messages.compact"} == set(calls)


def test_no_parameter_is_left_out(calls: dict[str, Any]) -> None:
    """`all` is all that a method takes."""
    owners = {"conversations": ConversationsResource, "conversations.messages": MessagesResource}
    for name, call in calls.items():
        owner, _, method = name.rpartition(".")
        takes = set(inspect.signature(getattr(owners.get(owner, AgentMessages), method)).parameters) - NOT_OF_THE_API
        assert takes - ({"agent_id"} if owner == "agents.messages" else set()) == set(call["all"]), name


def test_example_answers_a_call(examples: str, calls: dict[str, Any], method: str, given: str) -> None:
    """Every method gets an answer of its type, with little and with all that it can be given."""
    with client(examples) as letta:
        answer = attrgetter(method)(letta)(*calls[method]["path"], **calls[method][given])
        items = list(answer) if isinstance(answer, Iterator) or hasattr(answer, "get_next_page") else answer
    check(method, items)


def test_example_answers_an_async_call(examples: str, calls: dict[str, Any], method: str, given: str) -> None:
    """The same for the client that does not wait."""

    async def call() -> Any:
        async with async_client(examples) as letta:
            answer = attrgetter(method)(letta)(*calls[method]["path"], **calls[method][given])
            answer = await answer if inspect.isawaitable(answer) else answer
            return [item async for item in answer] if isinstance(answer, AsyncIterator) else answer

    check(method, asyncio.run(call()))


def check(method: str, answer: Any) -> None:
    """An answer that says something: streams end as they should, and only delete has nothing to say."""
    if method in ("conversations.messages.create", "conversations.messages.stream"):
        assert [event.message_type for event in answer[-2:]] == ["stop_reason", "usage_statistics"]
    elif method == "conversations.delete":
        assert answer is None
    else:
        assert answer


def test_whole_turn_as_json(examples: str) -> None:
    """`streaming=False` is answered with JSON, which the client hands out as it came."""
    with client(examples) as letta:
        messages = letta.conversations.messages.with_streaming_response
        with messages.create(KNOWN, input="Hello", streaming=False) as raw:
            assert raw.headers["content-type"] == "application/json"
            assert {"messages", "stop_reason", "usage"} <= set(json.loads(raw.read()))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_settings_of_each_provider(stateful: str, provider: Any) -> None:
    """Model settings of every provider are kept, and come back as the type that they were."""
    with client(stateful) as letta:
        settings: Any = {"provider_type": provider, "temperature": 0.5}
        made = letta.conversations.create(agent_id=AGENT, model_settings=settings)
        found = letta.conversations.retrieve(made.id)
        letta.conversations.delete(made.id)
    assert found.api_model_settings is not None
    assert found.api_model_settings.provider_type == provider


@pytest.mark.parametrize("id_", ["x", "conv-1", "c" * 60])
def test_wrong_id_is_the_clients_own_error(examples: str, id_: str) -> None:
    """What breaks the contract is raised as the 422 that it is."""
    with client(examples) as letta, pytest.raises(UnprocessableEntityError) as caught:
        letta.conversations.retrieve(id_)
    assert caught.value.body["detail"][0]["loc"] == ["path", "conversation_id"]  # type: ignore[index, call-overload]


def test_whole_life(stateful: str) -> None:
    """A conversation is made, talked to, listed, forked, compacted, archived and deleted, and then is no more."""
    with client(stateful) as letta:
        conversations, messages = letta.conversations, letta.conversations.messages
        made = conversations.create(agent_id=AGENT, summary="A whole life")
        assert conversations.retrieve(made.id).summary == "A whole life"

        for number in range(4):
            events = list(messages.create(made.id, input=f"Hello {number}", include_pings=False))
            assert [event.message_type for event in events] == ["assistant_message", "stop_reason", "usage_statistics"]
        tokens = [
            event.content
            for event in messages.create(made.id, input="STUB:SLOW 5 0", stream_tokens=True)
            if event.message_type == "assistant_message"
        ]
        assert "".join(map(str, tokens)) == "w0 w1 w2 w3 w4"
        assert len(tokens) == 5
        with messages.with_streaming_response.create(made.id, input="And now?", streaming=False) as raw:
            assert json.loads(raw.read())["stop_reason"]["stop_reason"] == "end_turn"

        rows = list(messages.list(made.id, limit=3, order="asc"))
        assert len({row.id for row in rows}) == len(rows) == 13
        assert list(messages.list(made.id, limit=3))[::-1] == rows
        assert list(messages.list(made.id, limit=100, order="asc")) == rows

        fork = conversations.fork(made.id)
        assert fork.id != made.id
        assert len(list(messages.list(fork.id))) == 13

        compacted = messages.compact(made.id, compaction_settings={"mode": "all"})
        assert compacted.num_messages_after < compacted.num_messages_before
        assert "Hello 0" in compacted.summary
        with pytest.raises(BadRequestError):
            messages.compact(made.id)
        prompt = conversations.recompile(made.id, dry_run=True)
        assert conversations.recompile(made.id) == prompt

        with pytest.raises(ConflictError):
            conversations.cancel(made.id)
        replayed = [list(messages.create(made.id, input="Once more", background=True)), list(messages.stream(made.id))]
        assert replayed[0] == replayed[1]

        archived = conversations.update(made.id, archived=True, summary="Over")
        assert (archived.archived, archived.summary) == (True, "Over")
        shown = [one.id for one in conversations.list(agent_id=AGENT)]
        assert fork.id in shown
        assert made.id not in shown
        assert made.id in [one.id for one in conversations.list(agent_id=AGENT, archive_status="archived")]

        conversations.delete(made.id)
        with pytest.raises(NotFoundError):
            conversations.retrieve(made.id)
        conversations.delete(fork.id)


def test_whole_life_without_waiting(stateful: str) -> None:
    """Two at a time: a second message is a conflict while the first is answered, and cancelling ends that."""

    async def live() -> None:
        async with async_client(stateful) as letta:
            conversations, messages = letta.conversations, letta.conversations.messages
            made = await conversations.create(agent_id=AGENT)
            stream = await messages.create(made.id, input="STUB:SLOW 100 0.05", include_pings=False)
            with pytest.raises(ConflictError):
                await messages.create(made.id, input="And me?")
            assert set((await conversations.cancel(made.id)).values()) == {"cancelled"}
            rest = [event async for event in stream]
            assert [event.stop_reason for event in rest if event.message_type == "stop_reason"] == ["cancelled"]

            assert [event async for event in await messages.create(made.id, input="Hello")]
            pages = [row.id async for row in messages.list(made.id, limit=1, order="asc")]
            assert len(set(pages)) == len(pages) > 2
            assert (await conversations.fork(made.id)).agent_id == AGENT
            assert (await messages.compact(made.id)).summary
            await conversations.update(made.id, archived=True)
            await conversations.delete(made.id)
            with pytest.raises(NotFoundError):
                await conversations.retrieve(made.id)

    asyncio.run(live())


@pytest.mark.parametrize("call", ["retrieve", "update", "delete", "fork", "recompile"])
def test_unknown_conversation_is_not_found(stateful: str, call: str) -> None:
    """What is not there is raised as such by every method."""
    with client(stateful) as letta, pytest.raises(NotFoundError):
        getattr(letta.conversations, call)(UNKNOWN)
