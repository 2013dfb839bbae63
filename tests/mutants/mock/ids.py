"""The ids of the operations, and of the agent and the conversation that the mock begins with."""

from __future__ import annotations

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"  # the mock's own
CONVERSATION = "conv-123e4567-e89b-42d3-8456-426614174000"  # there from the start

CREATE, LIST, RETRIEVE = "create_conversation", "list_conversations", "retrieve_conversation"
UPDATE, DELETE, FORK = "update_conversation", "delete_conversation", "fork_conversation"
MESSAGES, SEND, STREAM = "list_conversation_messages", "send_conversation_message", "retrieve_conversation_stream"
CANCEL, RECOMPILE = "cancel_conversation", "recompile_conversation"
COMPACT, SUMMARIZE = "compact_conversation", "summarize_messages"
STRICT = (RETRIEVE, UPDATE, DELETE)
LOOSE = (FORK, MESSAGES, SEND, STREAM, CANCEL, RECOMPILE, COMPACT)
ON_CONVERSATION = (*STRICT, *LOOSE)
WITH_ID = (*ON_CONVERSATION, SUMMARIZE)
EVERY = (CREATE, LIST, *WITH_ID)
