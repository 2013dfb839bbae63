"""One step on a world in Redis: it watches what it reads, and writes all at once."""

from __future__ import annotations

from typing import Any

from .record import StoredMessage

Fields = dict[str, str]
"""A hash of Redis."""


class Step:
    """What one step has read and is going to write."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self._known: dict[str, Fields] = {}
        self._writes: list[tuple[str, tuple[Any, ...]]] = []
        self.messages: dict[tuple[str, str], StoredMessage] = {}

    def read(self, key: str) -> Fields:
        """The fields of a hash, as this step has written them or as they will still be when it ends."""
        if key not in self._known:
            self._pipeline.watch(key)
            self._known[key] = self._pipeline.hgetall(key)
        return self._known[key]

    def replace(self, key: str, fields: Fields) -> None:
        """Write a hash anew; one without fields is none."""
        self._known[key] = fields
        self.later("delete", key)
        if fields:
            self.later("hset", key, None, None, fields)

    def later(self, command: str, *arguments: Any) -> None:
        """Write something when the step ends."""
        self._writes.append((command, arguments))

    def forget(self) -> None:
        """Read everything anew."""
        self._known.clear()

    def commit(self) -> None:
        """Write it all. Raises WatchError where what was read has changed meanwhile."""
        if self._writes:
            self._pipeline.multi()
            for command, arguments in self._writes:
                getattr(self._pipeline, command)(*arguments)
            self._pipeline.execute()
