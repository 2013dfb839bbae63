"""What there is in a world, for people to look at."""

from __future__ import annotations

from typing import Any

from .page import ConversationPage
from .world import World

_MOST_SHOWN = 50


def overview(world: World | None) -> dict[str, Any]:
    """The agents, and the newest conversations; nothing where no world is kept."""
    if world is None:
        return {}
    store = world.store
    listed = store.conversations(ConversationPage(_MOST_SHOWN + 1))
    return {
        "agents": sorted(
            ({"id": agent.id, "name": agent.name, "model": agent.model} for agent in store.agents()),
            key=lambda agent: agent["id"],
        ),
        "conversations": [
            {
                **{name: shown[name] for name in ("id", "agent_id", "summary", "archived", "last_message_at")},
                "in_context": len(one.in_context),
                "active_run": one.active_run,
            }
            for shown in listed[:_MOST_SHOWN]
            if (one := store.conversation(shown["id"])) is not None
        ],
        "more_conversations": len(listed) > _MOST_SHOWN,
    }
