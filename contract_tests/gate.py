"""The gate: which cases a run has, and the run of them in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from .baseline import Baseline, read
from .case import Case
from .cases import every_case
from .contract import Contract
from .report import Report
from .runner import run
from .selection import select, shard
from .session import Session
from .settings import Settings


def chosen(settings: Settings, contract: Contract) -> list[Case]:
    """The cases that the settings select. Raises UsageError for names of none, and where none is left."""
    cases = every_case(contract.operations.values())
    return shard(select(cases, settings.cases, settings.skip), settings.shard)


def known(settings: Settings, contract: Contract) -> Baseline:
    """What the settings' baseline accepts; one that is to be written need not be there yet. Raises BaselineError."""
    if settings.baseline is None:
        return Baseline()
    file = Path(settings.baseline)
    if settings.update_baseline:
        return read(file) if file.exists() else Baseline()
    return read(file, cases={case.id for case in every_case(contract.operations.values())})


def judged(
    settings: Settings,
    contract: Contract,
    cases: Sequence[Case],
    baseline: Baseline,
    starting: Callable[[Case], None],
) -> Report:
    """The report of these cases. Raises what Session.run raises."""
    return Session(settings, contract, shared=settings.jobs > 1).run(
        "test",
        lambda bench: run(
            cases,
            bench,
            stateless=settings.stateless,
            no_llm=settings.no_llm,
            first_failure=settings.exitfirst,
            strict=settings.strict,
            repeats=True,
            baseline=baseline,
            starting=starting,
        ),
    )
