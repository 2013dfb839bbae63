"""The system prompt that an agent's model gets to see."""

from __future__ import annotations

from .record import Agent, Conversation


def compiled_prompt(agent: Agent, conversation: Conversation, messages: int) -> str:
    """The agent's instructions, and what it is told of where it is; `messages` is how many are in its context."""
    model = conversation.shown["model"] or agent.model
    return (
        f"{agent.system}\n\n"
        "<memory_metadata>\n"
        f"- AGENT_ID: {agent.id}\n"
        f"- CONVERSATION_ID: {'default' if conversation.is_default else conversation.id}\n"
        f"- MODEL: {model}\n"
        f"- MESSAGES_IN_CONTEXT: {messages}\n"
        "</memory_metadata>"
    )
