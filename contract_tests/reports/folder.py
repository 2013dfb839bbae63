"""The folder that a run writes its reports into."""

from __future__ import annotations

from pathlib import Path

from letta_contract.contract_tests.errors import UsageError
from letta_contract.contract_tests.report import Report

from . import junit, results_json

FILES = {"results.json": results_json.render, "junit.xml": junit.render}


def write(report: Report, folder: Path) -> str:
    """Write every file; answers what was written, for people. Raises UsageError where the folder cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, render in FILES.items():
            (folder / name).write_text(render(report), "utf-8")
    except OSError as error:
        raise UsageError(f"The report cannot be written to {folder}: {error.strerror}. Pass another --out.") from error
    return "   ".join(str(folder / name) for name in FILES)
