"""The folder that a run writes its reports into."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile

from letta_contract.contract_tests.errors import UsageError
from letta_contract.contract_tests.report import Report

from . import html, junit, results_json, sarif, summary, verdict

FILES = {
    "report.html": html.render,
    "results.json": results_json.render,
    "junit.xml": junit.render,
    "results.sarif": sarif.render,
    "summary.md": summary.render,
    "verdict.md": verdict.render,
}


def prepare(folder: Path) -> None:
    """Make the folder before a run that may be long. Raises UsageError where none can be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _unwritable(folder, error) from error


def write(report: Report, folder: Path) -> str:
    """Write every file; answers what was written, for people. Raises UsageError where the folder cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, render in FILES.items():
            (folder / name).write_text(render(report), "utf-8")
    except OSError as error:
        raise _unwritable(folder, error) from error
    first, *others = FILES
    return "   ".join([str(folder / first), *others])


def _unwritable(folder: Path, error: OSError) -> UsageError:
    return UsageError(f"The report cannot be written to {folder}: {error.strerror}. Pass another --out.")
