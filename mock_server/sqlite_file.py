"""The SQLite file of a state: its tables, and the one connection of this process to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from .page import ORDERS
from .refusal import Unreachable
from .state import StateError

_VERSION = 1
"""Of the tables; a file with other ones is refused."""
_APPLICATION = 0x4C435331
_PATIENCE = 5.0
"""Seconds to wait for other writers; nobody else is answered meanwhile."""
_TABLES = """
CREATE TABLE worlds (name TEXT PRIMARY KEY, claimed INTEGER NOT NULL DEFAULT 0, ticks INTEGER NOT NULL DEFAULT 0);
CREATE TABLE agents (world TEXT, id TEXT, record TEXT, PRIMARY KEY (world, id)) WITHOUT ROWID;
CREATE TABLE conversations (
    world TEXT, id TEXT, seq INTEGER, agent_id TEXT, listed INTEGER, archived INTEGER,
    created_at TEXT, last_message_at TEXT, last_run_completion TEXT,
    hidden INTEGER, active_run TEXT, background_run TEXT, shown TEXT, in_context TEXT, PRIMARY KEY (world, id));
CREATE TABLE messages (
    world TEXT, conversation_id TEXT, place INTEGER, id TEXT, group_id TEXT, rows TEXT,
    PRIMARY KEY (world, conversation_id, place)) WITHOUT ROWID;
CREATE UNIQUE INDEX message_ids ON messages (world, conversation_id, id);
CREATE TABLE runs (world TEXT, id TEXT, record TEXT, PRIMARY KEY (world, id)) WITHOUT ROWID;
CREATE TABLE events (
    world TEXT, run_id TEXT, place INTEGER, event TEXT, PRIMARY KEY (world, run_id, place)) WITHOUT ROWID;
CREATE TABLE workers (world TEXT, id TEXT, until REAL, PRIMARY KEY (world, id)) WITHOUT ROWID;
""" + "".join(
    f"CREATE INDEX {date}_of_all ON conversations (world, archived, {date}, seq) WHERE listed = 1;"
    f"CREATE INDEX {date}_of_agent ON conversations (world, agent_id, archived, {date}, seq) WHERE listed = 1;"
    for date in ORDERS
)


class SqliteFile:
    """Opens the file, and makes it where there is none. Raises StateError for a file that is no state."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        _ = self.connection

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection; a new one where it was closed."""
        if self._connection is None:
            try:
                self._connection = _connect(self.path)
            except sqlite3.Error as error:
                raise StateError(
                    f"--state {self.path}: {error}. Name a file that can be written, or a new one."
                ) from error
        return self._connection

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextmanager
def reaching() -> Iterator[None]:
    """Tells of a file that is locked for long, of a full disk, and of a disk that fails."""
    try:
        yield
    except (sqlite3.OperationalError, StateError) as error:
        # Without the path, which is nobody's business.
        why = error.__cause__ if isinstance(error, StateError) else error
        raise Unreachable(
            f"The file that keeps the state cannot be used ({why}). Free it, or make room on its disk: the next "
            "request tries again."
        ) from error


def _connect(path: str) -> sqlite3.Connection:
    """Open a state, or make one. Raises sqlite3.Error."""
    # Whoever made the app need not be who serves it, but only one of them uses it at a time.
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # Each commit is with the kernel, which outlives us; only a power cut could lose the last ones.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("BEGIN IMMEDIATE")
        (application,), (version,) = (
            connection.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")
        )
        if (application, version) == (_APPLICATION, _VERSION):
            connection.execute("COMMIT")
            return connection
        if application or version or connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            # As SQLite itself has it of a file that it cannot read.
            raise sqlite3.DatabaseError("the file holds something else, or the state of another version")  # noqa: TRY301
        for statement in _TABLES.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection
