"""The report that a person reads, in colour on a terminal and plain anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from letta_contract.contract_tests.case import OUR_FAULT, Result, Row
from letta_contract.contract_tests.report import Report, command_of
from letta_contract.contract_tests.verdict import ExitCode, Verdict
from letta_contract.spec import Level
from rich.console import Console
from rich.text import Text

MARKS = {
    Verdict.PASS: ("✔", "green"),
    Verdict.FAIL: ("✘", "bold red"),
    Verdict.ERROR: ("!", "bold magenta"),
    Verdict.FLAKY: ("~", "bold yellow"),
    Verdict.KNOWN: ("k", "cyan"),
    Verdict.FOLDED: ("↑", "cyan"),
    Verdict.UNSUPPORTED: ("–", "yellow"),
    Verdict.SKIP: ("·", "bright_black"),
}
_SENTENCE = {ExitCode.CONFORMS: "bold green", ExitCode.VIOLATED: "bold red"}
_LABEL = 12
_CAUSES = 3  # failures of one case that are shown in full
_LONGEST = 2000  # characters of a command; a longer one is for files
_NAMES = 4  # values of one failure that are named


def print_report(report: Report, console: Console, *, written: str = "") -> None:
    """Print the whole report; `written` says where the files of it are."""
    for line in _lines(report, written):
        console.print(line, soft_wrap=True, highlight=False)


def _lines(report: Report, written: str) -> Iterator[Text]:
    yield Text.assemble(("Target", "bold"), f"    {report.target}   Contract {report.contract}   Agent {report.agent}")
    yield Text()
    width = max((len(operation) for operation in report.operations), default=0)
    for operation, results in report.operations.items():
        line = Text(operation.ljust(width + 2))
        for result in results:
            line.append(*MARKS[result.verdict])
        yield line
    for result in report.failed():
        if result.case.id in report.alike:
            yield Text()
            yield from _failure(report, result)
    yield Text()
    yield _summary(report)
    if report.patience:
        yield Text(f"Meanwhile {report.patience}.", style="yellow")
    yield from _baseline(report)
    if report.left:
        yield Text(f"Left behind: {', '.join(report.left)}. Delete them by hand.", style="bold magenta")
    if written:
        yield Text(f"Report  {written}      Seed {report.seed}")
    yield Text(report.sentence, style=_SENTENCE.get(report.exit_code, "bold magenta"))


def _failure(report: Report, result: Result) -> Iterator[Text]:
    mark, style = MARKS[result.verdict]
    case = result.case
    yield Text.assemble((f"{mark} {case.id}", style), "  ", (case.level.upper(), "bold"))
    yield _field("Requirement", f"{case.requirement} ({case.rule})" if case.rule else case.requirement)
    if any(row.name == OUR_FAULT for row in result.rows):
        yield _field("Our fault", f"{result.reason}. Please report it, with the command that you ran.")
    elif any(row.verdict is Verdict.ERROR for row in result.rows):
        yield _field("Not judged", f"{result.reason}.")
    causes = result.by_cause(Verdict.FAIL, Verdict.FLAKY)
    for rows in causes[:_CAUSES]:
        yield from _cause(rows)
    more = len(causes) - _CAUSES
    if more > 0:
        yield _field("And", f"{more} more {'cause' if more == 1 else 'causes'}: see the report's files")
    for label, (id_, names) in zip(["Also in", *[""] * len(report.results)], report.also(case), strict=False):
        yield _field(label, f"{id_}: {_names(names)}")
    if report.alike[case.id]:
        yield _field("Likewise", _names([id_.partition("/")[0] for id_ in report.alike[case.id]]))
    yield _field("Explain", f"{command_of(case)}     {report.sources[case.operation]}")


def _cause(rows: list[Row]) -> Iterator[Text]:
    row = rows[0]
    yield _field("Tried", _names([row.name for row in rows]))
    yield _field("Expected", f"{row.expected} ({row.rule})" if row.rule else row.expected)
    yield _field("Actual", row.actual)
    if row.verdict is Verdict.FLAKY:
        yield _field("Flaky", row.reason)
    for label, exchange in zip(["Reproduce", *[""] * len(row.exchanges)], row.exchanges, strict=False):
        command = exchange.curl()
        if len(command) > _LONGEST:
            command = f"curl with {len(command)} characters: see the report's files"
        yield _field(label, command)


def _names(names: list[str]) -> str:
    return ", ".join(names[:_NAMES]) + (f" and {len(names) - _NAMES} more" if len(names) > _NAMES else "")


def _baseline(report: Report) -> Iterator[Text]:
    """What became of the baseline's entries, where it is news."""
    for entry in report.expired:
        yield Text(f"Expired on {entry.expires}: {entry.case} {entry.what} ({entry.owner})", style="bold yellow")
    for entry in report.fixed:
        yield Text(f"Fixed: {entry.case} {entry.what}. Take it out of the baseline, or pass --update-baseline.")


def _summary(report: Report) -> Text:
    levels = []
    for level in get_args(Level):
        counts = [(report.count(verdict, level), word) for verdict, word in _WORDS]
        total = sum(count for count, _ in counts)
        if total:
            levels.append(
                f"{total} {level.upper()}: {' · '.join(f'{count} {word}' for count, word in counts if count)}"
            )
    worst = [max(result.verdict for result in results) for results in report.operations.values()]
    conform = f"{sum(verdict <= Verdict.FLAKY for verdict in worst)} of {len(worst)} operations conform"
    return Text("      ".join([*levels, conform, f"{report.requests} requests in {report.seconds:.1f} s"]))


_WORDS = (
    (Verdict.PASS, "passed"),
    (Verdict.FAIL, "failed"),
    (Verdict.ERROR, "went wrong"),
    (Verdict.FLAKY, "flaky"),
    (Verdict.KNOWN, "known"),
    (Verdict.FOLDED, "told by another case"),
    (Verdict.UNSUPPORTED, "unsupported"),
    (Verdict.SKIP, "skipped"),
)


def _field(label: str, value: str) -> Text:
    return Text.assemble("    ", (label.ljust(_LABEL), "bold"), " ", value)
