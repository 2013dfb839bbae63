"""What the tests of a store put into it, and read."""

from __future__ import annotations

from typing import Any

from letta_contract.mock_server.page import ConversationPage
from letta_contract.mock_server.record import Conversation, StoredMessage


def conversation(store: Any, id_: str, **fields: Any) -> Any:
    shown = {"id": id_, "agent_id": "a", "archived": False, "summary": None, "created_at": "2026"}
    record = Conversation(id_, store.tick(), {**shown, "last_message_at": None, **fields})
    store.save_conversation(record)
    return record


def ids(store: Any, limit: int = 10, **page: Any) -> Any:
    return [shown["id"] for shown in store.conversations(ConversationPage(limit=limit, **page))]


def joined(store: Any, **page: Any) -> Any:
    """The ids of all pages of two, one behind the other."""
    found: list[str] = []
    while some := ids(store, limit=2, after=found[-1] if found else None, **page):
        found += some
    return found


def said(store: Any, conversation_id: str, *message_ids: str) -> None:
    for id_ in message_ids:
        store.save_message(conversation_id, StoredMessage(id_, [{"content": id_}]))
