from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from letta_contract.contract_tests.case import Case, Result, Row
from letta_contract.contract_tests.exchange import Exchange
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.reports.terminal import MARKS, print_report
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.verdict import Verdict
from rich.console import Console

if TYPE_CHECKING:
    from letta_contract.spec import Level

TEXT = """\
Target    http://127.0.0.1:8283   Contract 1.0.0   Agent agent-1 (given)

list_conversations         ✔·✘!
send_conversation_message  ~

✘ list_conversations/after-is-exclusive  MUST
    Requirement  The requirement of after-is-exclusive. (STATE-24)
    Tried        a, b, c, d and 1 more
    Expected     conv-2, conv-1 (STATE-24)
    Actual       conv-3, conv-2
    Reproduce    curl -sS -i 'http://127.0.0.1:8283/v1/conversations/?limit=1'
                 curl -sS -i 'http://127.0.0.1:8283/v1/conversations/?after=conv-3'
    Tried        once
    Expected     another
    Actual       conv-3, conv-2
    Explain      letta-contract explain list_conversations/after-is-exclusive     spec/paths/conversations.yaml:64

! list_conversations/broken-case  MUST
    Requirement  The requirement of broken-case. (STATE-24)
    Our fault    KeyError: 'x'. Please report it, with the command that you ran.
    Explain      letta-contract explain list_conversations/broken-case     spec/paths/conversations.yaml:64

~ send_conversation_message/sometimes  MUST
    Requirement  The requirement of sometimes. (STATE-24)
    Tried        y
    Expected     conv-2, conv-1 (STATE-24)
    Actual       conv-3, conv-2
    Flaky        it did not happen again in 2 repeats
    Explain      letta-contract explain send_conversation_message/sometimes     spec/paths/messages.yaml:30

5 MUST: 1 passed · 1 failed · 1 went wrong · 1 flaky · 1 skipped      1 of 2 operations conform      9 requests in 1.5 s
Report  out/results.json      Seed 7
NOT CONFORMANT
"""


def case(slug: str, operation: str = "list_conversations", level: Level = "must") -> Case:
    return Case(operation, slug, f"The requirement of {slug}.", "STATE-24", lambda _: iter(()), level)


def row(name: str, verdict: Verdict = Verdict.FAIL, *queries: str) -> Row:
    exchanges = [
        Exchange(Request("GET", "/v1/conversations/", query), None, base_url="http://127.0.0.1:8283")
        for query in queries
    ]
    return Row(name, verdict, "conv-2, conv-1", "conv-3, conv-2", "STATE-24", "", tuple(exchanges))


def shown(report: Report, written: str = "", **options: object) -> str:
    out = io.StringIO()
    print_report(report, Console(file=out, width=80, **options), written=written)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.fixture
def small(report: Report) -> Report:
    """A report that fits on one screen."""
    results = (
        Result(case("passes"), (Row("a", Verdict.PASS),)),
        Result(case("skipped"), (), without_rows=Verdict.SKIP, reason="no token"),
        Result(
            case("after-is-exclusive"),
            (
                row("a", Verdict.FAIL, "limit=1", "after=conv-3"),
                *(row(name) for name in "bcde"),
                replace(row("once"), expected="another", rule=""),
                row("fine", Verdict.PASS),
            ),
        ),
        Result(case("broken-case"), (Row("our own fault", Verdict.ERROR),), reason="KeyError: 'x'"),
        Result(
            case("sometimes", "send_conversation_message"),
            (replace(row("y", Verdict.FLAKY), reason="it did not happen again in 2 repeats"),),
        ),
    )
    return replace(report, results=results, fixed=(), expired=(), requests=9, seconds=1.5)


def test_report_is_what_a_person_reads(small: Report) -> None:
    """A mark for every case, each failure with requirement, values, command and explanation, and the verdict last."""
    assert shown(small, "out/results.json") == TEXT


def test_lines_are_never_broken(small: Report) -> None:
    """A command can be copied whole, however narrow the terminal is, and nothing is taken for markup or emoji."""
    odd = replace(row("[bold]x[/bold] :smile:"), actual="word " * 40)
    report = replace(small, results=(Result(case("odd"), (odd,)),))
    assert f"    Actual       {'word ' * 40}".rstrip() in [line.rstrip() for line in shown(report).splitlines()]
    assert "    Tried        [bold]x[/bold] :smile:\n" in shown(report)


def test_conforming_run_is_short(small: Report) -> None:
    """Where all is well there is nothing to read but the marks and the verdict."""
    report = replace(small, results=small.results[:1])
    assert shown(report).splitlines()[2:] == [
        "list_conversations  ✔",
        "",
        "1 MUST: 1 passed      1 of 1 operations conform      9 requests in 1.5 s",
        "CONFORMANT",
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"results": ()}, "NOT JUDGED"),
        ({"interrupted": True}, "INTERRUPTED"),
        ({}, "NOT CONFORMANT"),
    ],
)
def test_last_line_is_the_verdict(small: Report, changes: dict[str, object], sentence: str) -> None:
    """Whoever reads nothing else reads whether the server conforms."""
    assert shown(replace(small, **changes)).splitlines()[-1] == sentence  # type: ignore[arg-type]


