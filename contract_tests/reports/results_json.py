"""`results.json`: the whole run for a program to read."""

from __future__ import annotations

import json
from typing import Any

from letta_contract.contract_tests.baseline import Known
from letta_contract.contract_tests.case import Case, Result, Row
from letta_contract.contract_tests.exchange import Exchange
from letta_contract.contract_tests.fingerprint import fingerprint
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.verdict import Verdict

VERSION = 1  # raised when a reader of the file would have to change
_LONGEST = 4000  # characters of a body that are kept


def render(report: Report) -> str:
    """The report as JSON text; times are seconds, `started` is RFC 3339."""
    return json.dumps(as_json(report), indent=2, ensure_ascii=False) + "\n"


def as_json(report: Report) -> dict[str, Any]:
    """The report as a JSON value."""
    return {
        "version": VERSION,
        "tool": f"letta-contract {report.tool}",
        "command": report.command,
        "contract": report.contract,
        "target": report.target,
        "agent": report.agent,
        "seed": report.seed,
        "strict": report.strict,
        "started": report.started.isoformat(),
        "seconds": round(report.seconds, 3),
        "requests": report.requests,
        "verdict": report.sentence,
        "exit_code": int(report.exit_code),
        "counts": {verdict.word: report.verdicts[verdict] for verdict in Verdict},
        "left_behind": list(report.left),
        "baseline": {"fixed": [_known(e) for e in report.fixed], "expired": [_known(e) for e in report.expired]},
        "cases": [_case(report, result) for result in report.results],
    }


def _case(report: Report, result: Result) -> dict[str, Any]:
    case = result.case
    return {
        "id": case.id,
        "operation": case.operation,
        "level": case.level,
        "requirement": case.requirement,
        "rule": case.rule,
        "source": report.sources[case.operation],
        "verdict": report.verdict(result).word,
        "reason": result.reason,
        "seconds": round(result.seconds, 3),
        "rows": [_row(case, row) for row in result.rows],
    }


def _known(entry: Known) -> dict[str, Any]:
    return {
        "case": entry.case,
        "fingerprint": entry.fingerprint,
        "what": entry.what,
        "reason": entry.reason,
        "owner": entry.owner,
        "expires": entry.expires.isoformat(),
    }


def _row(case: Case, row: Row) -> dict[str, Any]:
    if row.verdict is Verdict.PASS:
        return {"name": row.name, "verdict": row.verdict.word}
    return {
        "name": row.name,
        "verdict": row.verdict.word,
        "fingerprint": fingerprint(case, row),
        "reason": row.reason,
        "rule": row.rule,
        "cause": row.cause or row.expected,
        "expected": row.expected,
        "actual": row.actual,
        "exchanges": [_exchange(exchange) for exchange in row.exchanges],
    }


def _exchange(exchange: Exchange) -> dict[str, Any]:
    reply = exchange.reply
    return {
        "curl": exchange.curl(),
        "method": exchange.request.method,
        "target": exchange.request.target,
        "body": _text(exchange.request.body or b""),
        "status": reply.status if reply else None,
        "headers": [list(pair) for pair in reply.headers] if reply else [],
        "reply": _text(reply.content) if reply else "",
        "fault": exchange.fault.what if exchange.fault else None,
        "seconds": round(reply.seconds, 4) if reply else None,
    }


def _text(content: bytes) -> str:
    text = content[: 4 * _LONGEST].decode(errors="backslashreplace")
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
