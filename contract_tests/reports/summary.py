"""`summary.md`: the verdict in a screen of Markdown, for the page of a CI job."""

from __future__ import annotations

from collections.abc import Iterator

from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.verdict import Verdict

_FENCE = str.maketrans({"|": "\\|", "\n": " ", "\r": " ", "<": "&lt;", "`": "'"})
_MOST = 50  # failures that are listed


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
    told = report.failed()
    if told:
        yield ""
        yield "| | case | expected | actual |"
        yield "| --- | --- | --- | --- |"
        for result in told[:_MOST]:
            verdict = report.verdict(result)
            row = next((row for row in result.rows if row.verdict is result.verdict), None)
            expected, actual = (row.expected, row.actual) if row else ("", result.reason)
            yield f"| {verdict.word} | `{result.case.id}` | {_cell(expected)} | {_cell(actual)} |"
        if len(told) > _MOST:
            yield f"| | and {len(told) - _MOST} more | | |"
    if report.fixed or report.expired:
        yield ""
        yield from (f"- fixed: `{entry.case}` {_cell(entry.what)}" for entry in report.fixed)
        yield from (f"- expired on {entry.expires}: `{entry.case}` {_cell(entry.what)}" for entry in report.expired)


def _cell(text: str, length: int = 160) -> str:
    return (text if len(text) <= length else text[: length - 1] + "…").translate(_FENCE)
