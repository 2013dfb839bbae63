"""Where a world is kept: the one interface that each kind of state implements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from .record import Agent, Conversation, Event, Run, StoredMessage

OrderBy = Literal["created_at", "last_message_at", "last_run_completion"]


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """Which conversations to list; default and hidden ones are never among them."""

    limit: int
    order_by: OrderBy = "created_at"
    descending: bool = True
    after: str | None = None
    agent_id: str | None = None
    summary_search: str | None = None
    archived: bool | None = None
    """None is both."""


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Which messages of a conversation to list; `wanted` filters before `limit` counts."""

    limit: int
    descending: bool = True
    before: str | None = None
    after: str | None = None
    wanted: Callable[[StoredMessage], bool] = lambda _message: True


class Store(Protocol):
    """Keeps records. What it hands out may be changed, and counts once it is saved again."""

    def tick(self) -> int:
        """A number greater than any it has given before."""

    def agent(self, agent_id: str) -> Agent | None:
        """The agent of this id."""

    def save_agent(self, agent: Agent) -> None:
        """Keep a new agent, or replace it."""

    def conversation(self, conversation_id: str) -> Conversation | None:
        """The conversation of this id; an agent's id names its default one."""

    def save_conversation(self, conversation: Conversation) -> None:
        """Keep a new conversation, or replace it."""

    def delete_conversation(self, conversation_id: str) -> None:
        """Forget a conversation, its messages and its runs."""

    def conversations(self, page: ConversationPage) -> list[Conversation]:
        """A page of conversations. Raises KeyError for an unknown cursor."""

    def message(self, conversation_id: str, message_id: str) -> StoredMessage | None:
        """One message of a conversation."""

    def save_message(self, conversation_id: str, message: StoredMessage) -> None:
        """Add a message at the end, or replace the one of its id where it is."""

    def messages(self, conversation_id: str, page: MessagePage) -> Sequence[StoredMessage]:
        """A page of messages. Raises KeyError for an unknown cursor."""

    def run(self, run_id: str) -> Run | None:
        """The run of this id."""

    def save_run(self, run: Run) -> None:
        """Keep a new run, or replace it."""

    def delete_run(self, run_id: str) -> None:
        """Forget a run and its stream."""

    def log(self, run_id: str, event: Event) -> None:
        """Add to the stream of a run."""

    def events(self, run_id: str, start: int) -> list[Event]:
        """The stream of a run from a place on; nothing for a run that is forgotten."""
