"""Where the listed conversations of a world in Redis stand: a sorted set for each order, and for each filter."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from heapq import merge
from typing import Any

from .page import ORDERS, ConversationPage, OrderBy, place
from .record import Conversation
from .redis_step import Fields, Step

Members = list[tuple[str, str]]
"""Sorted sets, and the member that stands for a conversation in each."""


class Catalogue:
    """Puts conversations where they belong, and finds them in their order."""

    def __init__(self, client: Any, key: Callable[[str, str], str]) -> None:
        """`key` makes the key of a kind and an id."""
        self._client = client
        self._key = key

    def members(self, conversation: Conversation) -> Members:
        """Where a conversation belongs."""
        if not conversation.listed:
            return []
        archived, owners = bool(conversation.shown["archived"]), (None, conversation.agent_id)
        return [
            (self._shelf_key(order_by, owner, archived=archived), member)
            for order_by in ORDERS
            for member in [_member(conversation, order_by)]
            for owner in owners
        ]

    def move(self, writing: Step, old: Members, new: Members) -> None:
        """Take a conversation from where it was to where it belongs."""
        for key, member in old:
            if (key, member) not in new:
                writing.later("zrem", key, member)
        for key, member in new:
            if (key, member) not in old:
                writing.later("zadd", key, {member: 0})

    def ids(self, page: ConversationPage, cursor: Conversation | None) -> Iterator[str]:
        """The ids of what a list asks for, but for its search, from behind the cursor on; read piece by piece."""
        edge = None if cursor is None else _member(cursor, page.order_by)
        shelves = (self._shelf(page, edge, archived=archived) for archived in page.shelves)
        return (member.rpartition(" ")[2] for member in merge(*shelves, reverse=page.descending))

    def _shelf_key(self, order_by: OrderBy, owner: str | None, *, archived: bool) -> str:
        return self._key(f"list-{order_by}-{'archived' if archived else 'unarchived'}", owner or "")

    def _shelf(self, page: ConversationPage, cursor: str | None, *, archived: bool) -> Iterator[str]:
        key, size = self._shelf_key(page.order_by, page.agent_id, archived=archived), at_once(page)
        while True:
            edge = None if cursor is None else f"({cursor}"
            if page.descending:
                members = self._client.zrevrangebylex(key, edge or "+", "-", 0, size)
            else:
                members = self._client.zrangebylex(key, edge or "-", "+", 0, size)
            yield from members
            if len(members) < size:
                return
            cursor = members[-1]


def members_in(fields: Fields) -> Members:
    """Where a conversation was when it was saved last."""
    return [(key, member) for key, member in json.loads(fields["members"])] if fields else []


def at_once(page: ConversationPage) -> int:
    """How many conversations to read at a time."""
    return max(min(page.count, 500), 1)


def _member(conversation: Conversation, order_by: OrderBy) -> str:
    """What sorts, as text, as the conversation's place does: a space comes before all that dates are made of."""
    date, seq, id_ = place(conversation, order_by)
    return f"{date} {seq:016} {id_}"
