"""`summary.md`: the verdict in a screen of Markdown, for the page of a CI job."""

from __future__ import annotations

from collections.abc import Iterator

from letta_contract.contract_tests.case import Result
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.verdict import Verdict

_FENCE = str.maketrans({"|": "\\|", "\n": " ", "\r": " ", "<": "&lt;", "`": "'"})
_MOST = 50  # lines of failures


def render(report: Report) -> str:
    """The report as Markdown."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    counts = [f"{report.verdicts[v]} {v.word}" for v in sorted(Verdict, reverse=True) if report.verdicts[v]]
    yield f"## letta-contract: {report.sentence}"
    yield ""
    yield f"{_cell(report.target)}, contract {report.contract}: {' · '.join(counts)}."
    yield f"{report.requests} requests in {report.seconds:.1f} s, seed {report.seed}."
    if report.patience:
        yield f"Meanwhile {report.patience}."
    told = [line for result in report.failed() if result.case.id in report.alike for line in _failure(report, result)]
    if told:
        yield ""
        yield "| | case | expected | actual |"
        yield "| --- | --- | --- | --- |"
        yield from told[:_MOST]
        if len(told) > _MOST:
            yield f"| | and {len(told) - _MOST} more | | |"
    if report.fixed or report.expired:
        yield ""
        yield from (f"- fixed: `{entry.case}` {_cell(entry.what)}" for entry in report.fixed)
        yield from (f"- expired on {entry.expires}: `{entry.case}` {_cell(entry.what)}" for entry in report.expired)


def _failure(report: Report, result: Result) -> Iterator[str]:
    """A line for each cause, with how many values and operations had it."""
    others = len(report.alike[result.case.id])
    case = f"`{result.case.id}`" + (f" and {others} more operation{'s' * (others > 1)}" if others else "")
    for rows in result.by_cause(Verdict.FAIL, Verdict.FLAKY, Verdict.ERROR):
        times = f" × {len(rows)}" if len(rows) > 1 else ""
        row = rows[0]
        yield f"| {row.verdict.word} | {case}{times} | {_cell(row.expected)} | {_cell(row.actual)} |"


def _cell(text: str, length: int = 160) -> str:
    return (text if len(text) <= length else text[: length - 1] + "…").translate(_FENCE)
