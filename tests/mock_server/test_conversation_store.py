"""Conversations that are kept, and the lists of them."""

from typing import Any

import pytest
from letta_contract.mock_server.page import MessagePage
from letta_contract.mock_server.record import Run

from .stored import conversation, ids, joined, said


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
    first.last_run_completion = "2027"
    first.shown["archived"] = True
    store.save_conversation(first)
    assert ids(store, order_by="last_run_completion") == ["one", "three", "two"]
    assert (ids(store, archived=False, agent_id="a"), ids(store, archived=True)) == (["three", "two"], ["one"])
    first.hidden = True
    store.save_conversation(first)
    assert ids(store) == ["three", "two"]


def test_equal_dates_keep_the_order_of_creation(store: Any) -> None:
    """So that pages joined give each conversation once."""
    for name in ("c", "d", "b"):
        conversation(store, name)
    assert ids(store, descending=False) == ["c", "d", "b"]
    assert joined(store) == ["b", "d", "c"]


def test_dates_sort_by_their_beginning(store: Any) -> None:
    """One that goes on where another ends comes behind it."""
    for name, date in (("z", "2026-01-01"), ("y", "2026"), ("x", "2025-12")):
        conversation(store, name, created_at=date)
    assert ids(store, descending=False) == ["x", "y", "z"]


def test_filters_and_orders_agree(store: Any) -> None:
    """Every filter gives those that match, in every order, page by page."""
    records = [
        conversation(
            store,
            f"c-{n:02}",
            agent_id="ab"[n % 2],
            archived=n % 3 == 0,
            summary=f"Étage {n}" if n % 4 else None,
            last_message_at=f"202{n * 7 % 5}" if n % 5 else None,
        )
        for n in range(30)
    ]
    for order_by in ("created_at", "last_message_at"):
        for agent_id in (None, "a", "c"):
            for archived in (None, True, False):
                for search in (None, "éTAGE 1"):
                    meant = [
                        one
                        for one in sorted(records, key=lambda one: (one.shown[order_by] or "", one.seq))
                        if agent_id in (None, one.shown["agent_id"])
                        and archived in (None, one.shown["archived"])
                        and (search or "").lower() in (one.shown["summary"] or "").lower()
                    ]
                    page = {"agent_id": agent_id, "archived": archived, "summary_search": search, "order_by": order_by}
                    assert joined(store, descending=False, **page) == [one.id for one in meant]
                    assert joined(store, descending=True, **page) == [one.id for one in meant][::-1]


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


def test_deleted_conversation_takes_its_runs_along(store: Any) -> None:
    """Nothing of it is left, and nothing is logged for it any more."""
    record = conversation(store, "one")
    said(store, "one", "m-1")
    for run_id in ("r-1", "r-2"):
        store.save_run(Run(run_id, "one", background=True))
        store.log(run_id, {})
    record.active_run, record.background_run = "r-1", "r-2"
    store.save_conversation(record)
    store.delete_conversation("one")
    store.log("r-1", {})
    assert (store.conversation("one"), store.run("r-1"), store.events("r-1", 0), store.events("r-2", 0)) == (
        None,
        None,
        [],
        [],
    )
    assert (ids(store), store.message("one", "m-1")) == ([], None)
    conversation(store, "one")
    assert store.messages("one", MessagePage(limit=1)) == []
