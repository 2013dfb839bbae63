"""Differences that are known: the gate's baseline, with an entry for each cause, in the operations that it names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from letta_contract.contract_tests.baseline import GRACE, UNEXPLAINED, UNOWNED, Baseline, Known

from .difference import Difference, Severity

HEAD = """\
# Known differences: `letta-contract drift URL|FILE --baseline THIS` accepts them until they expire, and fails for all
# others. `case` holds the operations in which one is accepted. --update-baseline writes the file anew and keeps each
# reason and owner; `what` is there for people to read.
"""
_LONGEST = 200  # characters of `what`


@dataclass(frozen=True)
class Judged:
    """A difference with what the baseline makes of it: `reason` is why it is accepted, empty where it is not."""

    difference: Difference
    reason: str = ""


def judged(baseline: Baseline, differences: Iterable[Difference]) -> list[Judged]:
    """Each difference, known or not; one that shows in more operations than were accepted is new in those."""
    found = []
    for one in differences:
        entries = [entry for entry in _entries(baseline, one) if entry.expires >= baseline.today]
        accepted = {operation for entry in entries for operation in _operations(entry)}
        new = tuple(operation for operation in one.operations if operation not in accepted)
        reasons = "; ".join(f"{entry.reason} ({entry.owner}, until {entry.expires})" for entry in entries)
        found.append(Judged(replace(one, operations=new)) if new else Judged(one, reasons))
    return found


def expired(baseline: Baseline, differences: Iterable[Difference]) -> list[Known]:
    """The entries that no longer excuse what is still there."""
    found = [entry for one in differences for entry in _entries(baseline, one) if entry.expires < baseline.today]
    return list(dict.fromkeys(found))


def mended(baseline: Baseline, differences: Iterable[Difference]) -> list[Known]:
    """The entries of what is no longer there."""
    there = {id(entry) for one in differences for entry in _entries(baseline, one)}
    return [entry for entry in baseline.entries if id(entry) not in there]


def updated(baseline: Baseline, differences: Iterable[Difference], threshold: Severity) -> Baseline:
    """A baseline of what is there and counts; reasons and owners stay, and what expired is accepted anew."""
    entries = []
    until = baseline.today + GRACE
    for one in differences:
        old = next(iter(_entries(baseline, one)), None)
        if old is None and one.severity < threshold:
            continue
        case = ", ".join(sorted(one.operations))
        entry = old or Known(case, one.fingerprint, "", UNEXPLAINED, UNOWNED, until)
        expires = entry.expires if entry.expires >= baseline.today else until
        entries.append(replace(entry, case=case, what=_what(one), expires=expires))
    return replace(baseline, entries=tuple(sorted(entries, key=lambda entry: (entry.what, entry.key))))


def _entries(baseline: Baseline, one: Difference) -> list[Known]:
    """The entries of a difference, in any of its operations."""
    return [
        entry
        for entry in baseline.entries
        if entry.fingerprint == one.fingerprint and not _operations(entry).isdisjoint(one.operations)
    ]


def _operations(entry: Known) -> set[str]:
    return set(entry.case.split(", "))


def _what(one: Difference) -> str:
    text = f"{one.side}, {one.id}: {one.contract.text} / {one.target.text}"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
