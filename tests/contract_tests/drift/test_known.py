from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from letta_contract.contract_tests.baseline import GRACE, UNEXPLAINED, UNOWNED, Baseline, Known
from letta_contract.contract_tests.drift.comparison import Drift
from letta_contract.contract_tests.drift.difference import Difference, Direction, Quote, Severity, Side
from letta_contract.contract_tests.drift.known import expired, judged, mended, updated
from letta_contract.contract_tests.drift.report import report

TODAY = date(2030, 1, 31)
B, N, I = Severity.BREAKING, Severity.NOTABLE, Severity.INFO  # noqa: E741  # as the tables read


def difference(subject: str, *operations: str, severity: Severity = B, text: str = "a") -> Difference:
    sides = Quote(text, "spec/x.yaml:1"), Quote("b", "#/x")
    return Difference("type", subject, Side.REQUEST, Direction.OTHER, severity, *sides, operations)


def entry(one: Difference, *operations: str, days: int = 0, **said: str) -> Known:
    """An entry for a difference in some operations, which expires so many days from today."""
    texts = {"what": "x", "reason": "It is old.", "owner": "Ada", **said}
    return Known(", ".join(operations), one.fingerprint, expires=TODAY + timedelta(days), **texts)


def baseline(*entries: Known) -> Baseline:
    return Baseline(entries, TODAY)


ONE = difference("one", "send", "fork")
OTHER = difference("other", "send")


@pytest.mark.parametrize(
    ("entries", "left", "reason"),
    [
        ([], ("send", "fork"), ""),
        ([entry(ONE, "send", "fork")], ("send", "fork"), "It is old. (Ada, until 2030-01-31)"),
        ([entry(ONE, "fork", "list", "send")], ("send", "fork"), "It is old. (Ada, until 2030-01-31)"),
        ([entry(ONE, "send")], ("fork",), ""),
        ([entry(ONE, "list")], ("send", "fork"), ""),
        ([entry(OTHER, "send", "fork")], ("send", "fork"), ""),
        ([entry(ONE, "send", "fork", days=-1)], ("send", "fork"), ""),
        (
            [entry(ONE, "send"), entry(ONE, "fork", reason="So it is.", days=1)],
            ("send", "fork"),
            "It is old. (Ada, until 2030-01-31); So it is. (Ada, until 2030-02-01)",
        ),
    ],
    ids=["none", "all", "more", "one of two", "elsewhere", "another cause", "expired", "two entries"],
)
def test_difference_is_known_in_the_operations_of_its_entries(entries: Any, left: Any, reason: str) -> None:
    """Up to the day on which they expire, entries accept a difference where they say; elsewhere it is new."""
    (found,) = judged(baseline(*entries), [ONE])
    assert (found.difference.operations, found.reason) == (left, reason)


def test_expired_and_mended_entries_are_named() -> None:
    """Expired is what no longer excuses a difference that is there; mended, what excuses none."""
    old, good, gone = entry(ONE, "send", days=-1), entry(OTHER, "send"), entry(difference("gone", "send"), "send")
    known = baseline(old, good, gone)
    assert expired(known, [ONE, OTHER]) == [old]
    assert mended(known, [ONE, OTHER]) == [gone]
    assert mended(baseline(entry(ONE, "list")), [ONE]) == [entry(ONE, "list")]
    assert expired(baseline(entry(ONE, "send", days=-1)), []) == []


def test_update_writes_what_counts() -> None:
    """What is below the threshold is written only where it was before; what is new is accepted for a while."""
    info = difference("info", "send", severity=I)
    known = baseline(entry(ONE, "send", days=3, what="old words"), entry(difference("gone", "send"), "send"))
    new = updated(known, [ONE, OTHER, info], B)
    assert [(one.case, one.reason, one.owner, one.expires - TODAY) for one in new.entries] == [
        ("fork, send", "It is old.", "Ada", timedelta(3)),
        ("send", UNEXPLAINED, UNOWNED, GRACE),
    ]
    assert [one.what for one in new.entries] == ["request, one/type: a / b", "request, other/type: a / b"]
    assert len(updated(known, [info], I).entries) == 1
    assert len(updated(baseline(entry(info, "send")), [info], B).entries) == 1


def test_update_accepts_anew_what_expired() -> None:
    """Somebody has looked at it just now, so its time begins again; its reason stays."""
    (new,) = updated(baseline(entry(ONE, "send", days=-1)), [ONE], B).entries
    assert (new.reason, new.expires) == ("It is old.", TODAY + GRACE)


def test_long_words_are_cut() -> None:
    """An entry tells what it is about in a line or two."""
    (new,) = updated(baseline(), [difference("long", "send", text="a" * 500)], B).entries
    assert (len(new.what), new.what[-1]) == (200, "…")


@pytest.mark.parametrize(
    ("severities", "threshold", "entries", "code", "sentence"),
    [
        ([], I, [], 0, "NO DRIFT"),
        ([I, N], B, [], 0, "NO DRIFT THAT COUNTS"),
        ([I], I, [], 1, "DRIFTED"),
        ([N, B], B, [], 1, "DRIFTED"),
        ([B], B, [0], 0, "NO DRIFT THAT COUNTS"),
        ([B, B], B, [0], 1, "DRIFTED"),
    ],
    ids=str,
)
def test_verdict(severities: Any, threshold: Any, entries: Any, code: int, sentence: str) -> None:
    """It fails for what is at least as bad as was said, and not known."""
    found = tuple(difference(f"x{place}", "send", severity=one) for place, one in enumerate(severities))
    known = baseline(*(entry(found[place], "send") for place in entries))
    result = report(Drift("t", "d", "1.0.0", 13, found), threshold, known)
    assert (result.exit_code, result.sentence, result.known) == (code, sentence, len(entries))
    told = {severity: result.count(severity) for severity in Severity}
    assert told == {severity: list(severities[len(entries) :]).count(severity) for severity in Severity}
