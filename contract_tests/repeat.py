"""Whether a failure happens again, before anyone is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .case import Result, Row
from .fingerprint import fingerprint
from .verdict import Verdict

REPEATS = 2
_ALWAYS = ("STATE-48", "SSE-2")  # the server's own error, and a stream that breaks off, whatever came after


def confirmed(result: Result, again: Callable[[int], Result]) -> Result:
    """The result with each failure FLAKY that none of two repeats showed; one repeat that shows it is enough.

    `again` runs the case anew, from fresh data, told which repeat it is. A server's own error, a hang and a broken
    answer count even if they happened only once.
    """
    doubtful = {fingerprint(result.case, row) for row in result.rows if _repeatable(row)}
    unseen = set(doubtful)
    for attempt in range(1, REPEATS + 1):
        if not unseen:
            break
        rows = again(attempt).rows
        if any(row.verdict is Verdict.ERROR for row in rows):
            return result  # what could not be tried again is not refuted
        unseen -= {fingerprint(result.case, row) for row in rows if row.verdict is Verdict.FAIL}
    if not unseen:
        return result
    return replace(result, rows=tuple(_flaky(row) if _is(result, row, unseen) else row for row in result.rows))


def _repeatable(row: Row) -> bool:
    if row.verdict is not Verdict.FAIL or row.rule in _ALWAYS:
        return False
    return all(exchange.reply is not None and exchange.reply.status < 500 for exchange in row.exchanges[-1:])


def _is(result: Result, row: Row, fingerprints: set[str]) -> bool:
    return _repeatable(row) and fingerprint(result.case, row) in fingerprints


def _flaky(row: Row) -> Row:
    return replace(row, verdict=Verdict.FLAKY, reason=f"it did not happen again in {REPEATS} repeats")