def test_levels_are_counted_apart(small: Report) -> None:
    """A SHOULD that is lacking is unsupported, and one that is broken a failure."""
    passed, lacking = Result(case("a"), (row("x", Verdict.PASS),)), case("b", level="should")
    report = replace(small, results=(passed, Result(lacking, (row("x", Verdict.UNSUPPORTED),))))
    assert "1 MUST: 1 passed      1 SHOULD: 1 unsupported      1 of 1 operations conform" in shown(report)
    assert "b  SHOULD" not in shown(report)
    broken = shown(replace(report, results=(passed, Result(lacking, (row("x"),)))))
    assert "1 MUST: 1 passed      1 SHOULD: 1 failed      0 of 1 operations conform" in broken
    assert "✘ list_conversations/b  SHOULD" in broken


def test_many_causes_are_in_the_files(small: Report) -> None:
    """Three failures of a case are shown in full, more are counted."""
    rows = tuple(replace(row(name), rule=name) for name in "abcde")
    text = shown(replace(small, results=(Result(case("a"), rows),)))
    assert text.count("    Tried ") == 3
    assert "    And          2 more causes: see the report's files\n" in text
    assert "    And          1 more cause: see" in shown(replace(small, results=(Result(case("a"), rows[:4]),)))
    assert "    And " not in shown(replace(small, results=(Result(case("a"), rows[:3]),)))


def test_endless_command_is_in_the_files(small: Report) -> None:
    """A command that fills the screen is told by its length."""
    report = replace(small, results=(Result(case("a"), (row("a", Verdict.FAIL, "x" * 5000),)),))
    assert re.search(r"\n    Reproduce    curl with 50\d\d characters: see the report's files\n", shown(report))


def test_one_cause_in_several_operations_is_told_once(small: Report) -> None:
    """The first is shown in full, the others are counted; another cause, verdict or requirement is told by itself."""
    operations = ("create", "fork", "delete", "cancel", "compact", "recompile")
    same = [Result(case("body", f"{name}_conversation"), (row("a"), row("b"))) for name in operations]
    other = Result(case("body"), (replace(row("a"), rule="ERR-2"),))
    sources = dict.fromkeys((result.case.operation for result in (*same, other)), "spec/paths/x.yaml:1")
    report = replace(small, results=(*same, other), sources=sources)
    text = shown(report)
    assert [line for line in text.splitlines() if line.startswith("✘")] == [
        "✘ create_conversation/body  MUST",
        "✘ list_conversations/body  MUST",
    ]
    wanted = "fork_conversation, delete_conversation, cancel_conversation, compact_conversation and 1 more"
    assert f"    Likewise     {wanted}\n" in text
    assert "7 failed" in text


def test_drawn_requests_are_told_where_they_are_named(report: Report) -> None:
    """The case that tells of a failure says where else it was met, and that is no second failure."""
    text = shown(report)
    assert "    Also in      list_conversations/generated-requests: request 3\n" in text
    assert "✘ list_conversations/generated-requests" not in text
    assert "1 told by another case" in text


def test_skipped_part_of_a_failure_is_not_our_fault(small: Report) -> None:
    """A reason to skip something is not told as a fault of ours."""
    report = replace(small, results=(Result(case("a"), (row("a"), row("b", Verdict.SKIP)), reason="not ours"),))
    assert "Our fault" not in shown(report)


def test_what_stayed_is_named(small: Report) -> None:
    """What could not be cleared away is for the user to delete."""
    text = shown(replace(small, left=("conv-1", "conv-2")))
    assert "\nLeft behind: conv-1, conv-2. Delete them by hand.\n" in text


def test_news_of_the_baseline_are_told(report: Report) -> None:
    """An entry that has expired, and one that is no longer needed, are named."""
    text = shown(report)
    assert "\nExpired on 2026-01-31: fork_conversation/slug an order (the API team)\n" in text
    assert (
        "\nFixed: list_conversations/order an order. Take it out of the baseline, or pass --update-baseline.\n" in text
    )


def test_terminal_has_colours_and_a_file_has_none(small: Report) -> None:
    """Colour is for eyes only."""
    assert "\x1b[1;31m✘" in shown(small, force_terminal=True, color_system="standard")
    assert "\x1b" not in shown(small)


def test_every_verdict_has_a_mark_of_its_own() -> None:
    """No two verdicts look alike, even without colours."""
    assert set(MARKS) == set(Verdict)
    assert len({mark for mark, _ in MARKS.values()}) == len(Verdict)
