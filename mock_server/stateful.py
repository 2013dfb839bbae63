"""Answers with memory: every operation of the contract on one world."""

from __future__ import annotations

from letta_contract import fixtures

from .compaction import Compaction
from .conversations import Conversations
from .history import History
from .memory import MemoryStore
from .request import Handler
from .runs import Runs
from .world import World


def stateful_handlers(world: World | None = None) -> dict[str, Handler]:
    """The handler of each operationId, on a world; on a new one in memory where none is given."""
    world = world or World(MemoryStore(), fixtures.seed())
    conversations, runs, compaction = Conversations(world), Runs(world), Compaction(world)
    return {
        "create_conversation": conversations.create,
        "list_conversations": conversations.list,
        "retrieve_conversation": conversations.retrieve,
        "update_conversation": conversations.update,
        "delete_conversation": conversations.delete,
        "fork_conversation": conversations.fork,
        "list_conversation_messages": History(world).list,
        "send_conversation_message": runs.send,
        "retrieve_conversation_stream": runs.stream,
        "cancel_conversation": runs.cancel,
        "recompile_conversation": compaction.recompile,
        "compact_conversation": compaction.compact,
        "summarize_messages": compaction.summarize,
    }
