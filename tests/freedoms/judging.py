"""The gate on a mock that takes freedoms: what it finds wrong, which is a false alarm."""

from __future__ import annotations

from collections.abc import Sequence

from letta_contract.contract_tests.case import Result
from letta_contract.contract_tests.fold import DRAWN
from letta_contract.contract_tests.runner import run
from letta_contract.contract_tests.target import Target
from letta_contract.contract_tests.verdict import Verdict

from tests.mutants.mock import Mock
from tests.mutants.serving import bench, every, serving

from .freedom import Freedom

_RIGHT = (Verdict.PASS, Verdict.SKIP, Verdict.UNSUPPORTED)


def taking(freedoms: Sequence[Freedom]) -> Mock:
    """A new mock that takes these freedoms, each in front of those before it."""
    mock = Mock(_token(freedoms))
    for one in freedoms:
        one.take(mock)
    return mock


def _token(freedoms: Sequence[Freedom]) -> str | None:
    return next((one.token for one in freedoms if one.token), None)


def alarms(freedoms: Sequence[Freedom], *, drawn: bool = True) -> dict[str, str]:
    """The cases that take what is free for a violation, and what each demands; those that draw requests, too, or not."""
    mock = taking(freedoms)
    cases = [case for case in every() if drawn or case.slug not in DRAWN]
    with serving(mock.app) as url, Target(url, token=_token(freedoms)) as target:
        return {
            result.case.id: told(result)
            for result in run(cases, bench(target), repeats=True)
            if result.verdict not in _RIGHT
        }


def told(result: Result) -> str:
    """What a case that finds something wrong demands, and of which request."""
    rows = [row for row in result.rows if row.verdict not in _RIGHT]
    return f"{result.verdict.name} " + "; ".join(
        f"{row.name} [{row.rule}]: {row.expected}, not {row.actual} <- {[e.curl() for e in row.exchanges[-1:]]}"
        for row in rows[:3]
    )
