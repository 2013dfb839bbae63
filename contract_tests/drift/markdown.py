"""The comparison in Markdown, for the page of a CI job or a comment."""

from __future__ import annotations

from collections.abc import Iterator

from .report import Report
from .terminal import heading, operations, summary

_CELL = str.maketrans({"|": "\\|", "\n": " ", "\r": " ", "<": "&lt;", "`": "'"})


def render(report: Report) -> str:
    """The report as Markdown."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    drift = report.drift
    yield f"## letta-contract drift: {report.sentence}"
    yield ""
    yield f"{_cell(drift.target)} ({_cell(drift.described)}) beside contract {drift.contract}: {summary(report)}."
    new = [one.difference for one in report.judged if not one.reason]
    if new:
        yield ""
        yield "| | | contract | target | in |"
        yield "| --- | --- | --- | --- | --- |"
    for one in new:
        sides = (f"{_cell(quote.text)}<br>`{_cell(quote.place)}`" for quote in (one.contract, one.target))
        where = _cell(operations(one, drift.operations))
        yield f"| {heading(one)} | `{_cell(one.id)}` | {' | '.join(sides)} | {where} |"
    if report.mended or report.expired:
        yield ""
        yield from (f"- mended: {_cell(entry.what)}" for entry in report.mended)
        yield from (f"- expired on {entry.expires}: {_cell(entry.what)}" for entry in report.expired)


def _cell(text: str) -> str:
    return text.translate(_CELL)
