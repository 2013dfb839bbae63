from __future__ import annotations

import re
from dataclasses import replace

import pytest
from letta_contract.contract_tests.case import Result, Row
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.reports import verdict
from letta_contract.contract_tests.verdict import Verdict


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next."""
    (found,) = [part for part in re.split(r"(?m)^#{1,3} ", text) if part.startswith(heading)]
    return found


def titles(text: str) -> list[str]:
    return re.findall(r"(?m)^### <a id=\"d\d+\"></a>\d+\. (.*)$", text)


def failing(result: Result, reason: str) -> Result:
    """The result with its failures accepted for a reason."""
    rows = tuple(
        replace(row, verdict=Verdict.KNOWN, reason=reason) if row.verdict is Verdict.FAIL else row
        for row in result.rows
    )
    return replace(result, rows=rows)


@pytest.fixture
def known(report: Report) -> Report:
    """A report whose failures have one reason: somebody wrote a baseline."""
    reason = "The order is that of (creation). (the API team, until 2027-01-31)"
    return replace(report, results=tuple(failing(result, reason) for result in report.results))


def test_operations_conform_or_have_deviations(report: Report) -> None:
    """Each operation has a line: how many cases it passed, and which deviations it has."""
    operations = section(verdict.page({"open": report}, "A server"), "Operations")
    assert "| operation | open | deviations |" in operations
    (listed,) = re.findall(r"(?m)^\| list_conversations \| .*$", operations)
    assert re.fullmatch(r"\| list_conversations \| 1 of \d+ \| \[1\]\(#d1\).* \|", listed)

    green = replace(report, results=report.results[:3])
    page = verdict.page({"open": green}, "A server")
    assert "| list_conversations | conforms (1) |  |" in page
    assert "None was found." in section(page, "Deviations")


def test_deviation_has_requirement_evidence_and_curl(report: Report) -> None:
    """A deviation says what is required and by which rule, what came instead, and how to see it again."""
    page = verdict.page({"open": replace(report, results=report.results[4:5])}, "A server")
    told = section(page, '<a id="d1">')
    assert "- Required: " in told
    assert "(STATE-24)" in told
    assert "- Expected: conv-2, conv-1" in told
    assert "- Actual: conv-3, conv-2" in told
    assert "- Found by: `send_conversation_message/ends-well`" in told
    assert "```bash\ncurl -sS -i" in told
    assert "- Known: " not in told


def test_evidence_shows_the_reply(report: Report) -> None:
    """Below the request stand the status, the headers that matter, and the body."""
    results = (replace(report.results[3], rows=report.results[3].rows[:1]),)
    told = verdict.page({"open": replace(report, results=results)}, "A server")
    assert '```http\n200\ncontent-type: application/json\n\n[{"id": "conv-3"}, {"id": "conv-2"}]\n```' in told


def test_long_stream_is_told_by_both_ends(report: Report) -> None:
    """Of many events, the first and the last are there, as that is where streams go wrong."""
    row = report.results[4].rows[0]
    reply = row.exchanges[0].reply
    assert reply is not None
    events = b"".join(b"data: %d\n\n" % number for number in range(9))
    rows = (replace(row, exchanges=(replace(row.exchanges[0], reply=replace(reply, content=events)),)),)
    told = verdict.page({"open": replace(report, results=(replace(report.results[4], rows=rows),))}, "A server")
    assert "\n\ndata: 0\n\ndata: 1\n\n…\n\ndata: 7\n\ndata: 8\n```\n" in told


def test_one_reason_is_one_deviation(known: Report) -> None:
    """What a baseline gives one reason for is told once, under that, with those who know of it."""
    page = verdict.page({"open": known}, "A server")
    assert titles(page) == ["The order is that of (creation).", "They know."]
    told = section(page, '<a id="d1">')
    assert "- Found by: `list_conversations/after-is-exclusive`, `send_conversation_message/ends-well`" in told
    assert "- Known: the API team, until 2027-01-31" in told


def test_runs_stand_side_by_side(known: Report) -> None:
    """What only one of several runs has seen is told to be so."""
    less = replace(known, results=(*known.results[:4], replace(known.results[4], rows=(Row("a", Verdict.PASS),))))
    page = verdict.page({"open": known, "with a token": less}, "A server")
    assert "| operation | open | with a token | deviations |" in page
    assert "- Found by: `list_conversations/after-is-exclusive`, `send_conversation_message/ends-well` (open)" in page
    assert len(re.findall(r"(?m)^\| (?:open|with a token) \| 2026-02-03 \| 7 \| 345 \|", page)) == 2


def test_what_is_no_deviation_is_told_apart(report: Report) -> None:
    """What a server need not have, what was seen once and what could not be judged stand below, with the reason."""
    page = verdict.page({"open": report}, "A server")
    assert "- `list_conversations/should-be`: " in section(page, "Unsupported, as it may be")
    unjudged = section(page, "Not judged")
    assert "| `list_conversations/sometimes` | flaky: it did not happen again in 2 repeats |" in unjudged
    assert "| `list_conversations/skipped` | skip: no token is set: pass --token |" in unjudged
    assert "| `list_conversations/broken-case` | error: KeyError: 'x' |" in unjudged
    assert "list_conversations/generated-requests" not in page


def test_nothing_that_a_server_says_breaks_the_page(report: Report) -> None:
    """Markup is no markup, a cell stays a cell, and no fence ends before its block."""
    reply = report.results[4].rows[0].exchanges[0].reply
    assert reply is not None
    exchange = replace(report.results[4].rows[0].exchanges[0], reply=replace(reply, content=b"a\n````\n# b"))
    rows = (replace(report.results[3].rows[2], exchanges=(exchange,)),)
    page = verdict.page({"open": replace(report, results=(replace(report.results[3], rows=rows),))}, "A server")
    assert "<script" not in page
    assert "\n`````http\n" in page
    assert page.count("\n`````\n") == 1


def test_one_run_has_a_page_too(report: Report) -> None:
    """Among the files of a run, the page is named after the server."""
    assert verdict.render(report).startswith(f"# {report.target}\n")
