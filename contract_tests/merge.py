"""Joins the reports of shards into the report that one run would have made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Literal

from .case import Result
from .coverage import Covered, State
from .errors import UsageError
from .fold import Fold
from .latency import SLUG, judged, medians
from .report import Report
from .verdict import Verdict

_SAME = ("contract", "seed", "strict", "fail_flaky", "command")
_BEST: tuple[State, ...] = ("tried", "tried elsewhere", "not judged", "not tried", "none")


def merge(parts: Sequence[Report]) -> Report:
    """One report of several shards.

    Raises UsageError for parts of different runs, and where a shard is missing or there twice: what was not judged must
    not look as if it conformed.
    """
    if not parts:
        raise UsageError("There is nothing to merge. Name the folders that --out has filled.")
    for name in _SAME:
        values = dict.fromkeys(str(getattr(part, name)) for part in parts)
        if len(values) > 1:
            raise UsageError(f"These are parts of different runs: {name} is {' and '.join(values)}. Merge one run.")
    return joined(_ordered(parts))


def joined(ordered: Sequence[Report]) -> Report:
    """The parts of one run, in the order of their shards: every result, the worst verdict, the time of the longest."""
    first_bytes = _first_bytes(ordered)
    agents = list(dict.fromkeys(part.agent for part in ordered))
    return replace(
        ordered[0],
        agent=agents[0] if len(agents) == 1 else f"{agents[0]} and {len(agents) - 1} more",
        results=tuple(_results(ordered, medians(first_bytes))),
        started=min(part.started for part in ordered),
        seconds=max(part.seconds for part in ordered),
        requests=sum(part.requests for part in ordered),
        waits=sum(part.waits for part in ordered),
        waited=sum(part.waited for part in ordered),
        interrupted=any(part.interrupted for part in ordered),
        left=tuple(id_ for part in ordered for id_ in part.left),
        fixed=tuple(dict.fromkeys(entry for part in ordered for entry in part.fixed)),
        expired=tuple(dict.fromkeys(entry for part in ordered for entry in part.expired)),
        coverage=_coverage(ordered),
        first_bytes=first_bytes,
        shard="",
    )


def _ordered(parts: Sequence[Report]) -> list[Report]:
    """The parts in the order of their shards. Raises UsageError where they are not all of them, each once."""
    if not any(part.shard for part in parts):
        return list(parts)
    given = [part.shard or "a whole run" for part in parts]
    count = int(next(part.shard for part in parts if part.shard).partition("/")[2])
    wanted = [f"{number}/{count}" for number in range(1, count + 1)]
    missing = [shard for shard in wanted if shard not in given]
    if missing:
        raise UsageError(f"Shard {', '.join(missing)} is missing. Without its report there is no verdict.")
    extra = [shard for shard in given if given.count(shard) > 1 or shard not in wanted]
    if extra:
        raise UsageError(f"Shard {extra[0]} does not belong there. Merge each of {count} shards once.")
    return sorted(parts, key=lambda part: int(part.shard.partition("/")[0]))


def _first_bytes(parts: Iterable[Report]) -> dict[str, tuple[float, ...]]:
    found: dict[str, tuple[float, ...]] = {}
    for part in parts:
        for operation, seconds in part.first_bytes.items():
            found[operation] = found.get(operation, ()) + seconds
    return found


def _results(parts: Sequence[Report], medians: dict[str, float]) -> Iterator[Result]:
    """Every result in the order of an undivided run; a case that several parts judged has its worst verdict.

    What is told twice, and how slow it is, only the whole can tell.
    """
    fold = Fold()
    results = _every(parts)
    for result in results:
        if result.case.slug != SLUG:
            yield fold.named(fold.folded(result))
    limit = parts[0].max_response_time
    if limit is not None:
        known = {result.case.id: result.rows for result in results if result.verdict is Verdict.KNOWN}
        for result in judged(parts[0].sources, medians, limit):
            accepted = result.verdict is Verdict.FAIL and result.case.id in known
            yield replace(result, rows=known[result.case.id]) if accepted else result


def _every(parts: Iterable[Report]) -> list[Result]:
    found: dict[str, Result] = {}
    for row in zip_longest(*(part.results for part in parts)):
        for result in row:
            if result is not None:
                known = found.get(result.case.id)
                found[result.case.id] = result if known is None else max(known, result, key=lambda one: one.verdict)
    return list(found.values())


def _coverage(parts: Sequence[Report]) -> tuple[Covered, ...]:
    best: dict[tuple[str, ...], Covered] = {}
    for part in parts:
        for line in part.coverage:
            key = (line.operation, line.place, line.constraint, line.value)
            known = best.get(key, line)
            best[key] = replace(
                line, inside=_better(known.inside, line.inside), outside=_better(known.outside, line.outside)
            )
    return tuple(
        replace(line, inside=_elsewhere(line, "inside", best), outside=_elsewhere(line, "outside", best))
        for line in best.values()
    )


def _elsewhere(line: Covered, side: Literal["inside", "outside"], lines: dict[tuple[str, ...], Covered]) -> State:
    """The state of one side, now that all the parts are known."""
    state: State = getattr(line, side)
    same = (other for other in lines.values() if (other.place, other.constraint) == (line.place, line.constraint))
    return "tried elsewhere" if state == "not tried" and any(getattr(o, side) == "tried" for o in same) else state


def _better(one: State, other: State) -> State:
    return min(one, other, key=_BEST.index)
