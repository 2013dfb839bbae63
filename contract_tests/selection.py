"""Which cases a run is about."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from .case import Case
from .errors import UsageError


def select(cases: Iterable[Case], wanted: Sequence[str], unwanted: Sequence[str] = ()) -> list[Case]:
    """The cases that any of the `wanted` patterns names (all, where there is none), less the `unwanted`.

    A pattern is an operationId, `operationId/slug`, or a glob of either. Raises UsageError for one that names nothing,
    and where nothing is left.
    """
    cases = list(cases)
    for pattern in (*wanted, *unwanted):
        if not any(_named(case, pattern) for case in cases):
            near = difflib.get_close_matches(pattern, [*{c.operation: None for c in cases}, *(c.id for c in cases)], 3)
            hint = f" Did you mean {' or '.join(near)}?" if near else " See: letta-contract list"
            raise UsageError(f"No case is named {pattern!r}.{hint}")
    chosen = [
        case
        for case in cases
        if (not wanted or any(_named(case, pattern) for pattern in wanted))
        and not any(_named(case, pattern) for pattern in unwanted)
    ]
    if not chosen:
        raise UsageError("No case is left to run. Take out a --skip, or name fewer cases.")
    return chosen


def shard(cases: Sequence[Case], part: str | None) -> list[Case]:
    """Every N-th case for "I/N", from the I-th on; all of them for None. Raises UsageError for an empty part."""
    number, _, count = (part or "1/1").partition("/")
    chosen = list(cases[int(number) - 1 :: int(count)])
    if not chosen:
        raise UsageError(f"Shard {part} has no case: only {len(cases)} are selected. Make fewer shards.")
    return chosen


def _named(case: Case, pattern: str) -> bool:
    return fnmatchcase(case.id, pattern) or fnmatchcase(case.operation, pattern)
