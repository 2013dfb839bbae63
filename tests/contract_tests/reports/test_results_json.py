from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from letta_contract.contract_tests.errors import UsageError
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.reports import recorded, results_json
from letta_contract.contract_tests.verdict import Verdict


def test_follows_its_published_schema(report: Report) -> None:
    """What is written is valid by results.schema.json, which is itself a valid schema."""
    jsonschema_rs.meta.validate(recorded.schema())
    jsonschema_rs.validate(recorded.schema(), json.loads(results_json.render(report)))


@pytest.mark.parametrize("change", [{"version": 1}, {"verdict": "FINE"}, {"more": 1}, {"cases": [{"id": "a/b"}]}])
def test_schema_refuses_what_is_no_report(report: Report, change: dict[str, Any]) -> None:
    """Another version, an unknown word, an unknown key, a case without its parts."""
    value = results_json.as_json(report) | change
    assert not jsonschema_rs.is_valid(recorded.schema(), value)


def test_counts_every_verdict(report: Report) -> None:
    """The counts are of cases, a SHOULD that is broken is unsupported."""
    counts = results_json.as_json(report)["counts"]
    assert counts == {
        "skip": 1,
        "pass": 1,
        "unsupported": 2,
        "folded": 1,
        "known": 1,
        "flaky": 1,
        "error": 1,
        "fail": 2,
    }


def test_what_was_written_can_be_read_and_written_again(report: Report, tmp_path: Path) -> None:
    """A report that was read says what it said, commands and verdicts included."""
    (tmp_path / "results.json").write_text(results_json.render(report), "utf-8")
    again = recorded.read(tmp_path)
    assert results_json.as_json(again) == results_json.as_json(report)
    assert [result.verdict for result in again.results] == [result.verdict for result in report.results]
    assert again.results[3].rows[0].exchanges[0].curl() == report.results[3].rows[0].exchanges[0].curl()
    assert again.count(Verdict.FAIL) == 2


@pytest.mark.parametrize("text", ["", "{", '{"version": 1}'])
def test_what_cannot_be_read_is_a_usage_error(tmp_path: Path, text: str) -> None:
    """A missing file, one that is no JSON, and one of another version are told with the file's name."""
    if text:
        (tmp_path / "results.json").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"results\.json"):
        recorded.read(tmp_path)
