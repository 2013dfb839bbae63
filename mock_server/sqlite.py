"""Worlds in a SQLite file, which the workers of one machine share.

A write that was answered is in the file: it outlives the process, however that ends.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Any

from .page import ORDERS, ConversationPage, MessagePage, OrderBy, place
from .record import Agent, Conversation, Event, Run, Shown, StoredMessage
from .sqlite_file import SqliteFile, reaching
from .store import LEASE, Result

_dump = partial(json.dumps, separators=(",", ":"))


class SqliteState(SqliteFile):
    """Worlds side by side in one file. Raises StateError for a file that is no state."""

    def store(self, world: str) -> SqliteStore:
        """Where the world of this name is kept."""
        return SqliteStore(self, world)


class SqliteStore:
    """One world: records as JSON, beside the columns that lists are sorted and filtered by."""

    def __init__(self, state: SqliteState, world: str) -> None:
        self.state = state
        self.world = world

    def transact(self, step: Callable[[], Result]) -> Result:
        """Do a step that reads and writes, while no other worker writes."""
        with reaching():
            connection = self.state.connection
            if connection.in_transaction:
                return step()
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = step()
                connection.execute("COMMIT")
            except BaseException:
                # A full disk ends a step by itself.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            return result

    def claim(self) -> bool:
        """Whether nobody has claimed this world yet."""
        sql = "INSERT INTO worlds (name, claimed) VALUES (?, 1)"
        return bool(self._all(f"{sql} ON CONFLICT DO UPDATE SET claimed = 1 WHERE claimed = 0 RETURNING 1"))

    def clear(self) -> None:
        """Forget everything."""

        def step() -> None:
            self._do("DELETE FROM worlds WHERE name = ?")
            for table in ("agents", "conversations", "messages", "runs", "events", "workers"):
                self._do(f"DELETE FROM {table} WHERE world = ?")

        self.transact(step)

    def tick(self) -> int:
        """A number greater than any it has given before."""
        sql = "INSERT INTO worlds (name, ticks) VALUES (?, 1) ON CONFLICT DO UPDATE SET ticks = ticks + 1"
        ((ticks,),) = self._all(f"{sql} RETURNING ticks")
        return int(ticks)

    def agent(self, agent_id: str) -> Agent | None:
        """The agent of this id."""
        record = self._record("agents", agent_id)
        return Agent(**record) if record else None

    def agents(self) -> list[Agent]:
        """All agents, by their ids."""
        found = self._all("SELECT record FROM agents WHERE world = ? ORDER BY id")
        return [Agent(**json.loads(record)) for (record,) in found]

    def save_agent(self, agent: Agent) -> None:
        """Keep a new agent, or replace it."""
        self._do("INSERT OR REPLACE INTO agents VALUES (?, ?, ?)", agent.id, _dump(asdict(agent)))

    def conversation(self, conversation_id: str) -> Conversation | None:
        """The conversation of this id; an agent's id names its default one."""
        columns = "id, seq, shown, in_context, hidden, active_run, background_run, last_run_completion"
        found = self._one(f"SELECT {columns} FROM conversations WHERE world = ? AND id = ?", conversation_id)
        if found is None:
            return None
        id_, seq, shown, in_context, hidden, active, background, completion = found
        shown, in_context = json.loads(shown), json.loads(in_context)
        return Conversation(id_, seq, shown, in_context, bool(hidden), active, background, completion or None)

    def save_conversation(self, conversation: Conversation) -> None:
        """Keep a new conversation, or replace it."""
        self._do(
            _SAVE_CONVERSATION,
            conversation.id,
            conversation.seq,
            conversation.agent_id,
            conversation.listed,
            bool(conversation.shown["archived"]),
            *(place(conversation, order_by)[0] for order_by in ORDERS),
            conversation.hidden,
            conversation.active_run,
            conversation.background_run,
            _dump(conversation.shown),
            _dump(conversation.in_context),
        )

    def delete_conversation(self, conversation_id: str) -> None:
        """Forget a conversation, its messages and its runs. Raises KeyError where there is none."""

        def step() -> None:
            conversation = self.conversation(conversation_id)
            if conversation is None:
                raise KeyError(conversation_id)
            self._do("DELETE FROM conversations WHERE world = ? AND id = ?", conversation_id)
            self._do("DELETE FROM messages WHERE world = ? AND conversation_id = ?", conversation_id)
            for run_id in (conversation.active_run, conversation.background_run):
                if run_id is not None:
                    self.delete_run(run_id)

        self.transact(step)

    def conversations(self, page: ConversationPage) -> list[Shown]:
        """A page of conversations. Raises KeyError for an unknown cursor."""
        cursor = None if page.after is None else self._place(page.after, page.order_by)
        shelves = (self._shelf(page, cursor, archived=archived) for archived in page.shelves)
        found = (json.loads(shown) for _place, shown in merge(*shelves, key=itemgetter(0), reverse=page.descending))
        return list(islice(filter(page.matches, found), page.count))

    def message(self, conversation_id: str, message_id: str) -> StoredMessage | None:
        """One message of a conversation."""
        sql = "SELECT id, rows, group_id FROM messages WHERE world = ? AND conversation_id = ? AND id = ?"
        found = self._one(sql, conversation_id, message_id)
        return _message(found) if found else None

    def save_message(self, conversation_id: str, message: StoredMessage) -> None:
        """Add a message at the end, or replace the one of its id where it is."""
        self._do(
            "INSERT INTO messages (world, conversation_id, id, group_id, rows, place) VALUES (?1, ?2, ?3, ?4, ?5,"
            " (SELECT COALESCE(MAX(place) + 1, 0) FROM messages WHERE world = ?1 AND conversation_id = ?2))"
            " ON CONFLICT (world, conversation_id, id) DO UPDATE SET group_id = ?4, rows = ?5",
            conversation_id,
            message.id,
            message.group_id,
            _dump(message.rows),
        )

    def messages(self, conversation_id: str, page: MessagePage) -> list[StoredMessage]:
        """A page of messages. Raises KeyError for an unknown cursor."""
        of_conversation = "FROM messages WHERE world = ? AND conversation_id = ?"

        def place_of(message_id: str) -> int:
            found = self._one(f"SELECT place {of_conversation} AND id = ?", conversation_id, message_id)
            if found is None:
                raise KeyError(message_id)
            return int(found[0])

        def read(places: range) -> list[StoredMessage]:
            order = "ASC" if places.step > 0 else "DESC"
            sql = f"SELECT id, rows, group_id {of_conversation} AND place BETWEEN ? AND ? ORDER BY place {order}"
            return [_message(row) for row in self._all(sql, conversation_id, min(places), max(places))]

        ((count,),) = self._all(f"SELECT COALESCE(MAX(place) + 1, 0) {of_conversation}", conversation_id)
        return page.find(count, place_of, read)

    def run(self, run_id: str) -> Run | None:
        """The run of this id."""
        record = self._record("runs", run_id)
        return Run(**record) if record else None

    def save_run(self, run: Run) -> None:
        """Keep a new run, or replace it."""
        self._do("INSERT OR REPLACE INTO runs VALUES (?, ?, ?)", run.id, _dump(asdict(run)))

    def delete_run(self, run_id: str) -> None:
        """Forget a run and its stream."""

        def step() -> None:
            self._do("DELETE FROM runs WHERE world = ? AND id = ?", run_id)
            self._do("DELETE FROM events WHERE world = ? AND run_id = ?", run_id)

        self.transact(step)

    def log(self, run_id: str, event: Event) -> None:
        """Add to the stream of a run."""
        self._do(
            "INSERT INTO events SELECT ?1, ?2,"
            " (SELECT COALESCE(MAX(place) + 1, 0) FROM events WHERE world = ?1 AND run_id = ?2), ?3"
            " WHERE EXISTS (SELECT 1 FROM runs WHERE world = ?1 AND id = ?2)",
            run_id,
            _dump(event),
        )

    def events(self, run_id: str, start: int) -> list[Event]:
        """The stream of a run from a place on; nothing for a run that is forgotten."""
        sql = "SELECT event FROM events WHERE world = ? AND run_id = ? AND place >= ? ORDER BY place"
        return [json.loads(event) for (event,) in self._all(sql, run_id, start)]

    def beat(self, worker: str) -> None:
        """Let others know that a worker is alive, and forget those that are not."""
        now = time.time()

        def step() -> None:
            self._do("DELETE FROM workers WHERE world = ? AND until < ?", now)
            self._do("INSERT OR REPLACE INTO workers VALUES (?, ?, ?)", worker, now + LEASE)

        self.transact(step)

    def alive(self, worker: str) -> bool:
        """Whether a worker is still there."""
        sql = "SELECT 1 FROM workers WHERE world = ? AND id = ? AND until >= ?"
        return self._one(sql, worker, time.time()) is not None

    def _place(self, conversation_id: str, order_by: OrderBy) -> tuple[str, int]:
        sql = f"SELECT {order_by}, seq FROM conversations WHERE world = ? AND id = ?"
        found = self._one(sql, conversation_id)
        if found is None:
            raise KeyError(conversation_id)
        return found[0], found[1]

    def _shelf(
        self, page: ConversationPage, cursor: tuple[str, int] | None, *, archived: bool
    ) -> Iterator[tuple[tuple[str, int], str]]:
        """What is archived, or is not, in order, from behind the cursor on; read piece by piece."""
        at_once = max(min(page.count, 500), 1)
        while True:
            sql, values = shelf_query(page, cursor, archived=archived)
            rows = self._all(f"{sql} LIMIT {at_once}", *values)
            for date, seq, shown in rows:
                cursor = date, seq
                yield cursor, shown
            if len(rows) < at_once:
                return

    def _record(self, table: str, id_: str) -> dict[str, Any] | None:
        found = self._one(f"SELECT record FROM {table} WHERE world = ? AND id = ?", id_)
        return json.loads(found[0]) if found else None

    def _one(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        with reaching():
            row: tuple[Any, ...] | None = self.state.connection.execute(sql, (self.world, *values)).fetchone()
            return row

    def _all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with reaching():
            return self.state.connection.execute(sql, (self.world, *values)).fetchall()

    def _do(self, sql: str, *values: Any) -> None:
        with reaching():
            self.state.connection.execute(sql, (self.world, *values))


def shelf_query(
    page: ConversationPage, cursor: tuple[str, int] | None, *, archived: bool
) -> tuple[str, tuple[Any, ...]]:
    """The SQL of a list, and its values behind the world's name; an index gives its rows in order, and no others."""
    date, order = page.order_by, "DESC" if page.descending else "ASC"
    where = ["world = ?", "listed = 1", "archived = ?"]
    values: list[Any] = [archived]
    if page.agent_id is not None:
        where.append("agent_id = ?")
        values.append(page.agent_id)
    if cursor is not None:
        where.append(f"({date}, seq) {'<' if page.descending else '>'} (?, ?)")
        values += cursor
    sql = f"SELECT {date}, seq, shown FROM conversations WHERE {' AND '.join(where)}"
    return f"{sql} ORDER BY {date} {order}, seq {order}", tuple(values)


def _message(row: tuple[Any, ...]) -> StoredMessage:
    id_, rows, group_id = row
    return StoredMessage(id_, json.loads(rows), group_id)


_COLUMNS = (
    *("world", "id", "seq", "agent_id", "listed", "archived", *ORDERS),
    *("hidden", "active_run", "background_run", "shown", "in_context"),
)
_SAVE_CONVERSATION = (
    f"INSERT INTO conversations ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
    f" ON CONFLICT DO UPDATE SET {', '.join(f'{column} = excluded.{column}' for column in _COLUMNS[2:])}"
)
