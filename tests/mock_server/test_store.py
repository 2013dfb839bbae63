"""Worlds that are kept, and the steps that change them."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from letta_contract.mock_server.page import MessagePage
from letta_contract.mock_server.record import Agent, Run, StoredMessage
from letta_contract.mock_server.state import open_state

from .stored import conversation, ids, said

SHARED = pytest.mark.parametrize("state", ["sqlite", "redis"], indirect=True, scope="session")
"""For what only shows where workers share a state."""


def test_ticks_only_rise(opened: Any) -> None:
    """No number is given twice, whichever worker asks."""
    one, other = opened(), opened()
    ticks = [worker.tick() for worker in (one, other, one, other)]
    assert sorted(set(ticks)) == ticks


def test_world_is_claimed_once(opened: Any) -> None:
    """Only one of many workers fills it; once cleared, it can be claimed again."""
    one, other = opened(), opened()
    assert [one.claim(), other.claim(), one.claim()] == [True, False, False]
    one.clear()
    assert [other.claim(), one.claim()] == [True, False]


def test_everything_is_kept_as_it_was(store: Any, opened: Any) -> None:
    """What another worker reads is equal to what was saved, to the last field."""
    agent = Agent("agent-ä", "A\n", "m/x", "")
    record = conversation(store, "one", summary="“é”\u0000", model_settings={"a": [1, 2.5, None, {"b": 10**30}]})
    record.in_context, record.hidden = ["m-1", "m-2"], True
    record.active_run, record.background_run, record.last_run_completion = "r-1", "r-2", "2027"
    message = StoredMessage("m-1", [{"content": "x", "name": None}, {"content": [{"type": "text"}]}], "g")
    run = Run("r-1", "one", background=True, status="failed", ended=True, otids=["o"], worker="w", key="k")
    store.save_agent(agent)
    store.save_conversation(record)
    store.save_message("one", message)
    store.save_run(run)
    store.log("r-1", {"n": 1})
    found = opened()
    assert (found.agent("agent-ä"), found.agents()) == (agent, [agent])
    assert found.conversation("one") == record
    assert found.message("one", "m-1") == message
    assert (found.run("r-1"), found.events("r-1", 0)) == (run, [{"n": 1}])


def test_what_there_is_none_of_is_none(store: Any) -> None:
    """Whatever is asked for."""
    assert (store.agent("x"), store.conversation("x"), store.message("x", "y"), store.run("x")) == (None,) * 4
    assert (store.agents(), store.events("x", 0), store.messages("x", MessagePage(limit=1))) == ([], [], [])
    with pytest.raises(KeyError):
        store.delete_conversation("x")


def test_worlds_stand_side_by_side(opened: Any) -> None:
    """What is in one is in no other, and clearing one leaves the others alone."""
    one, other = opened("a:b*"), opened("a:b")
    for world in (one, other):
        conversation(world, "c")
        said(world, "c", "m")
    one.save_agent(Agent("x", "", "", ""))
    assert other.agent("x") is None
    one.clear()
    assert (ids(one), one.agents(), one.message("c", "m"), one.tick()) == ([], [], None, 1)
    assert ids(other) == ["c"]
    assert other.message("c", "m") is not None


def test_cleared_world_can_be_filled_in_the_same_step(store: Any) -> None:
    """Nothing of before is seen in it, and all that is written stays."""
    conversation(store, "old")
    store.claim()

    def step() -> None:
        store.clear()
        assert store.claim()
        assert store.conversation("old") is None
        conversation(store, "new")

    store.transact(step)
    assert (ids(store), store.claim()) == (["new"], False)


def test_step_sees_what_it_wrote(store: Any) -> None:
    """Before anybody else does."""

    def step() -> Any:
        conversation(store, "one", summary="x")
        said(store, "one", "m-1")
        store.save_run(Run("r-1", "one", background=False))
        store.delete_run("r-1")
        return store.conversation("one").shown["summary"], store.message("one", "m-1").id, store.run("r-1")

    assert store.transact(step) == ("x", "m-1", None)


@SHARED
def test_step_that_fails_writes_nothing(store: Any) -> None:
    """All or nothing; only memory relies on steps that refuse before they write."""

    def step() -> None:
        conversation(store, "one")
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  # the step's own
        store.transact(step)
    assert store.conversation("one") is None
    conversation(store, "two")
    assert ids(store) == ["two"]


def together(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


@SHARED
def test_writers_at_once_lose_nothing(opened: Any) -> None:
    """Steps of two workers on one conversation all count (read, then write)."""
    conversation(opened(), "one")

    def working(worker: Any, name: str) -> Callable[[], None]:
        def work() -> None:
            for number in range(100):
                message = StoredMessage(f"{name}-{number}", [])

                def step(message: StoredMessage = message) -> None:
                    record = worker.conversation("one")
                    record.in_context.append(message.id)
                    record.shown["last_message_at"] = f"2026-{worker.tick():06}"
                    worker.save_message("one", message)
                    worker.save_conversation(record)

                worker.transact(step)

        return work

    together(working(opened(), "x"), working(opened(), "y"))
    store = opened()
    meant = {f"{name}-{number}" for name in "xy" for number in range(100)}
    kept = store.conversation("one").in_context
    assert (len(kept), set(kept)) == (200, meant)
    assert [message.id for message in store.messages("one", MessagePage(limit=500, descending=False))] == kept
    assert ids(store, order_by="last_message_at") == ["one"]


@SHARED
def test_dead_worker_is_found_out(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker counts as alive for as long as it says so."""
    monkeypatch.setattr("letta_contract.mock_server.sqlite.LEASE", 1)
    monkeypatch.setattr("letta_contract.mock_server.redis.LEASE", 1)
    one, other = opened(), opened()
    assert not other.alive("w-1")
    one.beat("w-1")
    assert (other.alive("w-1"), other.alive("w-2")) == (True, False)
    expired = threading.Event()
    expired.wait(1.2)
    assert not other.alive("w-1")


@SHARED
def test_state_is_usable_again_once_closed(state: Any) -> None:
    """The next use opens it anew."""
    opened = open_state(state)
    store = opened.store("again")
    store.save_agent(Agent("x", "", "", ""))
    opened.close()
    assert store.agent("x") is not None
    opened.close()
