"""The comparison as findings in the contract's document, by SARIF 2.1.0, for the code scanners that read it."""

from __future__ import annotations

import json
from typing import Any

from letta_contract.contract_tests.reports.sarif import SCHEMA

from .difference import Severity
from .known import Judged
from .report import Report
from .terminal import heading

_LEVELS = {Severity.BREAKING: "error", Severity.NOTABLE: "warning", Severity.INFO: "note"}


def render(report: Report) -> str:
    """The report as SARIF."""
    kinds = dict.fromkeys(one.difference.kind for one in report.judged)
    run = {
        "tool": {
            "driver": {
                "name": "letta-contract",
                "version": report.tool,
                "rules": [
                    {"id": f"drift/{kind}", "shortDescription": {"text": f"Drift: {kind.replace('-', ' ')}"}}
                    for kind in kinds
                ],
            }
        },
        "invocations": [{"executionSuccessful": True, "exitCode": int(report.exit_code)}],
        "columnKind": "unicodeCodePoints",
        "results": [_finding(report, one) for one in report.judged],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False) + "\n"


def _finding(report: Report, judged: Judged) -> dict[str, Any]:
    one = judged.difference
    text = (
        f"{one.subject}: {heading(one)}. Contract: {one.contract.text}. Target: {one.target.text} "
        f"({report.drift.target}{one.target.place}). In: {', '.join(one.operations)}."
    )
    file, _, line = one.contract.place.rpartition(":")
    found: dict[str, Any] = {
        "ruleId": f"drift/{one.kind}",
        "level": _LEVELS[one.severity],
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": file}, "region": {"startLine": int(line)}},
                "logicalLocations": [{"fullyQualifiedName": one.subject, "kind": "member"}],
            }
        ],
        "partialFingerprints": {"lettaContractDrift/v1": one.fingerprint},
    }
    if judged.reason:
        found["suppressions"] = [{"kind": "external", "justification": judged.reason}]
    return found
