"""`results.json`: the whole run for a program to read, by results.schema.json."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from letta_contract.contract_tests.baseline import Known
from letta_contract.contract_tests.case import Case, Result, Row
from letta_contract.contract_tests.exchange import Exchange
from letta_contract.contract_tests.fingerprint import fingerprint
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.verdict import Verdict

VERSION = 3  # raised when a reader of the file would have to change
LONGEST = 4000  # characters of a body that are kept


def render(report: Report) -> str:
    """The report as JSON text; times are seconds, `started` is RFC 3339."""
    return json.dumps(as_json(report), indent=1, ensure_ascii=False) + "\n"


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
        "fail_flaky": report.fail_flaky,
        "shard": report.shard,
        "max_response_time": report.max_response_time,
        "started": report.started.isoformat(),
        "seconds": round(report.seconds, 3),
        "requests": report.requests,
        "rate_limit": {"waits": report.waits, "seconds": round(report.waited, 3)},
        "verdict": report.sentence,
        "exit_code": int(report.exit_code),
        "interrupted": report.interrupted,
        "counts": {verdict.word: report.verdicts[verdict] for verdict in Verdict},
        "left_behind": list(report.left),
        "baseline": {"fixed": [_known(e) for e in report.fixed], "expired": [_known(e) for e in report.expired]},
        "operations": [
            {
                "id": id_,
                "source": source,
                "median_seconds": _rounded(report.medians.get(id_)),
                "first_bytes": [_rounded(seconds) for seconds in report.first_bytes.get(id_, ())],
            }
            for id_, source in report.sources.items()
        ],
        "cases": [_case(report, result) for result in report.results],
        "coverage": [asdict(covered) for covered in report.coverage],
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
        "verdict": result.verdict.word,
        "reason": result.reason,
        "seconds": round(result.seconds, 3),
        "rows": [_row(case, row) for row in result.rows],
    }


def _known(entry: Known) -> dict[str, Any]:
    kept = ("case", "fingerprint", "what", "reason", "owner")
    return {**{name: getattr(entry, name) for name in kept}, "expires": entry.expires.isoformat()}


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
        "body": text(exchange.request.body or b""),
        "status": reply.status if reply else None,
        "headers": [list(pair) for pair in reply.headers] if reply else [],
        "reply": text(reply.content) if reply else "",
        "fault": exchange.fault.what if exchange.fault else None,
        "seconds": _rounded(reply.seconds) if reply else None,
    }


def text(content: bytes) -> str:
    """A body as text, no longer than a report bears; bytes that are none are escaped."""
    decoded = content[: 4 * LONGEST].decode(errors="backslashreplace")
    return decoded if len(decoded) <= LONGEST else decoded[:LONGEST] + "…"


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 4)
