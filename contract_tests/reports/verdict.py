"""`verdict.md`: what a server does and does not do, as a page to publish: each deviation once, with its evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from letta_contract.contract_tests.case import Case, Row
from letta_contract.contract_tests.exchange import Exchange, Reply
from letta_contract.contract_tests.fingerprint import cause
from letta_contract.contract_tests.problem import short
from letta_contract.contract_tests.reply import EVENT_STREAM
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.verdict import Verdict
from letta_contract.spec.rules import rules

from .results_json import text

_CELL = str.maketrans({"|": "\\|", "\n": " ", "\r": " ", "<": "&lt;"})
_BROKEN = (Verdict.FAIL, Verdict.KNOWN)
_TELLING = ("content-type", "allow")  # headers that evidence may hang on
_LONGEST = 2000  # characters of a reply that are shown
_EVENTS = 2  # of a stream, at either end


@dataclass
class _Deviation:
    """What is behind some failures: `title` says it in a sentence, `terms` who has accepted it until when."""

    title: str
    terms: str
    found: dict[str, list[tuple[Case, Row]]] = field(default_factory=dict)
    """The failures of each run."""

    @property
    def cases(self) -> dict[str, list[str]]:
        """The cases that found it, each with the runs in which it did."""
        runs: dict[str, dict[str, None]] = {}
        for run, failures in self.found.items():
            for case, _ in failures:
                runs.setdefault(case.id, {})[run] = None
        return {id_: list(found) for id_, found in runs.items()}

    @property
    def evidence(self) -> tuple[Case, Row]:
        """The failure that is told in the fewest words."""
        failures = [failure for found in self.found.values() for failure in found]
        return min(failures, key=lambda failure: sum(len(exchange.curl()) for exchange in failure[1].exchanges))


def render(report: Report) -> str:
    """The report of one run as a page of Markdown."""
    return page({"this run": report}, report.target)


def page(reports: Mapping[str, Report], title: str) -> str:
    """One page of several runs of one server, by what tells them apart (such as whether there was a token)."""
    return "\n".join(_lines(reports, title)) + "\n"


def _lines(reports: Mapping[str, Report], title: str) -> Iterator[str]:
    first = next(iter(reports.values()))
    deviations = _deviations(reports)
    yield f"# {title}"
    yield ""
    yield f"Judged by letta-contract {first.tool} against version {first.contract} of the contract."
    yield ""
    yield from _runs(reports, deviations)
    yield from ["", "## Operations", ""]
    yield from _operations(reports, deviations)
    yield from ["", "## Deviations", ""]
    yield from _told(reports, deviations)
    yield from _others(reports)


def _runs(reports: Mapping[str, Report], deviations: list[_Deviation]) -> Iterator[str]:
    yield "| run | day | seed | requests | cases passed | deviations | cases that failed for them |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for run, report in reports.items():
        broken = sum(report.verdicts[verdict] for verdict in _BROKEN)
        judged = sum(count for verdict, count in report.verdicts.items() if verdict is not Verdict.SKIP)
        mine = sum(run in deviation.found for deviation in deviations)
        day = report.started.date().isoformat()
        passed = f"{report.verdicts[Verdict.PASS]} of {judged}"
        yield f"| {run} | {day} | {report.seed} | {report.requests} | {passed} | {mine} | {broken} |"


def _operations(reports: Mapping[str, Report], deviations: list[_Deviation]) -> Iterator[str]:
    yield f"| operation | {' | '.join(reports)} | deviations |"
    yield f"| --- |{' --- |' * len(reports)} --- |"
    for operation in dict.fromkeys(name for report in reports.values() for name in report.operations):
        cells = [_passed(report, operation) for report in reports.values()]
        numbers = [
            f"[{number}](#d{number})"
            for number, deviation in enumerate(deviations, 1)
            if any(id_.startswith(f"{operation}/") for id_ in deviation.cases)
        ]
        yield f"| {operation} | {' | '.join(cells)} | {', '.join(numbers)} |"


def _passed(report: Report, operation: str) -> str:
    verdicts = [result.verdict for result in report.operations.get(operation, ())]
    judged = [verdict for verdict in verdicts if verdict not in (Verdict.SKIP, Verdict.UNSUPPORTED)]
    passed = judged.count(Verdict.PASS)
    if not judged:
        return "not judged"
    return f"conforms ({passed})" if passed == len(judged) else f"{passed} of {len(judged)}"


def _told(reports: Mapping[str, Report], deviations: list[_Deviation]) -> Iterator[str]:
    if not deviations:
        yield "None was found."
    for number, deviation in enumerate(deviations, 1):
        case, row = deviation.evidence
        rule = row.rule or case.rule
        yield from (f'### <a id="d{number}"></a>{number}. {_inline(deviation.title)}', "")
        yield f"- Required: {_inline(rules().get(rule, case.requirement))} ({rule or case.id})"
        yield f"- Expected: {_inline(row.expected)}"
        yield f"- Actual: {_inline(row.actual)}"
        places = [_place(id_, runs, reports) for id_, runs in deviation.cases.items()]
        yield f"- Found by: {', '.join(places)}"
        if deviation.terms:
            yield f"- Known: {deviation.terms}"
        yield ""
        for exchange in row.exchanges:
            yield from _evidence(exchange)


def _place(case: str, runs: list[str], reports: Mapping[str, Report]) -> str:
    return f"`{case}`" if len(runs) == len(reports) else f"`{case}` ({', '.join(runs)})"


def _evidence(exchange: Exchange) -> Iterator[str]:
    yield from _fenced("bash", exchange.curl())
    reply = exchange.reply
    if reply is None:
        yield from _fenced("text", exchange.fault.what if exchange.fault else "no answer")
        return
    head = [f"{reply.status}", *(f"{name}: {value}" for name, value in reply.headers if name in _TELLING)]
    yield from _fenced("http", "\n".join([*head, "", _body(reply)]).rstrip())


def _body(reply: Reply) -> str:
    """A body, no longer than a page bears; a stream of many events is told by its beginning and its end."""
    shown = text(reply.content)
    events = shown.strip().split("\n\n")
    if reply.media_type == EVENT_STREAM and len(events) > 2 * _EVENTS:
        shown = "\n\n".join([*events[:_EVENTS], "…", *events[-_EVENTS:]])
    return short(shown, _LONGEST)


def _others(reports: Mapping[str, Report]) -> Iterator[str]:
    """What is neither right nor wrong: what a server need not have, and what could not be judged."""
    unsupported: dict[str, str] = {}
    unjudged: dict[str, dict[str, str]] = {}
    for run, report in reports.items():
        for result in report.results:
            verdict = result.verdict
            if verdict is Verdict.UNSUPPORTED:
                unsupported[result.case.id] = result.reason or result.case.requirement
            elif verdict not in (Verdict.PASS, Verdict.FOLDED, *_BROKEN):
                reason = result.reason or next((_why(row) for row in result.rows if row.verdict is verdict), "")
                unjudged.setdefault(result.case.id, {})[run] = f"{verdict.word}: {reason}"
    yield from ["## Unsupported, as it may be", ""]
    yield from (f"- `{id_}`: {_inline(why)}" for id_, why in unsupported.items())
    yield from ["", "## Not judged", "", f"| case | {' | '.join(reports)} |", f"| --- |{' --- |' * len(reports)}"]
    for id_, why in unjudged.items():
        yield f"| `{id_}` | {' | '.join(_inline(why.get(run, 'judged')) for run in reports)} |"


def _why(row: Row) -> str:
    return row.reason or f"{row.name} {row.actual}".strip()


def _deviations(reports: Mapping[str, Report]) -> list[_Deviation]:
    """The failures of all runs by what is behind them: the baseline's reason, and without one, the cause."""
    found: dict[tuple[str, str], _Deviation] = {}
    for run, report in reports.items():
        for result in report.results:
            if result.verdict not in _BROKEN:
                continue
            for row in result.rows:
                if row.verdict in _BROKEN:
                    _of(found, result.case, row).found.setdefault(run, []).append((result.case, row))
    return list(found.values())


def _of(found: dict[tuple[str, str], _Deviation], case: Case, row: Row) -> _Deviation:
    if row.verdict is Verdict.KNOWN:
        reason, _, terms = row.reason.rpartition(" (")
        return found.setdefault((row.reason, ""), _Deviation(reason, terms.rstrip(")")))
    return found.setdefault((row.rule, cause(row)), _Deviation(case.requirement, ""))


def _inline(text: str) -> str:
    return short(text, 400).translate(_CELL)


def _fenced(language: str, content: str) -> Iterator[str]:
    """A block whose fence is longer than any that a server could have put into it."""
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", content)), default=0))
    yield from (f"{ticks}{language}", content, ticks, "")
