from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest
from letta_contract.contract_tests.case import Case, Result, Row
from letta_contract.contract_tests.report import Report, command_of, started_now
from letta_contract.contract_tests.verdict import Verdict

if TYPE_CHECKING:
    from letta_contract.spec import Level


def result(operation: str, verdict: Verdict, level: Level = "must") -> Result:
    case = Case(operation, verdict.word, "It must.", "OP-2", lambda _: iter(()), level)
    return Result(case, (Row("a", verdict),))


REPORT = Report(
    command="test",
    target="http://h",
    agent="agent-1 (given)",
    contract="1.0.0",
    seed=0,
    started=datetime(2026, 2, 3, tzinfo=UTC),
    seconds=1.0,
    requests=1,
    results=(),
    sources={"a": "a.yaml:1", "b": "b.yaml:1", "c": "c.yaml:1"},
)


def of(*results: Result) -> Report:
    return replace(REPORT, results=results)


def test_verdicts_are_counted_by_level() -> None:
    """How many cases came to a verdict is known for each level and for both."""
    should = [result("b", verdict, "should") for verdict in (Verdict.PASS, Verdict.UNSUPPORTED)]
    report = of(result("a", Verdict.PASS), *should)
    assert (report.count(Verdict.PASS), report.count(Verdict.PASS, "must")) == (2, 1)
    assert (report.count(Verdict.UNSUPPORTED, "should"), report.count(Verdict.FAIL)) == (1, 0)
    assert report.verdicts == {Verdict.PASS: 2, Verdict.UNSUPPORTED: 1}


def test_operations_are_in_the_order_of_the_document() -> None:
    """Results stand by operation, those of one in the order of the run; what had none is left out."""
    c, a, fail = result("c", Verdict.PASS), result("a", Verdict.PASS), result("a", Verdict.FAIL)
    assert list(of(c, a, fail).operations.items()) == [("a", (a, fail)), ("c", (c,))]


@pytest.mark.parametrize(
    ("results", "changes", "code", "sentence"),
    [
        ([Verdict.PASS], {}, 0, "CONFORMANT"),
        ([Verdict.PASS, Verdict.FAIL], {}, 1, "NOT CONFORMANT"),
        ([], {}, 2, "NOT JUDGED"),
        ([Verdict.ERROR], {}, 4, "NOT JUDGED"),
        ([Verdict.PASS], {"left": ("conv-1",)}, 4, "NOT JUDGED"),
        ([Verdict.FAIL], {"left": ("conv-1",)}, 1, "NOT CONFORMANT"),
        ([Verdict.FAIL], {"interrupted": True}, 130, "INTERRUPTED"),
        ([Verdict.FLAKY], {}, 0, "CONFORMANT"),
        ([Verdict.FLAKY], {"fail_flaky": True}, 1, "NOT CONFORMANT"),
    ],
)
def test_exit_code_and_sentence_say_the_same(
    results: list[Verdict], changes: dict[str, object], code: int, sentence: str
) -> None:
    """What the shell is told is what the last line says."""
    report = replace(of(*(result("a", verdict) for verdict in results)), **changes)  # type: ignore[arg-type]
    assert (report.exit_code, report.sentence) == (code, sentence)


def test_failed_are_those_to_look_at() -> None:
    """What failed, went wrong or may have failed is shown, in the order of the run; what is lacking is not."""
    results = [result("a", verdict) for verdict in (Verdict.FLAKY, Verdict.PASS, Verdict.ERROR, Verdict.FAIL)]
    report = of(*results, result("b", Verdict.UNSUPPORTED, "should"))
    assert list(report.failed()) == [results[0], results[2], results[3]]


def test_report_says_which_version_wrote_it() -> None:
    """The version is that of the distribution, the time is in UTC."""
    assert REPORT.tool == version("letta-contract")
    assert started_now().tzinfo is UTC


def test_command_explains_the_case() -> None:
    """Each case has a command that explains it."""
    assert command_of(result("a", Verdict.FAIL).case) == "letta-contract explain a/fail"
