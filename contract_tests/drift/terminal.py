"""The comparison as a person reads it, in colour on a terminal and plain anywhere else."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from .difference import Difference, Severity
from .report import Report

MARKS = {
    Severity.BREAKING: ("✘", "bold red"),
    Severity.NOTABLE: ("~", "bold yellow"),
    Severity.INFO: ("·", "bright_black"),
}
_LABEL = 12
_TEXT = 40  # characters of a quote, beyond which its place stands on a line of its own


def lines(report: Report) -> Iterator[Text]:
    """The whole report."""
    drift = report.drift
    yield Text.assemble(("Target", "bold"), f"    {drift.target}   {drift.described}   Contract {drift.contract}")
    for one in report.judged:
        if not one.reason:
            yield Text()
            yield from _difference(one.difference, drift.operations)
    yield Text()
    yield Text(summary(report))
    for entry in report.expired:
        yield Text(f"Expired on {entry.expires}: {entry.what} ({entry.owner})", style="bold yellow")
    for entry in report.mended:
        yield Text(f"Mended: {entry.what}. Take it out of the baseline, or pass --update-baseline.")
    yield Text(report.sentence, style="bold red" if report.counting else "bold green")


def summary(report: Report) -> str:
    """How many differences of each severity there are, and how many are known."""
    counts = [f"{report.count(severity)} {severity.word}" for severity in sorted(Severity, reverse=True)]
    return " · ".join([*counts, *([f"{report.known} known"] if report.known else [])])


def heading(one: Difference) -> str:
    """Severity, side and direction of a difference in a few words."""
    what = f"{one.severity.word}, {one.side} {one.direction}"
    return f"{what} ({one.rule})" if one.rule else what


def operations(one: Difference, count: int) -> str:
    """Where a difference shows; `count` is how many operations were compared."""
    return f"all {count} operations" if len(one.operations) == count else ", ".join(one.operations)


def _difference(one: Difference, count: int) -> Iterator[Text]:
    mark, style = MARKS[one.severity]
    yield Text.assemble((f"{mark} {one.id}", style), f"  {heading(one)}")
    for label, quote in (("Contract", one.contract), ("Target", one.target)):
        if len(quote.text) <= _TEXT:
            yield _field(label, f"{quote.text.ljust(_TEXT)}  {quote.place}")
        else:
            yield _field(label, quote.text)
            yield _field("", quote.place)
    if one.operations != (one.subject,):
        yield _field("In", operations(one, count))


def _field(label: str, value: str) -> Text:
    return Text.assemble("    ", (label.ljust(_LABEL), "bold"), " ", value)
