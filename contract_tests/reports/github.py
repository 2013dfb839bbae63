"""Annotations: the lines on standard output that GitHub shows beside the code; and its page of the job."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from letta_contract.contract_tests.errors import UsageError
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.verdict import Verdict

from . import summary

_PAGE = "GITHUB_STEP_SUMMARY"  # GitHub's own name of the file that it shows
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def lines(report: Report) -> Iterator[str]:
    """An `::error` for every case that failed or went wrong, a `::warning` for every flaky one, then the verdict."""
    for result in report.failed():
        verdict = result.verdict
        command = "warning" if verdict is Verdict.FLAKY and not report.fail_flaky else "error"
        file, _, line = report.sources[result.case.operation].rpartition(":")
        text = result.case.requirement
        if result.reason:
            text += f"\n{result.reason}"
        for rows in result.by_cause(Verdict.FAIL, Verdict.FLAKY):
            text += f"\nexpected: {rows[0].expected}\nactual: {rows[0].actual}"
            text += "".join(f"\n{exchange.curl()}" for exchange in rows[0].exchanges[-1:])
        title = result.case.id.translate(_PROPERTY)
        yield f"::{command} file={file.translate(_PROPERTY)},line={line},title={title}::{text.translate(_DATA)}"
    counts = " · ".join(f"{report.verdicts[v]} {v.word}" for v in Verdict if report.verdicts[v])
    yield f"{report.sentence}: {counts}"


def append_summary(report: Report) -> None:
    """Add the summary to the page of the job, where GitHub keeps one. Raises UsageError where it cannot be written."""
    page = os.environ.get(_PAGE)
    if page:
        try:
            with Path(page).open("a", encoding="utf-8") as file:
                file.write(summary.render(report))
        except OSError as error:
            raise UsageError(f"{page} cannot be written: {error.strerror}. Check or unset {_PAGE}.") from error
