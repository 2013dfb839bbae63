"""What a world is made of. Plain data: any store can keep it as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Row = dict[str, Any]
"""One message as the API shows it."""

Shown = dict[str, Any]
"""A conversation as the API shows it, without `in_context_message_ids`."""

Event = dict[str, Any]
"""The JSON of one event of a stream."""

RunStatus = Literal["running", "completed", "failed", "cancelled"]


@dataclass(slots=True)
class Agent:
    """Someone to have conversations with; the contract has no operation that makes one."""

    id: str
    name: str
    model: str
    system: str


@dataclass(slots=True)
class Conversation:
    """A conversation, and what is known of it beside what the API shows.

    The default conversation of an agent has the agent's id for its own, and shows in no list.
    """

    id: str
    seq: int
    """Its place among all that were ever made, for sorting."""
    shown: Shown
    in_context: list[str] = field(default_factory=list)
    """The ids of the messages that the model sees, the system message first."""
    hidden: bool = False
    active_run: str | None = None
    background_run: str | None = None
    """The last one whose stream can be replayed."""
    last_run_completion: str | None = None

    @property
    def agent_id(self) -> str:
        """Whose conversation it is."""
        return str(self.shown["agent_id"])

    @property
    def is_default(self) -> bool:
        """Whether it is its agent's default conversation."""
        return self.id == self.agent_id

    @property
    def listed(self) -> bool:
        """Whether lists may show it."""
        return not (self.hidden or self.is_default)


@dataclass(slots=True)
class StoredMessage:
    """What one step said: rows that share an id (STATE-33)."""

    id: str
    rows: list[Row]
    group_id: str | None = None


@dataclass(slots=True)
class Run:
    """One turn of an agent; of a background run, the store keeps the stream as well."""

    id: str
    conversation_id: str
    background: bool
    status: RunStatus = "running"
    ended: bool = False
    """Whether the stream holds all that there is to come."""
    otids: list[str] = field(default_factory=list)
    """The ids that the client gave to what it sent."""
    worker: str = ""
    """The process that plays it."""
    key: str = ""
    """What tells it from a run of the same id, before the world was reset."""
