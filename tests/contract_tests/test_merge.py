from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from letta_contract.contract_tests.case import Case, Result, Row
from letta_contract.contract_tests.coverage import Covered
from letta_contract.contract_tests.errors import UsageError
from letta_contract.contract_tests.latency import judged
from letta_contract.contract_tests.merge import merge
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.selection import shard
from letta_contract.contract_tests.verdict import Verdict

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"
CASES = [Case("list_conversations", f"case-{n}", "It must.", "OP-2", lambda _: iter(())) for n in range(7)]
REPORT = Report(
    command="test",
    target="http://127.0.0.1:1",
    agent="agent-1 (given)",
    contract="1.0.0",
    seed=0,
    started=datetime(2026, 2, 3, tzinfo=UTC),
    seconds=2.0,
    requests=10,
    results=(),
    sources={"list_conversations": "spec/paths/conversations.yaml:64"},
)


def part(text: str, verdict: Verdict = Verdict.PASS, **more: Any) -> Report:
    results = tuple(Result(case, (Row("a", verdict, rule="OP-2"),)) for case in shard(CASES, text))
    return replace(REPORT, **{"shard": text, "results": results, **more})


def test_shards_share_the_cases_out() -> None:
    """Every case is in exactly one shard, and the shards are alike in size."""
    parts = [shard(CASES, f"{n}/3") for n in (1, 2, 3)]
    assert sorted(case.id for one in parts for case in one) == [case.id for case in CASES]
    assert [len(one) for one in parts] == [3, 2, 2]
    assert shard(CASES, None) == CASES


def test_shard_without_a_case_is_a_usage_error() -> None:
    """A shard that has nothing to judge must not look green."""
    with pytest.raises(UsageError, match="only 7 are selected"):
        shard(CASES, "8/8")


def test_parts_make_the_whole_in_its_order() -> None:
    """Given in any order, the parts make the report of one run."""
    whole = merge([part("2/2", seconds=5.0), part("1/2", left=("conv-1",))])
    assert [result.case.id for result in whole.results] == [case.id for case in CASES]
    assert (whole.requests, whole.seconds, whole.shard, whole.left) == (20, 5.0, "", ("conv-1",))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, 0),
        ({"verdict": Verdict.FAIL}, 1),
        ({"verdict": Verdict.ERROR}, 4),
        ({"interrupted": True}, 130),
        ({"left": ("conv-1",)}, 4),
        ({"verdict": Verdict.FLAKY}, 0),
    ],
)
def test_worst_part_decides(changes: dict[str, Any], code: int) -> None:
    """What one part found or met is what the whole run would have."""
    assert merge([part("1/2"), part("2/2", **changes)]).exit_code == code


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([], "nothing to merge"),
        ([part("1/3"), part("3/3")], "Shard 2/3 is missing"),
        ([part("1/2"), part("2/2"), part("2/2")], "Shard 2/2 does not belong"),
        ([part("1/2"), part("2/2"), replace(part("1/1"), shard="")], "Shard a whole run does not belong"),
        ([part("1/2"), part("2/2", seed=1)], "seed is 0 and 1"),
        ([part("1/2"), part("2/2", contract="2.0.0")], "contract is 1.0.0 and 2.0.0"),
    ],
)
def test_parts_that_are_not_one_run_are_refused(parts: list[Report], message: str) -> None:
    """A verdict over a hole, or over two runs, would be none."""
    with pytest.raises(UsageError, match=message):
        merge(parts)


def test_case_of_several_parts_has_its_worst_verdict() -> None:
    """Whole runs can be joined as well, and what failed in one of them failed."""
    good, bad = (replace(part("1/1", verdict), shard="") for verdict in (Verdict.PASS, Verdict.FAIL))
    assert {result.verdict for result in merge([bad, good]).results} == {Verdict.FAIL}


