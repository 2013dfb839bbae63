"""What was asked of the mock server lately, and how it answered."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from time import perf_counter, time
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl

from starlette.types import Scope

from .refusal import Invalid, Refusal

Verdict = Literal["valid", "invalid", "unauthorized", "unrouted"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

SIZE = 250
"""How many requests a journal holds; the oldest goes first."""
_LONGEST_BODY = 8 * 1024
_LONGEST_URL = 2_000
_MOST_VIOLATIONS = 20
_UNROUTED = {404: "There is no such path.", 405: "There is no such method of this path."}


class Entry:
    """One request, written down while it is answered: what is costly to tell is worked out when someone asks."""

    number = 0
    operation_id: str | None = None
    query: dict[str, Any] | None = None
    """As the operation read it, defaults included; None where it did not get that far."""
    body: bytes | None = None
    body_bytes = 0
    verdict: Verdict = "unrouted"
    refusal: Refusal | None = None
    expectation: int | None = None
    """The number of the expectation that it met."""
    status: int | None = None
    ended: str | None = None

    def __init__(self, scope: Scope) -> None:
        self.started = time()
        self.took = -perf_counter()
        """Seconds until the last byte; negative while it is not out yet."""
        self.method: str = scope["method"]
        self.path: str = scope["path"][:_LONGEST_URL]
        self.raw_query: bytes = scope["query_string"][:_LONGEST_URL]
        self.path_params: dict[str, str] = {}

    def received(self, raw: bytes) -> None:
        """Keep a body, unless it is too long to be kept many times."""
        self.body_bytes = len(raw)
        self.body = raw if len(raw) <= _LONGEST_BODY else None

    def refused(self, refusal: Refusal) -> None:
        """Keep why it was not done; a `valid` request may still be refused by what there is, with 404 or 409."""
        # Without what it came from: frames and unreadable bodies would be kept as long as this entry.
        refusal.__cause__ = refusal.__context__ = None
        self.refusal = refusal.with_traceback(None)
        if refusal.status == 401:
            self.verdict = "unauthorized"

    def over(self, ended: str | None) -> None:
        """Stop the clock; `ended` says how, where it was not as it should be."""
        self.took += perf_counter()
        self.ended = ended or self.ended

    @property
    def content(self) -> Any:
        """The JSON of its body; None where there is none, or none that was kept."""
        try:
            return json.loads(self.body) if self.body else None
        except (ValueError, RecursionError):
            return None

    @property
    def why(self) -> list[str]:
        """Why it was refused, in a line for each reason; nothing where it was not."""
        if isinstance(self.refusal, Invalid):
            wrong = self.refusal.violations
            lines = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong[:_MOST_VIOLATIONS]]
            return lines + ([f"… and {len(wrong) - _MOST_VIOLATIONS} more"] if len(wrong) > _MOST_VIOLATIONS else [])
        if self.refusal is not None:
            return [str(self.refusal)]
        return [_UNROUTED[self.status]] if self.verdict == "unrouted" and self.status in _UNROUTED else []

    @property
    def shown(self) -> dict[str, Any]:
        """As JSON; `ms` is null while the answer is under way."""
        text = self.raw_query.decode("latin-1")
        return {
            "number": self.number,
            "at": datetime.fromtimestamp(self.started, UTC).isoformat(timespec="milliseconds"),
            "method": self.method,
            "path": self.path,
            "operationId": self.operation_id,
            "query": dict(parse_qsl(text, keep_blank_values=True)) if self.query is None else self.query,
            "body": self.content if self.body is None or self.content is not None else self.body.decode("latin-1"),
            "body_bytes": self.body_bytes,
            "verdict": self.verdict,
            "why": self.why,
            "expectation": self.expectation,
            "status": self.status,
            "ms": None if self.took < 0 else round(self.took * 1000, 2),
            "ended": self.ended,
        }


class Journal:
    """The last requests of one session, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=SIZE)
        self._count = 0

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    @property
    def count(self) -> int:
        """How many requests there have been since it was cleared."""
        return self._count

    @property
    def complete(self) -> bool:
        """Whether it holds every request since it was cleared."""
        return self._count == len(self._entries)

    def add(self, entry: Entry) -> None:
        """Write down a request that has come in."""
        self._count += 1
        entry.number = self._count
        self._entries.append(entry)

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._count = 0
