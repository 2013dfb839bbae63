"""The comparison for a program to read, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from letta_contract.contract_tests.baseline import Known

from .difference import Severity
from .known import Judged
from .report import Report

VERSION = 1  # raised when a reader of it would have to change


def render(report: Report) -> str:
    """The report as JSON text."""
    return json.dumps(as_json(report), indent=1, ensure_ascii=False) + "\n"


def as_json(report: Report) -> dict[str, Any]:
    """The report as a JSON value."""
    return {
        "version": VERSION,
        "tool": f"letta-contract {report.tool}",
        "contract": report.drift.contract,
        "target": report.drift.target,
        "document": report.drift.described,
        "fail_on": "any" if report.threshold is Severity.INFO else report.threshold.word,
        "verdict": report.sentence,
        "exit_code": int(report.exit_code),
        "counts": {**{severity.word: report.count(severity) for severity in Severity}, "known": report.known},
        "differences": [_difference(one) for one in report.judged],
        "baseline": {"mended": [_known(e) for e in report.mended], "expired": [_known(e) for e in report.expired]},
    }


def _difference(judged: Judged) -> dict[str, Any]:
    one = judged.difference
    return {
        "id": one.id,
        "fingerprint": one.fingerprint,
        "kind": one.kind,
        "subject": one.subject,
        "side": one.side,
        "direction": one.direction,
        "severity": one.severity.word,
        "contract": asdict(one.contract),
        "target": asdict(one.target),
        "operations": list(one.operations),
        "rule": one.rule,
        "known": judged.reason,
    }


def _known(entry: Known) -> dict[str, str]:
    return {
        "operations": entry.case,
        "fingerprint": entry.fingerprint,
        "what": entry.what,
        "reason": entry.reason,
        "owner": entry.owner,
        "expires": entry.expires.isoformat(),
    }
