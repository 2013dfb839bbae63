"""`junit.xml`: one test case a case, for the CI servers that read nothing else."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from letta_contract.contract_tests.case import Result
from letta_contract.contract_tests.report import Report, command_of
from letta_contract.contract_tests.verdict import Verdict

# What JUnit has no word for is skipped, with the reason.
_NOT_JUDGED = (Verdict.SKIP, Verdict.UNSUPPORTED, Verdict.FOLDED, Verdict.KNOWN, Verdict.FLAKY)
# What XML 1.0 cannot hold, however it is escaped (section 2.2 of its recommendation).
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    """The report as JUnit's XML: operationId is the class name, the case's id the name; times are seconds."""
    counts = _counts(report.results, name="letta-contract")
    del counts["skipped"]  # the schema that Jenkins and pytest keep to has it for each suite only
    suites = ET.Element("testsuites", counts)
    for operation, results in report.operations.items():
        suite = ET.SubElement(suites, "testsuite", _counts(results, name=operation))
        suite.set("timestamp", report.started.strftime("%Y-%m-%dT%H:%M:%S"))
        for result in results:
            _case(suite, result)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _counts(results: tuple[Result, ...], name: str) -> dict[str, str]:
    verdicts = [result.verdict for result in results]
    return {
        "name": name,
        "tests": str(len(results)),
        "failures": str(verdicts.count(Verdict.FAIL)),
        "errors": str(verdicts.count(Verdict.ERROR)),
        "skipped": str(sum(verdict in _NOT_JUDGED for verdict in verdicts)),
        "time": f"{sum(result.seconds for result in results):.3f}",
    }


def _case(suite: ET.Element, result: Result) -> None:
    case = result.case
    element = ET.SubElement(suite, "testcase", name=case.id, classname=case.operation, time=f"{result.seconds:.3f}")
    match result.verdict:
        case Verdict.FAIL:
            failure = ET.SubElement(element, "failure", type=case.rule, message=_speakable(case.requirement))
            failure.text = _speakable("\n\n".join(_story(result))) + f"\n\n{command_of(case)}"
        case Verdict.ERROR:
            ET.SubElement(element, "error", type="error", message=_speakable(result.reason))
        case verdict if verdict in _NOT_JUDGED:
            reasons = dict.fromkeys(row.reason for row in result.rows if row.reason)
            why = result.reason or "; ".join(reasons)
            ET.SubElement(element, "skipped", message=_speakable(f"{verdict.word}: {why}" if why else verdict.word))
        case _:
            pass


def _story(result: Result) -> list[str]:
    return [
        f"{', '.join(row.name for row in rows[:4])}\nexpected: {rows[0].expected}\nactual: {rows[0].actual}\n"
        + "\n".join(exchange.curl() for exchange in rows[0].exchanges)
        for rows in result.failures
    ]


def _speakable(text: str) -> str:
    return _UNSPEAKABLE.sub("�", text)
