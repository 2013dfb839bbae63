"""Worlds in the memory of this process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from heapq import merge
from itertools import islice
from weakref import WeakValueDictionary

from sortedcontainers import SortedList

from .page import ORDERS, ConversationPage, MessagePage, OrderBy, Place, place
from .record import Agent, Conversation, Event, Run, Shown, StoredMessage
from .store import Result

Shelf = tuple[OrderBy, bool, str | None]
"""An order, whether archived, and whose; None is everyone's."""


class MemoryState:
    """Worlds that end with the process."""

    def __init__(self) -> None:
        self._stores: WeakValueDictionary[str, MemoryStore] = WeakValueDictionary()

    def store(self, world: str) -> MemoryStore:
        """Where the world of this name is kept, for as long as someone holds it."""
        return self._stores.setdefault(world, MemoryStore())

    def close(self) -> None:
        """Nothing is open."""


class MemoryStore:
    """Keeps the records themselves; nothing runs beside a step, since steps do not wait for anything."""

    _claimed: bool

    def __init__(self) -> None:
        self.clear()

    def transact(self, step: Callable[[], Result]) -> Result:
        """Do a step that reads and writes."""
        return step()

    def clear(self) -> None:
        """Forget everything."""
        self._claimed = False
        self._ticks = 0
        self._agents: dict[str, Agent] = {}
        self._conversations: dict[str, Conversation] = {}
        self._messages: defaultdict[str, _Messages] = defaultdict(_Messages)
        self._runs: dict[str, Run] = {}
        self._events: dict[str, list[Event]] = {}
        self._catalogue = _Catalogue()

    def claim(self) -> bool:
        """Whether nobody has claimed this world yet."""
        is_new = not self._claimed
        self._claimed = True
        return is_new

    def tick(self) -> int:
        """A number greater than any it has given before."""
        self._ticks += 1
        return self._ticks

    def agent(self, agent_id: str) -> Agent | None:
        """The agent of this id."""
        return self._agents.get(agent_id)

    def agents(self) -> list[Agent]:
        """Every agent, in no order."""
        return list(self._agents.values())

    def save_agent(self, agent: Agent) -> None:
        """Keep a new agent, or replace it."""
        self._agents[agent.id] = agent

    def conversation(self, conversation_id: str) -> Conversation | None:
        """The conversation of this id; an agent's id names its default one."""
        return self._conversations.get(conversation_id)

    def save_conversation(self, conversation: Conversation) -> None:
        """Keep a new conversation, or replace it."""
        self._conversations[conversation.id] = conversation
        self._catalogue.put(conversation)

    def delete_conversation(self, conversation_id: str) -> None:
        """Forget a conversation, its messages and its runs. Raises KeyError where there is none."""
        conversation = self._conversations.pop(conversation_id)
        self._messages.pop(conversation_id, None)
        self._catalogue.remove(conversation_id)
        for run_id in (conversation.active_run, conversation.background_run):
            if run_id is not None:
                self.delete_run(run_id)

    def conversations(self, page: ConversationPage) -> list[Shown]:
        """A page of conversations. Raises KeyError for an unknown cursor."""
        cursor = None if page.after is None else place(self._conversations[page.after], page.order_by)
        found = (self._conversations[id_].shown for _date, _seq, id_ in self._catalogue.behind(cursor, page))
        return list(islice(filter(page.matches, found), page.count))

    def message(self, conversation_id: str, message_id: str) -> StoredMessage | None:
        """One message of a conversation."""
        messages = self._messages.get(conversation_id)
        return messages.get(message_id) if messages else None

    def save_message(self, conversation_id: str, message: StoredMessage) -> None:
        """Add a message at the end, or replace the one of its id where it is."""
        self._messages[conversation_id].save(message)

    def messages(self, conversation_id: str, page: MessagePage) -> list[StoredMessage]:
        """A page of messages. Raises KeyError for an unknown cursor."""
        messages = self._messages.get(conversation_id) or _Messages()
        return page.find(len(messages), messages.place_of, messages.read)

    def run(self, run_id: str) -> Run | None:
        """The run of this id."""
        return self._runs.get(run_id)

    def save_run(self, run: Run) -> None:
        """Keep a new run, or replace it."""
        self._runs[run.id] = run

    def delete_run(self, run_id: str) -> None:
        """Forget a run and its stream."""
        self._runs.pop(run_id, None)
        self._events.pop(run_id, None)

    def log(self, run_id: str, event: Event) -> None:
        """Add to the stream of a run."""
        if run_id in self._runs:
            self._events.setdefault(run_id, []).append(event)

    def events(self, run_id: str, start: int) -> list[Event]:
        """The stream of a run from a place on; nothing for a run that is forgotten."""
        return self._events.get(run_id, [])[start:]

    def beat(self, worker: str) -> None:
        """Nobody else is there to know."""

    def alive(self, worker: str) -> bool:  # noqa: ARG002  # the only one there is
        """Whoever asks is alive."""
        return True


class _Catalogue:
    """Where the listed conversations stand in each order, on a shelf for each filter that a list may ask for."""

    def __init__(self) -> None:
        self._shelves: dict[Shelf, SortedList] = {}
        self._places: dict[str, dict[Shelf, Place]] = {}

    def put(self, conversation: Conversation) -> None:
        """Put a conversation where it belongs now."""
        old = self._places.get(conversation.id, {})
        new = self._belongs(conversation)
        if old == new:
            return
        for shelf, at in old.items():
            if new.get(shelf) != at:
                self._shelves[shelf].remove(at)
        for shelf, at in new.items():
            if old.get(shelf) != at:
                self._shelves.setdefault(shelf, SortedList()).add(at)
        self._places[conversation.id] = new

    def remove(self, conversation_id: str) -> None:
        """Take a conversation out."""
        for shelf, at in self._places.pop(conversation_id, {}).items():
            self._shelves[shelf].remove(at)

    def behind(self, cursor: Place | None, page: ConversationPage) -> Iterable[Place]:
        """The places behind a cursor, one after the other; none is looked at before it is its turn."""
        least, most = (None, cursor) if page.descending else (cursor, None)
        runs = (
            shelf.irange(least, most, inclusive=(False, False), reverse=page.descending)
            for archived in page.shelves
            if (shelf := self._shelves.get((page.order_by, archived, page.agent_id))) is not None
        )
        return merge(*runs, reverse=page.descending)

    @staticmethod
    def _belongs(conversation: Conversation) -> dict[Shelf, Place]:
        if not conversation.listed:
            return {}
        archived = bool(conversation.shown["archived"])
        owners = (None, conversation.agent_id)
        return {
            (order_by, archived, owner): at
            for order_by in ORDERS
            for at in [place(conversation, order_by)]
            for owner in owners
        }


class _Messages:
    """The messages of one conversation, oldest first; none is ever taken out."""

    def __init__(self) -> None:
        self._all: list[StoredMessage] = []
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._all)

    def get(self, id_: str) -> StoredMessage | None:
        return self._all[self._places[id_]] if id_ in self._places else None

    def place_of(self, id_: str) -> int:
        return self._places[id_]

    def read(self, places: range) -> list[StoredMessage]:
        return [self._all[index] for index in places]

    def save(self, message: StoredMessage) -> None:
        index = self._places.setdefault(message.id, len(self._all))
        self._all[index : index + 1] = [message]
