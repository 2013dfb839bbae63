"""What a turn costs, by a rule of thumb: nobody pays for a scripted agent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .record import Conversation

_PER_MESSAGE = 25
_CHARACTERS = 4


def context_tokens(conversation: Conversation) -> int:
    """About how many tokens the model reads."""
    return _PER_MESSAGE * len(conversation.in_context)


@dataclass(slots=True)
class Usage:
    """The tokens of one turn (STATE-41)."""

    steps: int = 0
    read: int = 0
    written: int = 0

    def add_step(self, conversation: Conversation) -> None:
        """Count one step, which reads all that is in context."""
        self.steps += 1
        self.read += context_tokens(conversation)

    def add_text(self, text: str) -> None:
        """Count what the model wrote."""
        self.written += -(-len(text) // _CHARACTERS)

    def event(self, run_id: str) -> dict[str, Any]:
        """As the stream's usage_statistics."""
        return {
            "message_type": "usage_statistics",
            "completion_tokens": self.written,
            "prompt_tokens": self.read,
            "total_tokens": self.read + self.written,
            "step_count": self.steps,
            "run_ids": [run_id],
            "cached_input_tokens": 0,
            "cache_write_tokens": 0,
            "reasoning_tokens": 0,
            "context_tokens": self.read + self.written,
        }
