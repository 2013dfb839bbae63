from __future__ import annotations

import pytest
from letta_contract.contract_tests.verdict import ExitCode, Verdict, exit_code

SKIP, PASS, UNSUPPORTED, FOLDED, KNOWN, FLAKY, ERROR, FAIL = Verdict


def test_a_parent_is_its_worst_child() -> None:
    """A server's fault outweighs one of ours, and both outweigh all that is fine."""
    given = [FAIL, PASS, FLAKY, ERROR, FOLDED, KNOWN, SKIP, UNSUPPORTED]
    assert sorted(given) == [SKIP, PASS, UNSUPPORTED, FOLDED, KNOWN, FLAKY, ERROR, FAIL]


def test_words_are_lower_case_names() -> None:
    """Reports have the names in lower case."""
    words = ["skip", "pass", "unsupported", "folded", "known", "flaky", "error", "fail"]
    assert [verdict.word for verdict in Verdict] == words


@pytest.mark.parametrize(
    ("verdicts", "also", "code"),
    [
        ([PASS], [], 0),
        ([PASS, SKIP, UNSUPPORTED], [], 0),
        ([KNOWN], [], 0),
        ([FOLDED], [], 0),
        ([FLAKY], [], 0),
        ([PASS, FAIL], [], 1),
        ([FAIL, ERROR], [], 1),
        ([PASS, ERROR], [], 4),
        ([ERROR], [], 4),
        ([], [], 2),
        ([SKIP], [], 2),
        ([SKIP, UNSUPPORTED], [], 2),
        ([FAIL], [ExitCode.INTERRUPTED], 130),
        ([PASS], [ExitCode.INTERRUPTED], 130),
        ([], [ExitCode.INTERRUPTED], 130),
        ([FAIL], [ExitCode.OURS], 1),
        ([PASS], [ExitCode.OURS], 4),
        ([ERROR], [ExitCode.TARGET], 4),
        ([PASS], [ExitCode.TARGET], 3),
        ([], [ExitCode.TARGET], 3),
        ([PASS], [ExitCode.USAGE], 2),
        ([PASS], [ExitCode.CONFORMS], 0),
    ],
)
def test_the_gravest_of_several_decides(verdicts: list[Verdict], also: list[ExitCode], code: int) -> None:
    """130 before 1 before 4 before 3 before 2 before 0, and a run that judged nothing is never 0."""
    assert exit_code(verdicts, *also) == code


def test_flaky_counts_where_that_is_asked_for() -> None:
    """With --fail-flaky, what may have failed has failed."""
    assert exit_code([PASS, FLAKY], fail_flaky=True) == 1
    assert exit_code([PASS, KNOWN], fail_flaky=True) == 0
