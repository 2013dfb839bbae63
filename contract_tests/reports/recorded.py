"""A report read back from `results.json`, to be joined with others and written again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
from letta_contract.contract_tests.baseline import Known
from letta_contract.contract_tests.case import Case, Result, Row
from letta_contract.contract_tests.coverage import Covered
from letta_contract.contract_tests.errors import UsageError
from letta_contract.contract_tests.exchange import Exchange, Fault, Reply
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.verdict import Verdict

from .results_json import VERSION

FILE = "results.json"


@dataclass(frozen=True)
class Recorded(Exchange):
    """A round trip as a report has it, with the command that was written down."""

    command: str = ""

    def curl(self) -> str:
        """The command that repeats the request."""
        return self.command


def schema() -> dict[str, Any]:
    """The JSON Schema that every `results.json` of this version follows."""
    text = (files("letta_contract.contract_tests.reports") / "results.schema.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def read(folder: Path) -> Report:
    """The report of a folder. Raises UsageError where there is none that this version has written."""
    file = folder / FILE
    try:
        value = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}. Name folders that --out has filled.") from error
    except ValueError as error:
        raise UsageError(f"{file} is no JSON: {error}. Run that part again.") from error
    breach = next(iter(jsonschema_rs.validator_for(schema()).iter_errors(value)), None)
    if breach is not None:
        where = "/".join(map(str, breach.instance_path)) or "the file"
        raise UsageError(f"{file} is no report of version {VERSION}: {where} is wrong. Run that part again.")
    return from_json(value)


def from_json(value: dict[str, Any]) -> Report:
    """The report that `as_json` made this value of."""
    return Report(
        command=value["command"],
        target=value["target"],
        agent=value["agent"],
        contract=value["contract"],
        seed=value["seed"],
        started=datetime.fromisoformat(value["started"]),
        seconds=value["seconds"],
        requests=value["requests"],
        waits=value["rate_limit"]["waits"],
        waited=value["rate_limit"]["seconds"],
        results=tuple(_result(case) for case in value["cases"]),
        sources={operation["id"]: operation["source"] for operation in value["operations"]},
        strict=value["strict"],
        interrupted=value["interrupted"],
        left=tuple(value["left_behind"]),
        fail_flaky=value["fail_flaky"],
        fixed=_known(value["baseline"]["fixed"]),
        expired=_known(value["baseline"]["expired"]),
        coverage=tuple(Covered(**line) for line in value["coverage"]),
        first_bytes={o["id"]: tuple(o["first_bytes"]) for o in value["operations"] if o["first_bytes"]},
        max_response_time=value["max_response_time"],
        shard=value["shard"],
    )


def _known(entries: Iterable[dict[str, Any]]) -> tuple[Known, ...]:
    return tuple(Known(**{**entry, "expires": date.fromisoformat(entry["expires"])}) for entry in entries)


def _result(value: dict[str, Any]) -> Result:
    slug = value["id"].partition("/")[2]
    case = Case(value["operation"], slug, value["requirement"], value["rule"], lambda _: iter(()), level=value["level"])
    rows = tuple(_row(row) for row in value["rows"])
    return Result(case, rows, value["seconds"], value["reason"], _verdict(value["verdict"]))


def _row(value: dict[str, Any]) -> Row:
    row = Row(value["name"], _verdict(value["verdict"]))
    if row.verdict is Verdict.PASS:
        return row
    texts = {name: value[name] for name in ("expected", "actual", "rule", "cause", "reason")}
    return replace(row, exchanges=tuple(_exchange(exchange) for exchange in value["exchanges"]), **texts)


def _exchange(value: dict[str, Any]) -> Recorded:
    path, _, query = value["target"].partition("?")
    request = Request(value["method"], path, query, body=value["body"].encode() or None)
    reply = None
    if value["status"] is not None:
        headers = tuple((name, text) for name, text in value["headers"])
        reply = Reply(value["status"], headers, value["reply"].encode(), seconds=value["seconds"])
    fault = Fault(value["fault"]) if value["fault"] is not None else None
    return Recorded(request, reply, fault, command=value["curl"])


def _verdict(word: str) -> Verdict:
    return Verdict[word.upper()]
