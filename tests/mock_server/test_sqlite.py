import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from letta_contract.mock_server.page import ORDERS, ConversationPage
from letta_contract.mock_server.record import Agent
from letta_contract.mock_server.sqlite import SqliteState, shelf_query
from letta_contract.mock_server.state import StateError


@pytest.fixture
def state(tmp_path: Path) -> Any:
    return SqliteState(str(tmp_path / "state.db"))


def plan(state: Any, sql: str, values: Any) -> list[str]:
    return [row[3] for row in state.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]


@pytest.mark.parametrize("order_by", ORDERS)
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("agent_id", [None, "agent-x"])
@pytest.mark.parametrize("cursor", [None, ("2026", 7)])
def test_lists_read_an_index_in_its_order(
    state: Any, order_by: Any, descending: Any, agent_id: Any, cursor: Any
) -> None:
    """No list sorts, and none looks at a row that it does not give: SQLite says so of each of its queries."""
    page = ConversationPage(50, order_by=order_by, descending=descending, agent_id=agent_id)
    sql, values = shelf_query(page, cursor, archived=False)
    (step,) = plan(state, f"{sql} LIMIT 50", ("", *values))
    index = f"{order_by}_of_{'agent' if agent_id else 'all'}"
    assert step.startswith(f"SEARCH conversations USING INDEX {index} (world=?")
    for used in ["archived=?", *(["agent_id=?"] if agent_id else []), *([f"({order_by},seq)"] if cursor else [])]:
        assert used in step


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM conversations WHERE world = ? AND id = ?",
        "SELECT place FROM messages WHERE world = ? AND conversation_id = ? AND id = 'x'",
        "SELECT id FROM messages WHERE world = ? AND conversation_id = ? AND place BETWEEN 1 AND 2 ORDER BY place DESC",
        "SELECT event FROM events WHERE world = ? AND run_id = ? AND place >= 3 ORDER BY place",
        "SELECT record FROM runs WHERE world = ? AND id = ?",
    ],
)
def test_what_is_named_is_found_by_its_key(state: Any, sql: str) -> None:
    """In one step, however much there is."""
    (step,) = plan(state, sql, ("", "x"))
    assert step.startswith("SEARCH")
    assert "world=?" in step


def test_foreign_file_is_refused(tmp_path: Path) -> None:
    """Neither a text nor another program's database is written to."""
    text, database = tmp_path / "text", tmp_path / "other.db"
    text.write_text("not a database, but a text that is long enough to be looked at " * 20)
    with sqlite3.connect(database) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    for path in (text, database):
        with pytest.raises(StateError, match=rf"--state {path}: .*Name a file that can be written, or a new one"):
            SqliteState(str(path))
    assert text.read_text().startswith("not a database")


def test_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(StateError, match=r"unable to open database file\. Name a file"):
        SqliteState(str(tmp_path / "missing" / "state.db"))


def test_state_of_another_version_is_refused(state: Any) -> None:
    """Rather than misread."""
    state.connection.execute("PRAGMA user_version = 99")
    state.close()
    with pytest.raises(StateError, match="another version"):
        SqliteState(state.path)


def test_connection_is_not_taken_into_another_process(tmp_path: Path) -> None:
    """Each process opens its own, on what both have written."""
    from letta_contract.mock_server.state import open_state

    state: Any = open_state(str(tmp_path / "state.db"))
    store = state.store("")
    store.save_agent(Agent("one", "", "", ""))
    before = state.connection
    pid = os.fork()
    if pid == 0:
        ok = store.agent("one") is not None and state.connection is not before
        store.save_agent(Agent("two", "", "", ""))
        os._exit(0 if ok else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert store.agent("two") is not None
    state.close()
