import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

from letta_contract import fixtures, spec
from letta_contract.mock_server.request import Request
from letta_contract.mock_server.state import open_state
from letta_contract.mock_server.stateful import stateful_handlers
from letta_contract.mock_server.world import World

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"


def test_every_operation_of_the_document_has_a_handler() -> None:
    """None is left to its example."""
    assert set(stateful_handlers()) == {operation.id for operation in spec.operations(spec.load())}


def test_examples_of_bodies_are_accepted(api: Any) -> None:
    """What the document shows as a request is no violation, and no fault of the server's."""
    path = api.conversation(summary="For the examples")
    for operation in api.operations:
        content = operation.raw.get("requestBody", {}).get("content", {}).get("application/json", {})
        for name, example in content.get("examples", {}).items():
            url = operation.path.format(conversation_id=path.rpartition("/")[2], agent_id=api.agent)
            answer = api.request(operation.method, f"{url}?agent_id={api.agent}", json=example["value"] or {})
            assert answer.status_code in (200, 400, 404, 409), (operation.id, name, answer.text)


async def drained(chunks: AsyncGenerator[bytes]) -> None:
    async for _chunk in chunks:
        pass


def kept(world: World) -> int:
    """How many records a state holds, of whatever kind."""
    store: Any = world.store
    if hasattr(store, "client"):
        return sum(":worker:" not in key for key in store.client.keys(f"{store._prefix}*"))
    if hasattr(store, "state"):
        tables = ("conversations", "messages", "runs", "events")
        return sum(store._one(f"SELECT COUNT(*) FROM {table} WHERE world = ?")[0] for table in tables)
    parts = (store._conversations, store._messages, store._runs, store._events, store._catalogue._places)
    return sum(len(part) for part in parts)


def test_nothing_is_left_of_what_was_deleted(state: Any) -> None:
    """Conversations that had their turns, forks and runs leave no more behind than they found, time and again."""

    async def life(handlers: Any) -> None:
        created = await handlers["create_conversation"](Request({}, {"agent_id": AGENT}))
        path = {"conversation_id": json.loads(created.body)["id"]}
        for fields in ({"streaming": False}, {"background": True}, {"background": True}, {}):
            answer = await handlers["send_conversation_message"](Request(path, {}, {"input": "hi", **fields}))
            if not fields.get("streaming", True):
                continue
            await drained(answer.chunks)
            answer.end()
        await handlers["compact_conversation"](Request(path, {}, None))
        await handlers["delete_conversation"](Request(path, {}))

    async def lives() -> list[int]:
        opened = open_state(state)
        world = World(opened.store("lives"), fixtures.seed())
        handlers = stateful_handlers(world)
        counts = []
        for _ in range(3):
            for _ in range(5):
                await life(handlers)
            counts.append(kept(world))
        runs = handlers["send_conversation_message"].__self__
        assert runs._tasks == set()
        runs._beating.cancel()
        opened.close()
        return counts

    first, *others = asyncio.run(lives())
    assert others == [first, first]
