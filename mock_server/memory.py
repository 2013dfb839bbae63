"""A world in the memory of this process."""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator
from itertools import islice

from .record import Agent, Conversation, Event, Run, StoredMessage
from .store import ConversationPage, MessagePage, OrderBy

Key = tuple[str, int]
SortValue = Callable[[Conversation], str | None]


class MemoryStore:
    """Keeps the records themselves, and conversations sorted in each order that a list may ask for."""

    def __init__(self) -> None:
        self._ticks = 0
        self._agents: dict[str, Agent] = {}
        self._conversations: dict[str, Conversation] = {}
        self._messages: dict[str, _Messages] = {}
        self._runs: dict[str, Run] = {}
        self._events: dict[str, list[Event]] = {}
        self._orders: dict[OrderBy, _Order] = {order_by: _Order(value) for order_by, value in _SORT_VALUES.items()}

    def tick(self) -> int:
        """A number greater than any it has given before."""
        self._ticks += 1
        return self._ticks

    def agent(self, agent_id: str) -> Agent | None:
        """The agent of this id."""
        return self._agents.get(agent_id)

    def save_agent(self, agent: Agent) -> None:
        """Keep a new agent, or replace it."""
        self._agents[agent.id] = agent

    def conversation(self, conversation_id: str) -> Conversation | None:
        """The conversation of this id; an agent's id names its default one."""
        return self._conversations.get(conversation_id)

    def save_conversation(self, conversation: Conversation) -> None:
        """Keep a new conversation, or replace it."""
        self._conversations[conversation.id] = conversation
        self._messages.setdefault(conversation.id, _Messages())
        for order in self._orders.values():
            order.place(conversation)

    def delete_conversation(self, conversation_id: str) -> None:
        """Forget a conversation, its messages and its runs."""
        conversation = self._conversations.pop(conversation_id)
        del self._messages[conversation_id]
        for order in self._orders.values():
            order.remove(conversation_id)
        for run_id in (conversation.active_run, conversation.background_run):
            if run_id is not None:
                self.delete_run(run_id)

    def conversations(self, page: ConversationPage) -> list[Conversation]:
        """A page of conversations. Raises KeyError for an unknown cursor."""
        ids = self._orders[page.order_by].ids(page.after, descending=page.descending)
        found = (conversation for id_ in ids if _matches(conversation := self._conversations[id_], page))
        return list(islice(found, _bounded(page.limit)))

    def message(self, conversation_id: str, message_id: str) -> StoredMessage | None:
        """One message of a conversation."""
        return self._messages[conversation_id].get(message_id)

    def save_message(self, conversation_id: str, message: StoredMessage) -> None:
        """Add a message at the end, or replace the one of its id where it is."""
        self._messages[conversation_id].save(message)

    def messages(self, conversation_id: str, page: MessagePage) -> list[StoredMessage]:
        """A page of messages. Raises KeyError for an unknown cursor."""
        return self._messages[conversation_id].page(page)

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


class _Order:
    """The ids of all conversations, sorted by one of their values; those without it come first."""

    def __init__(self, value: SortValue) -> None:
        self._value = value
        self._keys: dict[str, Key] = {}
        self._sorted: list[tuple[Key, str]] = []

    def place(self, conversation: Conversation) -> None:
        """Put a conversation where it belongs now."""
        key = (self._value(conversation) or "", conversation.seq)
        if self._keys.get(conversation.id) != key:
            self.remove(conversation.id)
            self._keys[conversation.id] = key
            insort(self._sorted, (key, conversation.id))

    def remove(self, id_: str) -> None:
        """Take a conversation out, where it is in."""
        if id_ in self._keys:
            del self._sorted[bisect_left(self._sorted, (self._keys.pop(id_), id_))]

    def ids(self, after: str | None, *, descending: bool) -> Iterator[str]:
        """The ids behind a cursor. Raises KeyError for an unknown one."""
        if descending:
            start = len(self._sorted) if after is None else bisect_left(self._sorted, (self._keys[after], after))
            return (self._sorted[index][1] for index in range(start - 1, -1, -1))
        start = 0 if after is None else bisect_right(self._sorted, (self._keys[after], after))
        return (self._sorted[index][1] for index in range(start, len(self._sorted)))


_SORT_VALUES: dict[OrderBy, SortValue] = {
    "created_at": lambda conversation: conversation.shown["created_at"],
    "last_message_at": lambda conversation: conversation.shown["last_message_at"],
    "last_run_completion": lambda conversation: conversation.last_run_completion,
}


def _matches(conversation: Conversation, page: ConversationPage) -> bool:
    shown = conversation.shown
    return (
        not (conversation.hidden or conversation.is_default)
        and page.agent_id in (None, shown["agent_id"])
        and page.archived in (None, bool(shown["archived"]))
        and (page.summary_search is None or page.summary_search.lower() in (shown["summary"] or "").lower())
    )


class _Messages:
    """The messages of one conversation, oldest first; none is ever taken out."""

    def __init__(self) -> None:
        self._all: list[StoredMessage] = []
        self._places: dict[str, int] = {}

    def get(self, id_: str) -> StoredMessage | None:
        return self._all[self._places[id_]] if id_ in self._places else None

    def save(self, message: StoredMessage) -> None:
        place = self._places.setdefault(message.id, len(self._all))
        self._all[place : place + 1] = [message]

    def page(self, page: MessagePage) -> list[StoredMessage]:
        places = range(len(self._all))
        if page.descending:
            places = places[::-1]
        start = 0 if page.after is None else places.index(self._places[page.after]) + 1
        end = len(places) if page.before is None else places.index(self._places[page.before])
        # Without `after`, the nearest ones before the cursor: take them from its side.
        from_end = page.before is not None and page.after is None
        chosen = places[start:end]
        messages = (self._all[place] for place in (reversed(chosen) if from_end else chosen))
        found = (message for message in messages if page.wanted(message))
        taken = list(islice(found, _bounded(page.limit)))
        return taken[::-1] if from_end else taken


def _bounded(limit: int) -> int:
    """A limit that Python can count to; there are no fewer than no items (STATE-47)."""
    return min(max(limit, 0), sys.maxsize)
