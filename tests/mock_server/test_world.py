import re
from typing import Any

import pytest
from letta_contract import fixtures
from letta_contract.mock_server.memory import MemoryStore
from letta_contract.mock_server.record import StoredMessage
from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.world import World

UUID4 = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


@pytest.fixture
def world() -> Any:
    return World(MemoryStore(), fixtures.seed())


def test_ids_are_uuids_that_never_repeat(world: Any) -> None:
    """Each is of version 4, and none is given twice (ID-1, STATE-9)."""
    ids = [world.new_id("conv") for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert [id_ for id_ in ids if not re.fullmatch(f"conv-{UUID4}", id_)] == []


def test_worlds_are_alike(world: Any) -> None:
    """Two servers that are asked the same give the same ids."""
    assert World(MemoryStore(), fixtures.seed()).new_id("conv") == world.new_id("conv")


def test_seed_is_there(world: Any) -> None:
    """Every agent with its default conversation, every conversation with its messages in context."""
    seed = fixtures.seed()
    for agent in seed["agents"]:
        assert world.conversation("default", agent["id"]).in_context
    for fields in seed["conversations"]:
        conversation = world.conversation(fields["id"])
        assert (conversation.in_context, conversation.hidden) == (
            fields["in_context_message_ids"],
            fields.get("hidden", False),
        )
        assert all(world.store.message(conversation.id, id_) for id_ in conversation.in_context)
        assert "hidden" not in conversation.shown


@pytest.mark.parametrize("id_", ["default", "conv-x", "agent-x", "x" * 5000])
def test_what_there_is_none_of_is_404(world: Any, id_: str) -> None:
    """The message names it, shortened, and says what to do."""
    with pytest.raises(Refusal) as refusal:
        world.conversation(id_)
    assert refusal.value.status == 404
    assert len(str(refusal.value)) < 150


def test_message_for_a_deleted_conversation_is_dropped(world: Any) -> None:
    """A turn that is still under way does not bring it back."""
    (first, *_others) = fixtures.seed()["conversations"]
    world.store.delete_conversation(first["id"])
    world.add_message(first["id"], StoredMessage("message-x", []))
    assert world.store.conversation(first["id"]) is None


def test_reset_begins_again(world: Any) -> None:
    """With the seed, its ids included, and nothing of what came after."""
    first = world.new_id("conv")
    agent = world.agent(fixtures.seed()["agents"][0]["id"])
    conversation = world.conversation("default", agent.id)
    world.add_message(conversation.id, StoredMessage("message-x", []))
    world.reset()
    assert "message-x" not in world.conversation("default", agent.id).in_context
    assert world.new_id("conv") == first


def test_seed_is_never_changed() -> None:
    """So that all worlds can begin with the same one."""
    seed = fixtures.seed()
    world = World(MemoryStore(), seed)
    for fields in seed["conversations"]:
        conversation = world.conversation(fields["id"])
        world.add_message(conversation.id, StoredMessage("message-x", [{"id": "message-x"}]))
        conversation.shown["model_settings"] = {}
    assert seed == fixtures.seed()
