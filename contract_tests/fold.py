"""What a drawn request found, where a case names it already: it is told there, and counts once."""

from __future__ import annotations

from dataclasses import replace

from .case import Result, Row
from .fingerprint import cause
from .verdict import Verdict

DRAWN = frozenset({"documented-examples", "generated-requests", "linked-sequences"})  # slugs of schemathesis' cases
_WORDED_ELSEWHERE = frozenset({"STATE-1", "STATE-19"})  # schemathesis has words of its own for these
_FOUND = (Verdict.FAIL, Verdict.KNOWN, Verdict.FLAKY)
_NAMES = (Verdict.FAIL, Verdict.KNOWN)  # a failure that may not count cannot stand for one that does


class Fold:
    """The failures of a run so far, by what they are about. The drawn cases come last in it."""

    def __init__(self) -> None:
        self._named: dict[tuple[str, str, str], str] = {}

    def folded(self, result: Result) -> Result:
        """The result of a drawn case with each failure FOLDED that a case of its operation named before."""
        if result.case.slug not in DRAWN:
            return result
        return replace(result, rows=tuple(self._row(result, row) for row in result.rows))

    def named(self, result: Result) -> Result:
        """The same result, its failures remembered."""
        for row in result.rows:
            if row.verdict in _NAMES:
                self._named.setdefault(_about(result, row), result.case.id)
        return result

    def _row(self, result: Result, row: Row) -> Row:
        name = self._named.get(_about(result, row)) if row.verdict in _FOUND else None
        return row if name is None else replace(row, verdict=Verdict.FOLDED, reason=f"see {name}")


def _about(result: Result, row: Row) -> tuple[str, str, str]:
    return result.case.operation, row.rule, "" if row.rule in _WORDED_ELSEWHERE else cause(row)
