from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from letta_contract.contract_tests.errors import UsageError
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.reports import github, summary

ANNOTATION = re.compile(r"::(error|warning) file=([^,:]+),line=(\d+),title=([^:,]+)::(.+)")


def annotations(report: Report) -> list[tuple[str, ...]]:
    *lines, _ = github.lines(report)
    return [match.groups() for line in lines if (match := ANNOTATION.fullmatch(line))]


def test_annotates_what_failed_at_its_operation(report: Report) -> None:
    """An error for each failure and each fault of ours, a warning for what is flaky, nothing for what is known."""
    found = [(level, file, line, title) for level, file, line, title, _ in annotations(report)]
    assert found == [
        ("error", "spec/paths/conversations.yaml", "64", "list_conversations/after-is-exclusive"),
        ("error", "spec/paths/messages.yaml", "30", "send_conversation_message/ends-well"),
        ("warning", "spec/paths/conversations.yaml", "64", "list_conversations/sometimes"),
        ("error", "spec/paths/conversations.yaml", "64", "list_conversations/broken-case"),
    ]


def test_annotation_is_one_line(report: Report) -> None:
    """Line ends and percent signs in a message are escaped, so that it stays one annotation."""
    lines = list(github.lines(report))
    assert all("\n" not in line for line in lines)
    assert "%0Aexpected: conv-2, conv-1%0Aactual: conv-3, conv-2%0Acurl" in lines[0]


def test_flaky_is_an_error_where_it_counts(report: Report) -> None:
    """With --fail-flaky it fails the run, and says so."""
    assert {level for level, *_ in annotations(replace(report, fail_flaky=True))} == {"error"}


def test_last_line_is_the_verdict(report: Report) -> None:
    """After the annotations the verdict stands in plain words."""
    assert list(github.lines(report))[-1].startswith("NOT CONFORMANT: 1 skip · 1 pass")


def test_summary_is_added_to_the_page_of_the_job(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What other steps have written stays; without such a page nothing is written, and one that cannot be is told."""
    page = tmp_path / "page.md"
    page.write_text("# Before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    github.append_summary(report)
    assert page.read_text("utf-8") == "# Before\n" + summary.render(report)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    with pytest.raises(UsageError, match=r"Check or unset GITHUB_STEP_SUMMARY\.$"):
        github.append_summary(report)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    github.append_summary(report)
    assert [path.name for path in tmp_path.iterdir()] == ["page.md"]
