from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from letta_contract.contract_tests.baseline import read
from letta_contract.contract_tests.case import Case, Result, Row
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.reports import folder
from letta_contract.contract_tests.verdict import Verdict

from .known import update


def run(out: Path, **failures: str) -> Path:
    """The folder with the report of a run: cases that failed for a cause, or passed where it is empty."""
    results = tuple(
        Result(
            Case("fork_conversation", slug, "A requirement.", "STATE-3", lambda _: iter(())),
            (Row("a value", Verdict.FAIL if cause else Verdict.PASS, cause=cause),),
        )
        for slug, cause in failures.items()
    )
    now = datetime(2026, 2, 3, tzinfo=UTC)
    sources = {"fork_conversation": "spec/paths/fork.yaml:1"}
    folder.write(Report("test", "http://a", "agent-1", "1.0.0", 0, now, 1.0, 2, results, sources), out)
    return out


def test_what_one_run_found_is_written_down(tmp_path: Path) -> None:
    """New deviations are added, whichever run found them, and are told until somebody explains them."""
    file = tmp_path / "known.yaml"
    file.write_text("[]")
    folders = [run(tmp_path / "1", a="x", b=""), run(tmp_path / "2", a="", b="y")]
    assert {entry.what for entry in update(file, folders)} == {"x", "y"}
    assert {entry.what for entry in read(file).entries} == {"x", "y"}

    file.write_text(file.read_text().replace("not explained yet", "It is so."))
    assert update(file, folders) == []


def test_what_no_run_found_goes(tmp_path: Path) -> None:
    """What is mended is struck out; what happens in one run of two is not mended."""
    file = tmp_path / "known.yaml"
    file.write_text("[]")
    update(file, [run(tmp_path / "1", a="x", b="y")])
    update(file, [run(tmp_path / "1", a="x", b=""), run(tmp_path / "2", a="", b="")])
    assert [entry.what for entry in read(file).entries] == ["x"]


def test_what_happens_now_and_then_stays(tmp_path: Path) -> None:
    """That no run has met it this time proves nothing."""
    file = tmp_path / "known.yaml"
    file.write_text("[]")
    update(file, [run(tmp_path / "1", a="x", b="y")])
    file.write_text(file.read_text().replace("not explained yet", "Now and then it is so.", 1))
    update(file, [run(tmp_path / "1", a="", b="")])
    assert [entry.what for entry in read(file).entries] == ["x"]
