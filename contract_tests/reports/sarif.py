"""`results.sarif`: failures as findings in the document, by SARIF 2.1.0, for the code scanners that read it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from letta_contract.contract_tests.case import Result, Row
from letta_contract.contract_tests.fingerprint import fingerprint
from letta_contract.contract_tests.report import Report, command_of
from letta_contract.contract_tests.verdict import ExitCode, Verdict
from letta_contract.spec.rules import rules

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_TOLD = (Verdict.FAIL, Verdict.FLAKY, Verdict.KNOWN)


def render(report: Report) -> str:
    """The report as SARIF."""
    findings = list(_findings(report))
    run = {
        "tool": {
            "driver": {
                "name": "letta-contract",
                "version": report.tool,
                "rules": [_rule(id_) for id_ in dict.fromkeys(finding["ruleId"] for finding in findings)],
            }
        },
        "invocations": [
            {
                "executionSuccessful": report.exit_code in (ExitCode.CONFORMS, ExitCode.VIOLATED),
                "exitCode": int(report.exit_code),
                "startTimeUtc": report.started.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": findings,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False) + "\n"


def _findings(report: Report) -> Iterator[dict[str, Any]]:
    for result in report.results:
        for rows in result.by_cause(*_TOLD):
            yield _finding(report, result, rows[0])


def _finding(report: Report, result: Result, row: Row) -> dict[str, Any]:
    case = result.case
    counts = result.verdict is Verdict.FAIL and row.verdict is Verdict.FAIL
    text = f"{case.requirement} Expected: {row.expected}. Actual: {row.actual}. Explain: {command_of(case)}"
    found: dict[str, Any] = {
        "ruleId": row.rule or case.rule or case.slug,
        "level": "error" if counts else "warning",
        "message": {"text": text},
        "locations": [_location(report.sources[case.operation], case.id)],
        "partialFingerprints": {"lettaContract/v1": fingerprint(case, row)},
    }
    if row.verdict is Verdict.KNOWN:
        found["suppressions"] = [{"kind": "external", "justification": row.reason}]
    return found


def _location(source: str, name: str) -> dict[str, Any]:
    file, _, line = source.rpartition(":")
    return {
        "physicalLocation": {"artifactLocation": {"uri": file}, "region": {"startLine": int(line)}},
        "logicalLocations": [{"fullyQualifiedName": name, "kind": "function"}],
    }


def _rule(id_: str) -> dict[str, Any]:
    return {"id": id_, "shortDescription": {"text": rules().get(id_, id_)}}
