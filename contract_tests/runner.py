"""Runs the selected cases, one after the other, and never lets one of them end the run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from .baseline import NO_BASELINE, Baseline
from .bench import FOREIGN, Bench, BrokenFixture, Refused, Trespass, failed
from .case import OUR_FAULT, Case, Need, Result, Row
from .fold import Fold
from .halt import Limited, TargetGone
from .problem import Problem
from .repeat import confirmed
from .verdict import Verdict

_GONE = "the server is gone"
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

    A SHOULD that failed does so with `strict` only.

    What a drawn request finds is folded into the case that has named it. With `repeats`, any other failure that
    `baseline` does not know must happen again to count.
    A server that dies fails the case whose request it answered last; what comes after is skipped.
    """
    previous: Result | None = None
    fold = Fold()
    for index, case in enumerate(cases):
        starting(case)
        answered = bench.answered
        try:
            result = baseline.applied(fold.folded(_judged(case, bench, stateless=stateless, no_llm=no_llm)))
            if repeats:
                result = confirmed(result, partial(_again, case, bench, stateless=stateless, no_llm=no_llm))
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
        if first_failure and result.verdict is Verdict.FAIL and (strict or case.level == "must"):
            break
    if previous is not None:
        yield previous if _alive(bench) else _killer(previous, bench)


def _judged(case: Case, bench: Bench, *, stateless: bool, no_llm: bool) -> Result:
    """A case's result. Raises TargetGone where the server is."""
    lacking = _lacking(case.needs, bench, stateless=stateless, no_llm=no_llm)
    if lacking:
        return _skipped(case, lacking)
    started = time.perf_counter()
    bench.trail.clear()
    rows: list[Row] = []
    reason = ""
    try:
        for row in case.run(bench):
            rows.append(row)  # noqa: PERF402  # what came before an exception is kept
    except TargetGone:
        raise
    except Trespass as trespass:
        reason = str(trespass)
        rows.append(Row("what is not ours", Verdict.SKIP, actual=reason))
    except Limited as limited:
        reason = str(limited)
        rows.append(Row("the rate limit", Verdict.ERROR, actual=reason))
    except Refused as refused:
        rows.append(Row("what the case names", Verdict.UNSUPPORTED, actual=str(refused)))
    except BrokenFixture as broken:
        rows += failed("what the case needs", [broken.problem], *bench.trail[-4:])
    except Exception as error:  # noqa: BLE001  # our own fault is a verdict, not the end of the run
        reason = f"{type(error).__name__}: {error}"
        rows.append(Row(OUR_FAULT, Verdict.ERROR, actual=reason))
    bench.clear()
    return Result(case, tuple(rows), time.perf_counter() - started, reason)


def _again(case: Case, bench: Bench, attempt: int, *, stateless: bool, no_llm: bool) -> Result:
    """A case's result on data that no earlier attempt has touched. Raises TargetGone where the server is."""
    bench.attempt = attempt
    try:
        return _judged(case, bench, stateless=stateless, no_llm=no_llm)
    finally:
        bench.attempt = 0


def _alive(bench: Bench) -> bool:
    try:
        bench.call("list_conversations", query={"limit": 1})
    except TargetGone:
        return False
    except Limited:
        pass  # it answers
    return True


def _lacking(needs: Need, bench: Bench, *, stateless: bool, no_llm: bool) -> str:
    if Need.MODEL in needs and no_llm:
        return "--no-llm"
    if Need.STATE in needs and stateless:
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
