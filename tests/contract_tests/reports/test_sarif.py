from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import replace
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pysarif
import pytest
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.reports import sarif
from letta_contract.spec import ROOT


@pytest.fixture
def run(report: Report) -> Any:
    """The one run of the log."""
    log = json.loads(sarif.render(report))
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    assert len(log["runs"]) == 1
    return log["runs"][0]


def breaches(value: Any, kind: Any, place: str = "log") -> list[str]:
    """Where a value is none of its kind: pysarif's classes are made from the JSON schema of SARIF 2.1.0."""
    if dataclasses.is_dataclass(kind):
        if not isinstance(value, dict):
            return [f"{place} is no object"]
        hints = get_type_hints(kind)
        fields = {_camel(field.name): field for field in dataclasses.fields(kind)}
        missing = [name for name, field in fields.items() if _required(field) and name not in value]
        return [
            *(f"{place} lacks {name}" for name in missing),
            *(f"{place} has {name}" for name in value if name not in fields),
            *(b for n, v in value.items() if n in fields for b in breaches(v, hints[fields[n].name], f"{place}.{n}")),
        ]
    if get_origin(kind) is list:
        items = value if isinstance(value, list) else [place]
        return [breach for item in items for breach in breaches(item, get_args(kind)[0], f"{place}[]")]
    if get_origin(kind) is Literal:
        return [] if value in get_args(kind) else [f"{place} is {value!r}"]
    if NoneType in get_args(kind):
        return breaches(value, next(part for part in get_args(kind) if part is not NoneType), place)
    return [] if kind is Any or (isinstance(value, kind) and not isinstance(value, bool) ^ (kind is bool)) else [place]


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return {"schema": "$schema"}.get(name, first + "".join(map(str.capitalize, rest)))


def _required(field: Any) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def test_is_sarif(report: Report) -> None:
    """Every object of the log has the properties that the schema of SARIF 2.1.0 gives it, each of its type."""
    assert breaches(json.loads(sarif.render(report)), pysarif.SarifLog) == []


@pytest.mark.parametrize(
    ("change", "breach"),
    [
        ({"level": "fatal"}, "log.runs[].results[].level is 'fatal'"),
        ({"rule_id": "x"}, "log.runs[].results[] has rule_id"),
        ({"message": "text"}, "log.runs[].results[].message is no object"),
        ({"rank": "high"}, "log.runs[].results[].rank"),
        ({"locations": [{"physicalLocation": {"region": {"startLine": True}}}]}, "startLine"),
        ({"suppressions": [{}]}, "log.runs[].results[].suppressions[] lacks kind"),
    ],
)
def test_what_is_no_sarif_is_told(report: Report, change: dict[str, Any], breach: str) -> None:
    """The test above can fail: for an unknown word, a misspelt name, a wrong type, a missing property."""
    log = json.loads(sarif.render(report))
    log["runs"][0]["results"][0] |= change
    assert any(breach in found for found in breaches(log, pysarif.SarifLog))


def test_has_what_sarif_requires(run: Any) -> None:
    """Tool, rules, invocation and results have the properties of SARIF 2.1.0, and each result's rule is there."""
    assert set(run) == {"tool", "invocations", "columnKind", "results"}
    driver = run["tool"]["driver"]
    assert driver["name"] == "letta-contract"
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids))
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
    (invocation,) = run["invocations"]
    assert invocation == {"executionSuccessful": True, "exitCode": 1, "startTimeUtc": "2026-02-03T04:05:06Z"}
    for result in run["results"]:
        assert set(result) - {"suppressions"} == {"ruleId", "level", "message", "locations", "partialFingerprints"}
        assert result["ruleId"] in ids
        assert result["level"] in ("error", "warning")
        assert result["message"]["text"]
        assert re.fullmatch("[0-9a-f]{12}", result["partialFingerprints"]["lettaContract/v1"])


def test_levels_tell_what_fails_the_run(run: Any) -> None:
    """Failures are errors; a flaky and a known failure are warnings; the known one is suppressed."""
    levels = {r["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]: r["level"] for r in run["results"]}
    assert levels == {
        "list_conversations/after-is-exclusive": "error",
        "send_conversation_message/ends-well": "error",
        "list_conversations/sometimes": "warning",
        "list_conversations/known": "warning",
    }
    suppressed = [r["suppressions"] for r in run["results"] if "suppressions" in r]
    assert suppressed == [[{"kind": "external", "justification": "They know. (the API team, until 2027-01-31)"}]]


def test_locations_point_into_the_document(report: Report, contract: Contract) -> None:
    """Each location is a line of a file of the document, where its operation begins."""
    sources = {operation.id: operation.source for operation in contract.operations.values()}
    run = json.loads(sarif.render(replace(report, sources=sources)))["runs"][0]
    for result in run["results"]:
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        file = ROOT.parent.parent / physical["artifactLocation"]["uri"]
        line = file.read_text("utf-8").splitlines()[physical["region"]["startLine"] - 1]
        assert line.strip().split(":")[0] in ("get", "post", "patch", "delete")


def test_green_run_has_no_results(report: Report) -> None:
    """Without failures the list is empty, and there."""
    assert json.loads(sarif.render(replace(report, results=report.results[:2])))["runs"][0]["results"] == []
