from __future__ import annotations

from dataclasses import replace

from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.reports import summary


def test_says_the_verdict_and_lists_what_failed(report: Report) -> None:
    """Verdict and counts first, then a table of what failed, then the baseline's news."""
    lines = summary.render(report).splitlines()
    assert lines[0] == "## letta-contract: NOT CONFORMANT"
    counts = "2 fail · 1 error · 1 flaky · 1 known · 1 folded · 2 unsupported · 1 pass · 1 skip"
    assert lines[2] == f"http://127.0.0.1:8283, contract 1.0.0: {counts}."
    assert "| fail | `list_conversations/after-is-exclusive` × 2 | conv-2, conv-1 | conv-3, conv-2 |" in lines
    assert "- fixed: `list_conversations/order` an order" in lines
    assert "- expired on 2026-01-31: `fork_conversation/slug` an order" in lines


def test_table_keeps_its_shape(report: Report) -> None:
    """What a server said breaks neither the table nor the page."""
    nasty = replace(report, results=(replace(report.results[3], rows=report.results[3].rows[2:]),))
    rows = [line for line in summary.render(nasty).splitlines() if line.startswith("| fail")]
    assert len(rows) == 1
    assert rows[0].replace("\\|", "").count("|") == 5
    assert "<" not in rows[0]


def test_one_cause_is_one_line(report: Report) -> None:
    """However many values and operations had it, it is told once, and counted."""
    failed = report.results[3]
    other = replace(failed, case=replace(failed.case, operation="send_conversation_message"))
    lines = summary.render(replace(report, results=(failed, other))).splitlines()
    told = [line for line in lines if line.startswith("| fail")]
    assert len(told) == len(failed.failures) == 2
    assert "| `list_conversations/after-is-exclusive` and 1 more operation × 2 |" in told[0]


def test_green_run_has_no_table(report: Report) -> None:
    """A run without failures is told in three lines."""
    green = replace(report, results=report.results[:2], fixed=(), expired=())
    assert len(summary.render(green).splitlines()) == 4