def test_coverage_is_that_of_all_parts() -> None:
    """What one part tried was tried; the same field of another operation was tried elsewhere."""
    here = Covered("list_conversations", "query.order", "enum", "asc", "not tried", "tried")
    other = replace(here, operation="list_conversation_messages", outside="not tried")
    one = part("1/2", coverage=(replace(here, inside="tried", outside="not tried"), other))
    whole = merge([one, part("2/2", coverage=(here, other))])
    assert whole.coverage == (
        replace(here, inside="tried", outside="tried"),
        replace(other, inside="tried elsewhere", outside="tried elsewhere"),
    )


def test_what_is_told_twice_is_folded_across_parts() -> None:
    """A drawn request that failed in one part is told by the case that names it in another."""
    failed = Row("a", Verdict.FAIL, "this", "that", "STATE-48", "500 for a NUL")
    named, drawn = (replace(CASES[0], slug=slug) for slug in ("nasty-values", "generated-requests"))
    whole = merge([part("1/2", results=(Result(named, (failed,)),)), part("2/2", results=(Result(drawn, (failed,)),))])
    assert [result.verdict for result in whole.results] == [Verdict.FAIL, Verdict.FOLDED]


def test_median_is_of_what_all_parts_measured() -> None:
    """One part's answers may be too slow, or too few, where the whole's are not; what is known stays known."""
    slow, quick = {"list_conversations": (2.0, 2.0, 2.0)}, {"list_conversations": (0.1,) * 4}
    limited = [part(f"{n}/2", first_bytes=s, max_response_time=1.0) for n, s in ((1, slow), (2, quick))]
    late = tuple(judged(["list_conversations"], {"list_conversations": 2.0}, 1.0))
    limited[0] = replace(limited[0], results=limited[0].results + late)
    (median,) = (result for result in merge(limited).results if result.case.slug == "response-time")
    assert (median.verdict, median.rows[0].actual) == (Verdict.PASS, "0.100 s")
    known = replace(late[0], rows=(replace(late[0].rows[0], verdict=Verdict.KNOWN, reason="They know."),))
    slower = [replace(limited[0], results=(known,)), replace(limited[1], first_bytes={})]
    assert merge(slower).results[-1].rows == known.rows
    assert merge([replace(one, max_response_time=None) for one in limited]).exit_code == 0


def test_shards_merged_are_as_good_as_one_run(command: Callable[..., Any], server: Any) -> None:
    """The verdict, the failures and the files of merged shards are those of an undivided run."""

    def no_allow(_call: Any, answer: Any) -> Any:
        kept = tuple(pair for pair in answer.headers if pair[0] != "allow")
        return replace(answer, headers=kept) if answer.status == 405 else answer

    server.app.change = no_allow
    gate = ("test", server.url, "*/other-methods", "*/not-found-body", "--agent-id", AGENT)
    whole = command(*gate)
    for number in (1, 2, 3):
        command(*gate, "--shard", f"{number}/3", "--out", f"part-{number}")
    merged = command("merge", "part-1", "part-2", "part-3", "--out", "contract-report")
    assert merged.code == whole.code == 1
    files = {file.name for file in (merged.folder / "contract-report").iterdir()}
    assert files == {"report.html", "results.json", "junit.xml", "results.sarif", "summary.md", "verdict.md"}
    assert merged.out.count("curl") == whole.out.count("curl") > 0
    short = command("merge", "part-1", "part-3", "--out", "contract-report")
    assert (short.code, "Shard 2/3 is missing" in short.err) == (2, True)


def test_merged_results_are_those_of_one_run(command: Callable[..., Any], server: Any) -> None:
    """Case by case, results.json says the same."""
    gate = ("test", server.url, "list_conversations/*-values", "*/body-form", "--agent-id", AGENT)
    whole = command(*gate).results
    for number in (1, 2):
        command(*gate, "--shard", f"{number}/2", "--out", f"part-{number}")
    merged = command("merge", "part-2", "part-1", "--out", "contract-report", "--format", "json").results
    assert [(c["id"], c["verdict"], c["rows"]) for c in merged["cases"]] == [
        (c["id"], c["verdict"], c["rows"]) for c in whole["cases"]
    ]
    assert merged["coverage"] == whole["coverage"]
    assert merged["counts"] == whole["counts"]
