"""Runs the selected cases, one after the other, and never lets one of them end the run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from .baseline import NO_BASELINE, Baseline
from .belongings import FOREIGN, Trespass
from .bench import Bench, BrokenFixture, Refused, failed
from .case import OUR_FAULT, Case, Need, Result, Row
from .fold import Fold
from .halt import Limited, TargetGone
from .problem import Problem
from .repeat import confirmed
from .verdict import Verdict

_GONE = "the server is gone"
_FOREIGN = "what is not ours"
_LIMIT = "the rate limit"
_UNKNOWN = 422  # to a field or a value that the server does not know
_DIED = Problem("STATE-48", "a server that goes on answering", "after this request it took no connection any more")


def run(
    cases: Sequence[Case],
    bench: Bench,
    *,
    stateless: bool = False,
    no_llm: bool = False,
    first_failure: bool = False,
    strict: bool = False,
    repeats: bool = False,
    baseline: Baseline = NO_BASELINE,
    starting: Callable[[Case], None] = lambda _: None,
) -> Iterator[Result]:
    """The result of every case, in order, as it comes; `first_failure` ends the run after the first that failed.

    A SHOULD that a server lacks is a failure with `strict` only (LEVEL-12, LEVEL-13).

    What a drawn request finds is folded into the case that has named it. With `repeats`, any other failure that
    `baseline` does not know must happen again to count.
    A server that dies fails the case whose request it answered last; what comes after is skipped.
    """
    terms = _Terms(stateless, no_llm, strict)
    previous: Result | None = None
    fold = Fold()
    proven: set[tuple[str, str]] = set()
    for index, case in enumerate(cases):
        starting(case)
        answered = bench.answered
        try:
            result = baseline.applied(fold.folded(_judged(case, bench, terms)))
            bench.clear(spare=max((later.crowd for later in cases[index + 1 :]), default=0))
            if repeats:
                result = confirmed(result, partial(_again, case, bench, terms), proven)
        except TargetGone:
            if bench.answered == answered and previous is not None:
                yield _killer(previous, bench)
                yield from (_skipped(other, _GONE) for other in cases[index:])
            else:
                if previous is not None:
                    yield previous
                yield _killer(_skipped(case, ""), bench)
                yield from (_skipped(other, _GONE) for other in cases[index + 1 :])
            return
        if previous is not None:
            yield previous
        previous = fold.named(result)
        if first_failure and result.verdict is Verdict.FAIL:
            break
    if previous is not None:
        yield previous if _alive(bench) else _killer(previous, bench)


@dataclass(frozen=True)
class _Terms:
    """What of a case is judged, and how."""

    stateless: bool
    no_llm: bool
    strict: bool


def _judged(case: Case, bench: Bench, terms: _Terms) -> Result:
    """A case's result. Raises TargetGone where the server is."""
    lacking = _lacking(case.needs, bench, terms)
    if lacking:
        return _skipped(case, lacking)
    started = time.perf_counter()
    bench.trail.clear()
    rows = list(_rows(case, bench))
    if terms.strict and case.level == "should":
        rows = [_lacked(case, row) if row.verdict is Verdict.UNSUPPORTED else row for row in rows]
    return Result(case, tuple(rows), time.perf_counter() - started, _reason(rows))


def _reason(rows: Sequence[Row]) -> str:
    """Why a case could not be judged, or a part of it; empty where it was."""
    told = next((row.actual for row in rows if row.name in (OUR_FAULT, _LIMIT, _FOREIGN)), "")
    if not told and rows and all(row.verdict is Verdict.SKIP for row in rows):
        told = ": ".join(filter(None, (rows[0].name, rows[0].actual)))
    lacking = dict.fromkeys(row.actual for row in rows if row.verdict is Verdict.UNSUPPORTED)
    return told or ", ".join(lacking)


def _rows(case: Case, bench: Bench) -> Iterator[Row]:
    """A case's rows, with one more where it could not go on. Raises TargetGone where the server is."""
    try:
        yield from case.run(bench)
    except TargetGone:
        raise
    except Trespass as trespass:
        yield Row(_FOREIGN, Verdict.SKIP, actual=str(trespass))
    except Limited as limited:
        yield Row(_LIMIT, Verdict.ERROR, actual=str(limited))
    except Refused as refused:
        yield Row("what the case names", Verdict.UNSUPPORTED, actual=str(refused))
    except BrokenFixture as broken:
        if case.level == "should" and broken.status == _UNKNOWN:
            yield Row("what the case asks for", Verdict.UNSUPPORTED, actual=f"it is {broken.status}")
        else:
            yield from failed("what the case needs", [broken.problem], *bench.trail[-4:])
    except Exception as error:  # noqa: BLE001  # our own fault is a verdict, not the end of the run
        yield Row(OUR_FAULT, Verdict.ERROR, actual=f"{type(error).__name__}: {error}")


def _lacked(case: Case, row: Row) -> Row:
    """What --strict makes of something that the server lacks."""
    return replace(row, verdict=Verdict.FAIL, expected=case.requirement, rule=case.rule)


def _again(case: Case, bench: Bench, terms: _Terms, attempt: int) -> Result:
    """A case's result on data that no earlier attempt has touched. Raises TargetGone where the server is."""
    bench.attempt = attempt
    try:
        result = _judged(case, bench, terms)
        bench.clear()
    finally:
        bench.attempt = 0
    return result


def _alive(bench: Bench) -> bool:
    try:
        bench.call("list_conversations", query={"limit": 1})
    except TargetGone:
        return False
    except Limited:
        pass  # it answers
    return True


def _lacking(needs: Need, bench: Bench, terms: _Terms) -> str:
    if Need.MODEL in needs and terms.no_llm:
        return "--no-llm"
    if Need.STATE in needs and terms.stateless:
        return "--stateless"
    if Need.TOKEN in needs and bench.target.token is None:
        return "no token is set: pass --token"
    if Need.AGENT_WRITES in needs and not bench.agent.writable:
        return FOREIGN.format(bench.agent.id)
    return ""


def _skipped(case: Case, reason: str) -> Result:
    return Result(case, (), reason=reason, without_rows=Verdict.SKIP)


def _killer(result: Result, bench: Bench) -> Result:
    exchanges = (bench.last,) if bench.last else ()
    return replace(result, rows=(*result.rows, *failed("the last request", [_DIED], *exchanges)))
