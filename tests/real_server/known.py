"""The baseline of Letta, brought up to date by what several runs found."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from letta_contract.contract_tests import baseline
from letta_contract.contract_tests.baseline import UNEXPLAINED, Known
from letta_contract.contract_tests.reports import recorded


def update(file: Path, folders: Iterable[Path]) -> list[Known]:
    """Write the baseline anew from the reports in some folders; answers the entries that nobody has explained yet.

    What happens in one run of several stays or is added: some deviations show by one seed only, or now and then.
    Raises UsageError where a report is missing, and BaselineError where the file is broken.
    """
    results = [result for folder in folders for result in recorded.read(folder).results]
    updated = baseline.read(file).updated(results)
    baseline.write(updated, file)
    return [entry for entry in updated.entries if entry.reason == UNEXPLAINED]
