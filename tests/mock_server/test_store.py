import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from letta_contract.mock_server.page import ConversationPage, MessagePage
from letta_contract.mock_server.record import Agent, Conversation, Run, StoredMessage
from letta_contract.mock_server.state import open_state

SHARED = pytest.mark.parametrize("state", ["sqlite", "redis"], indirect=True, scope="session")
"""For what only shows where workers share a state."""


@pytest.fixture
def opened(state: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """What opens the test's own world, as another worker would."""
    states = []

    def opening(world: str = request.node.nodeid) -> Any:
        if not states or state is not None:
            states.append(open_state(state))
        return states[-1].store(world)

    yield opening
    for one in states:
        one.close()


@pytest.fixture
def store(opened: Any) -> Any:
    return opened()


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


def test_message_that_is_saved_again_stays_where_it_is(store: Any) -> None:
    """It is replaced, not added."""
    conversation(store, "one")
    for id_, text in (("x", "old"), ("y", "other"), ("x", "new")):
        store.save_message("one", StoredMessage(id_, [{"content": text}]))
    found = store.messages("one", MessagePage(limit=10, descending=False))
    assert [message.rows[0]["content"] for message in found] == ["new", "other"]


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ({"limit": 3}, "jih"),
        ({"limit": 3, "descending": False}, "abc"),
        ({"limit": 3, "after": "h"}, "gfe"),
        ({"limit": 3, "after": "h", "descending": False}, "ij"),
        ({"limit": 3, "before": "h"}, "ji"),
        ({"limit": 1, "before": "h"}, "i"),
        ({"limit": 2, "before": "h", "descending": False}, "fg"),
        ({"limit": 2, "before": "h", "after": "b", "descending": False}, "cd"),
        ({"limit": 9, "before": "b", "after": "h", "descending": False}, ""),
        ({"limit": 0}, ""),
        ({"limit": -(10**30)}, ""),
        ({"limit": 10**30}, "jihgfedcba"),
        ({"limit": 2, "wanted": lambda message: message.id in "bdj"}, "jd"),
        ({"limit": 2, "before": "j", "descending": False, "wanted": lambda message: message.id in "adj"}, "ad"),
    ],
)
def test_page_of_messages(store: Any, page: Any, found: str) -> None:
    """Cursors are exclusive; `before` gives the nearest ones; filters come before the limit (STATE-32 to STATE-38)."""
    said(store, "one", *"abcdefghij")
    said(store, "two", *"xyz")
    assert "".join(message.id for message in store.messages("one", MessagePage(**page))) == found


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


def test_stream_is_read_from_any_place(store: Any) -> None:
    """Events come in the order in which they were logged."""
    store.save_run(Run("r-1", "one", background=True))
    for number in range(3):
        store.log("r-1", {"n": number})
    assert store.events("r-1", 1) == [{"n": 1}, {"n": 2}]
    assert store.events("r-1", 5) == []


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
