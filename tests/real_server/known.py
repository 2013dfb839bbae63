"""The baseline of Letta, brought up to date by what several runs found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from letta_contract.contract_tests import baseline
from letta_contract.contract_tests.baseline import UNEXPLAINED, Known
from letta_contract.contract_tests.reports import recorded

SOMETIMES = "Now and then"  # how the reason of what does not always happen begins


def update(file: Path, folders: Iterable[Path]) -> list[Known]:
    """Write the baseline anew from the reports in some folders; answers the entries that nobody has explained yet.

    What happens in one run of several stays or is added, as some deviations show by one seed only; what happens in none
    goes, but for what is said to happen SOMETIMES.
    Raises UsageError where a report is missing, and BaselineError where the file is broken.
    """
    results = [result for folder in folders for result in recorded.read(folder).results]
    known = baseline.read(file)
    kept = {entry.key: entry for entry in known.entries if entry.reason.startswith(SOMETIMES)}
    kept |= {entry.key: entry for entry in known.updated(results).entries}
    updated = replace(known, entries=tuple(sorted(kept.values(), key=lambda entry: entry.key)))
    baseline.write(updated, file)
    return [entry for entry in updated.entries if entry.reason == UNEXPLAINED]
