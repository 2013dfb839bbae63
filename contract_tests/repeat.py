"""Whether a failure happens again, before anyone is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .case import Result, Row
from .fingerprint import cause
from .verdict import Verdict

REPEATS = 2
_ALWAYS = ("STATE-48", "SSE-2")  # the server's own error, and a stream that breaks off, whatever came after


def confirmed(result: Result, again: Callable[[int], Result], proven: set[tuple[str, str]]) -> Result:
    """The result with each failure FLAKY whose rule none of two repeats broke; one repeat that breaks it is enough.

    What of the rule was broken need not be the same: which page loses an item may hang on the ids that a server draws.
    `again` runs the case anew, from fresh data, told which repeat it is. A server's own error, a hang and a broken
    answer count even if they happened only once. So does what is `proven`, by rule and cause: an earlier case met the
    same deviation twice. What is met twice here is added to it.
    """
    unseen = [row for row in result.rows if _repeatable(row) and _about(row) not in proven]
    met = {_about(row) for row in unseen}
    for attempt in range(1, REPEATS + 1):
        if not unseen:
            break
        rows = again(attempt).rows
        if any(row.verdict is Verdict.ERROR for row in rows):
            return result  # what could not be tried again is not refuted
        failed = [row for row in rows if row.verdict is Verdict.FAIL]
        proven |= met & {_about(row) for row in failed}
        broken = {row.rule for row in failed}
        unseen = [row for row in unseen if row.rule not in broken]
    return replace(result, rows=tuple(_flaky(row) if row in unseen else row for row in result.rows))


def _about(row: Row) -> tuple[str, str]:
    return row.rule, cause(row)


def _repeatable(row: Row) -> bool:
    if row.verdict is not Verdict.FAIL or row.rule in _ALWAYS:
        return False
    return all(exchange.reply is not None and exchange.reply.status < 500 for exchange in row.exchanges[-1:])


def _flaky(row: Row) -> Row:
    return replace(row, verdict=Verdict.FLAKY, reason=f"it did not happen again in {REPEATS} repeats")
