"""Rounds of generated requests and sequences, each from the next seed, until the time is up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from .bench import Bench
from .case import Case, Result, Row
from .cases import generated, linked
from .runner import run
from .verdict import Verdict


def hunt(bench: Bench, seconds: float, starting: Callable[[Case], None] = lambda _: None) -> Iterator[Result]:
    """One result for every case of the generating modules, with what all rounds found; at least one round is whole.

    Failures with one cause are kept once: the first, with the smallest request that showed it. An interruption ends
    the hunt; that there was one, the run knows.
    """
    deadline = time.monotonic() + seconds
    operations = bench.contract.operations.values()
    cases = [case for module in (generated, linked) for case in module.cases(operations)]
    merged: dict[str, Result] = {}
    with suppress(KeyboardInterrupt):  # whoever has seen enough wants to know what was found
        while True:
            for result in run(cases, bench, stateless=bench.stateless, starting=starting):
                merged[result.case.id] = _merge(merged.get(result.case.id), result)
                if time.monotonic() > deadline and len(merged) == len(cases):
                    break
            gone = any(row.name == "the last request" for result in merged.values() for row in result.rows)
            if time.monotonic() > deadline or gone:
                break
            bench.reseed(bench.seed + 1)
    yield from merged.values()


def _merge(known: Result | None, new: Result) -> Result:
    rows = [*(known.rows if known else ()), *new.rows]
    kept: dict[tuple[str, ...], Row] = {}
    for row in rows:
        key = (
            (row.verdict.word, row.rule, row.cause or row.expected)
            if row.verdict is Verdict.FAIL
            else (row.verdict.word,)
        )
        if key not in kept or _size(row) < _size(kept[key]):
            kept[key] = row
    return replace(new, rows=tuple(kept.values()), seconds=new.seconds + (known.seconds if known else 0.0))


def _size(row: Row) -> int:
    return sum(len(e.request.target) + len(e.request.body or b"") for e in row.exchanges)
