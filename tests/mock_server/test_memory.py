from typing import Any

import pytest
from letta_contract.mock_server.memory import MemoryStore
from letta_contract.mock_server.record import Conversation, Run, StoredMessage
from letta_contract.mock_server.store import ConversationPage, MessagePage


@pytest.fixture
def store() -> Any:
    return MemoryStore()


def conversation(store: Any, id_: str, **fields: Any) -> Any:
    shown = {"agent_id": "a", "archived": False, "summary": None, "created_at": "2026", "last_message_at": None}
    record = Conversation(id_, store.tick(), shown | fields)
    store.save_conversation(record)
    return record


def ids(store: Any, **page: Any) -> Any:
    return [record.id for record in store.conversations(ConversationPage(limit=10, **page))]


def test_ticks_only_rise(store: Any) -> None:
    """No number is given twice."""
    ticks = [store.tick() for _ in range(3)]
    assert sorted(set(ticks)) == ticks


def test_saved_conversation_moves_to_where_it_belongs_now(store: Any) -> None:
    """Lists are sorted by the values that were saved last; those without one come first, going up."""
    for name in ("one", "two", "three"):
        conversation(store, name)
    first = store.conversation("one")
    first.shown["last_message_at"] = "2027"
    store.save_conversation(first)
    assert ids(store, order_by="last_message_at", descending=False) == ["two", "three", "one"]
    assert ids(store, order_by="last_message_at") == ["one", "three", "two"]
    assert ids(store, order_by="last_message_at", after="one") == ["three", "two"]


def test_equal_dates_keep_the_order_of_creation(store: Any) -> None:
    """So that pages joined give each conversation once."""
    for name in ("c", "d", "b"):
        conversation(store, name)
    assert ids(store, descending=False) == ["c", "d", "b"]


def test_cursor_may_be_filtered_out_itself(store: Any) -> None:
    """It is a place in the order, whether or not it matches."""
    conversation(store, "one")
    conversation(store, "two", archived=True)
    conversation(store, "three")
    assert ids(store, after="two", archived=False, descending=False) == ["three"]


def test_default_conversations_are_in_no_list(store: Any) -> None:
    """They can only be found by their agent."""
    conversation(store, "a")
    assert ids(store) == []
    assert store.conversation("a") is not None


def test_unknown_cursor_is_an_error(store: Any) -> None:
    """In both lists."""
    conversation(store, "one")
    with pytest.raises(KeyError):
        ids(store, after="two")
    with pytest.raises(KeyError):
        store.messages("one", MessagePage(limit=1, before="two"))


def test_message_that_is_saved_again_stays_where_it_is(store: Any) -> None:
    """It is replaced, not added."""
    conversation(store, "one")
    for id_, text in (("x", "old"), ("y", "other"), ("x", "new")):
        store.save_message("one", StoredMessage(id_, [{"content": text}]))
    found = store.messages("one", MessagePage(limit=10, descending=False))
    assert [message.rows[0]["content"] for message in found] == ["new", "other"]


def test_deleted_conversation_takes_its_runs_along(store: Any) -> None:
    """Nothing of it is left, and nothing is logged for it any more."""
    record = conversation(store, "one")
    for run_id in ("r-1", "r-2"):
        store.save_run(Run(run_id, "one", background=True))
        store.log(run_id, {})
    record.active_run, record.background_run = "r-1", "r-2"
    store.delete_conversation("one")
    store.log("r-1", {})
    assert (store.conversation("one"), store.run("r-1"), store.events("r-1", 0), store.events("r-2", 0)) == (
        None,
        None,
        [],
        [],
    )
    assert ids(store) == []
