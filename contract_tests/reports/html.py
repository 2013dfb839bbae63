"""`report.html`: the whole run for people, in one file that needs nothing else and no script."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

import jinja2
from letta_contract.contract_tests import event_stream
from letta_contract.contract_tests.case import Result, Row
from letta_contract.contract_tests.coverage import Covered
from letta_contract.contract_tests.exchange import Exchange
from letta_contract.contract_tests.reply import EVENT_STREAM
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.verdict import Verdict

from .results_json import text

MARKS = {
    Verdict.PASS: "✔",
    Verdict.FAIL: "✘",
    Verdict.ERROR: "!",
    Verdict.FLAKY: "~",
    Verdict.KNOWN: "k",
    Verdict.FOLDED: "↑",
    Verdict.UNSUPPORTED: "–",
    Verdict.SKIP: "·",
}
_NAMES = 6  # values of one failure that are named


@dataclass(frozen=True)
class Line:
    """One event of a stream: what its kind is, and its data."""

    kind: str
    data: str


def render(report: Report) -> str:
    """The report as a page."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("letta_contract.contract_tests.reports", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(body=body, events=events, names=names)
    verdicts = sorted(Verdict, reverse=True)
    page = environment.get_template("report.html.j2").render(
        report=report,
        verdicts=verdicts,
        marks=MARKS,
        told=[(verdict, [r for r in report.results if r.verdict is verdict]) for verdict in _TOLD],
        causes=causes,
        like={other: first for first, others in report.alike.items() for other in others},
        coverage=_by_operation(report.coverage),
    )
    return page + "\n"


_TOLD = (Verdict.FAIL, Verdict.ERROR, Verdict.FLAKY, Verdict.KNOWN, Verdict.FOLDED)


def causes(result: Result) -> list[list[Row]]:
    """The rows that tell why a case did not pass, those with one cause together."""
    return result.by_cause(*_TOLD)


def names(rows: list[Row]) -> str:
    """The values that had one cause."""
    more = len(rows) - _NAMES
    return ", ".join(row.name for row in rows[:_NAMES]) + (f" and {more} more" if more > 0 else "")


def body(content: bytes | None) -> str:
    """A body for reading: JSON is indented, where it is JSON."""
    if not content:
        return ""
    try:
        pretty = json.dumps(json.loads(content), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text(content)
    return text(pretty.encode(errors="replace"))


def events(exchange: Exchange) -> list[Line]:
    """The events of a stream that came, also of one that broke off; none where it was no stream."""
    reply = exchange.reply or (exchange.fault.partial if exchange.fault else None)
    if reply is None or reply.media_type != EVENT_STREAM:
        return []
    try:
        return [Line(_kind(event.data), text(event.data.encode())) for event in event_stream.read(reply.content)]
    except event_stream.StreamError:
        blocks = reply.content.decode(errors="backslashreplace").split("\n\n")
        return [Line("", text(block.encode())) for block in blocks if block]


def _kind(data: str) -> str:
    try:
        value: Any = json.loads(data)
    except ValueError:
        return ""
    return str(value.get("message_type", "")) if isinstance(value, dict) else ""


def _by_operation(lines: tuple[Covered, ...]) -> list[tuple[str, list[Covered], Counter[str]]]:
    found: dict[str, list[Covered]] = {}
    for line in lines:
        found.setdefault(line.operation, []).append(line)
    return [
        (name, here, Counter(state for c in here for state in (c.inside, c.outside))) for name, here in found.items()
    ]
