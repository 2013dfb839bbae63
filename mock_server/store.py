"""Where a world is kept: the one interface that each kind of state implements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from .page import ConversationPage, MessagePage
from .record import Agent, Conversation, Event, Run, Shown, StoredMessage

LEASE = 5
"""Seconds that a worker counts as alive after it last said so."""

Result = TypeVar("Result")


class Store(Protocol):
    """Keeps the records of one world. What it hands out may be changed, and counts once it is saved again.

    Each of its methods raises Unreachable while the place where it keeps them is out of reach.
    """

    def transact(self, step: Callable[[], Result]) -> Result:
        """Do a step that reads and writes as if nobody else were there; all that it writes is kept, or nothing.

        A step that refuses does so before it writes. It may be done anew where others wrote meanwhile, so it does
        nothing but read and write. A step within a step is part of it.
        """

    def claim(self) -> bool:
        """Whether nobody has claimed this world yet; whoever is told so fills it, in the same step."""

    def clear(self) -> None:
        """Forget everything, as if there had never been anything."""

    def tick(self) -> int:
        """A number greater than any it has given before."""

    def agent(self, agent_id: str) -> Agent | None:
        """The agent of this id."""

    def agents(self) -> list[Agent]:
        """Every agent, in no order."""

    def save_agent(self, agent: Agent) -> None:
        """Keep a new agent, or replace it."""

    def conversation(self, conversation_id: str) -> Conversation | None:
        """The conversation of this id; an agent's id names its default one."""

    def save_conversation(self, conversation: Conversation) -> None:
        """Keep a new conversation, or replace it."""

    def delete_conversation(self, conversation_id: str) -> None:
        """Forget a conversation, its messages and its runs. Raises KeyError where there is none."""

    def conversations(self, page: ConversationPage) -> list[Shown]:
        """A page of conversations, as the API shows them. Raises KeyError for an unknown cursor."""

    def message(self, conversation_id: str, message_id: str) -> StoredMessage | None:
        """One message of a conversation."""

    def save_message(self, conversation_id: str, message: StoredMessage) -> None:
        """Add a message at the end, or replace the one of its id where it is."""

    def messages(self, conversation_id: str, page: MessagePage) -> list[StoredMessage]:
        """A page of messages. Raises KeyError for an unknown cursor."""

    def run(self, run_id: str) -> Run | None:
        """The run of this id."""

    def save_run(self, run: Run) -> None:
        """Keep a new run, or replace it."""

    def delete_run(self, run_id: str) -> None:
        """Forget a run and its stream."""

    def log(self, run_id: str, event: Event) -> None:
        """Add to the stream of a run; nothing for a run that is forgotten."""

    def events(self, run_id: str, start: int) -> list[Event]:
        """The stream of a run from a place on; nothing for a run that is forgotten."""

    def beat(self, worker: str) -> None:
        """Let others know that a worker is alive, for LEASE seconds."""

    def alive(self, worker: str) -> bool:
        """Whether a worker that has runs under way is still there to end them."""


class State(Protocol):
    """Keeps worlds side by side, each under a name."""

    def store(self, world: str) -> Store:
        """Where the world of this name is kept; the same one each time."""

    def close(self) -> None:
        """Let go of files and connections; the next use opens them again."""
