from collections.abc import Callable
from typing import Any

import pytest
from letta_contract.mock_server.memory import MemoryState, MemoryStore
from letta_contract.mock_server.page import ORDERS, ConversationPage
from letta_contract.mock_server.record import Conversation

AGENTS = 10


@pytest.fixture(scope="module")
def filled() -> Any:
    """Two thousand conversations, of which the oldest one alone is of a rare agent."""
    store = MemoryStore()
    for number in range(2000):
        shown = {"id": f"c-{number}", "agent_id": f"a-{number % AGENTS if number else 'rare'}", "summary": None}
        dates = {"created_at": f"{number:06}", "last_message_at": f"{number * 7 % 2000:06}"}
        store.save_conversation(Conversation(f"c-{number}", number, shown | dates | {"archived": number % 4 == 0}))
    return store


@pytest.mark.parametrize("order_by", ORDERS)
@pytest.mark.parametrize(
    "filters",
    [{}, {"archived": True}, {"archived": False}, {"agent_id": "a-3"}, {"agent_id": "a-rare"}, {"after": "c-99"}],
)
@pytest.mark.parametrize("descending", [True, False])
def test_list_looks_at_nothing_that_it_does_not_give(
    filled: Any, monkeypatch: pytest.MonkeyPatch, order_by: Any, filters: Any, descending: Any
) -> None:
    """However many conversations there are, and however few match."""
    looked: list[str] = []
    matches = ConversationPage.matches

    def counting(self: Any, shown: Any) -> bool:
        looked.append(shown["id"])
        return matches(self, shown)

    monkeypatch.setattr(ConversationPage, "matches", counting)
    page = ConversationPage(50, order_by=order_by, descending=descending, **filters)
    found = filled.conversations(page)
    assert looked == [shown["id"] for shown in found]
    assert len(found) == (1 if filters.get("agent_id") == "a-rare" else 50 if "after" not in filters else len(looked))


def test_world_is_kept_for_as_long_as_someone_holds_it() -> None:
    """Sessions that are gone leave nothing behind."""
    state = MemoryState()
    store: Any = state.store("one")
    assert state.store("one") is store
    store.tick()
    del store
    assert state.store("one").tick() == 1


def test_conversation_without_changes_stays_where_it_is() -> None:
    """Saving it again costs no sorting: the catalogue compares places."""
    store = MemoryStore()
    shown = {"agent_id": "a", "archived": False, "created_at": "1", "last_message_at": None, "summary": None}
    record = Conversation("c", 1, shown)
    store.save_conversation(record)
    moved: list[Callable[..., Any]] = []
    for shelf in store._catalogue._shelves.values():
        shelf.add = shelf.remove = moved.append
    store.save_conversation(record)
    assert moved == []
