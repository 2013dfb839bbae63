"""Which part of a list is asked for, and how a store that keeps things in order finds it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .record import Conversation, StoredMessage

OrderBy = Literal["created_at", "last_message_at", "last_run_completion"]
ORDERS: tuple[OrderBy, ...] = ("created_at", "last_message_at", "last_run_completion")

Place = tuple[str, int, str]
"""Where a conversation stands in one order: the date, its `seq`, which sets equal dates apart, and its id."""

_MOST_AT_ONCE = 500
"""Messages that are read at a time while a filter lets few of them through."""


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

    @property
    def count(self) -> int:
        """How many to find."""
        return _bounded(self.limit)

    @property
    def shelves(self) -> tuple[bool, ...]:
        """The values of `archived` to look through; stores keep the two apart, so that neither hides in the other."""
        return (False, True) if self.archived is None else (self.archived,)

    def matches(self, shown: dict[str, Any]) -> bool:
        """Whether a listed conversation has the summary that is searched for."""
        return self.summary_search is None or self.summary_search.lower() in (shown["summary"] or "").lower()


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Which messages of a conversation to list; `wanted` filters before `limit` counts."""

    limit: int
    descending: bool = True
    before: str | None = None
    after: str | None = None
    wanted: Callable[[StoredMessage], bool] = lambda _message: True

    def find(
        self, count: int, place_of: Callable[[str], int], read: Callable[[range], Sequence[StoredMessage]]
    ) -> list[StoredMessage]:
        """The page, out of `count` messages that stand at the places 0, 1, 2 and so on.

        `place_of` gives the place of an id, and raises KeyError for an unknown one; `read` gives the messages at some
        places, in the order of these.
        """
        places = range(count)[::-1] if self.descending else range(count)
        start = 0 if self.after is None else places.index(place_of(self.after)) + 1
        end = count if self.before is None else places.index(place_of(self.before))
        # Without `after`, the nearest ones before the cursor: take them from its side.
        from_end = self.before is not None and self.after is None
        chosen = places[start:end][::-1] if from_end else places[start:end]
        limit, found = _bounded(self.limit), list[StoredMessage]()
        while chosen and len(found) < limit:
            at_once = min(max(limit, 1), _MOST_AT_ONCE)
            found += filter(self.wanted, read(chosen[:at_once]))
            chosen = chosen[at_once:]
        del found[limit:]
        return found[::-1] if from_end else found


def place(conversation: Conversation, order_by: OrderBy) -> Place:
    """Where a conversation stands in an order; those without a date come first."""
    date = conversation.last_run_completion if order_by == "last_run_completion" else conversation.shown[order_by]
    return date or "", conversation.seq, conversation.id


def _bounded(limit: int) -> int:
    """A limit that Python can count to; there are no fewer than no items (STATE-47)."""
    return min(max(limit, 0), sys.maxsize)
