from __future__ import annotations

import json
from pathlib import Path

import pytest
from letta_contract.contract_tests.errors import UsageError
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.reports import folder


def test_every_report_is_written(report: Report, tmp_path: Path) -> None:
    """The folder is made with all above it, holds every file, and the names are told."""
    told = folder.write(report, tmp_path / "a/b")
    assert sorted(path.name for path in (tmp_path / "a/b").iterdir()) == sorted(folder.FILES)
    assert all(name in told for name in folder.FILES)
    assert json.loads((tmp_path / "a/b/results.json").read_text("utf-8"))["seed"] == 7


def test_earlier_reports_are_replaced(report: Report, tmp_path: Path) -> None:
    """A second run writes over the first, and touches nothing else."""
    (tmp_path / "results.json").write_text("old")
    (tmp_path / "mine.txt").write_text("mine")
    folder.write(report, tmp_path)
    assert (tmp_path / "results.json").read_text("utf-8") != "old"
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_preparing_writes_nothing(tmp_path: Path) -> None:
    """Before a run, the folder is made and tried, and left empty."""
    folder.prepare(tmp_path / "a/b")
    folder.prepare(tmp_path / "a/b")
    assert list((tmp_path / "a/b").iterdir()) == []


@pytest.mark.parametrize("inside", ["", "/deeper"])
def test_folder_that_cannot_be_is_a_usage_error(report: Report, tmp_path: Path, inside: str) -> None:
    """A file in the way is told before the run, and after it, with the way out."""
    (tmp_path / "file").write_text("")
    out = Path(f"{tmp_path}/file{inside}")
    for attempt in (lambda: folder.prepare(out), lambda: folder.write(report, out)):
        with pytest.raises(UsageError, match=r"^The report cannot be written to .*/file.*: .*\. Pass another --out\.$"):
            attempt()
