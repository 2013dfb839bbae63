from __future__ import annotations

import pytest
from letta_contract.contract_tests.drift.difference import Direction, Severity, Side, severity
from letta_contract.contract_tests.drift.patterns import relation

B, N, I = Severity.BREAKING, Severity.NOTABLE, Severity.INFO  # noqa: E741  # as the table reads


@pytest.mark.parametrize(
    ("side", "direction", "plain", "silent", "allowed"),
    [
        (Side.REQUEST, Direction.STRICTER, B, N, I),
        (Side.REQUEST, Direction.WIDER, N, N, I),
        (Side.REQUEST, Direction.OTHER, B, N, I),
        (Side.RESPONSE, Direction.STRICTER, I, N, I),
        (Side.RESPONSE, Direction.WIDER, B, N, I),
        (Side.RESPONSE, Direction.OTHER, B, N, I),
    ],
)
def test_severity_follows_side_and_direction(
    side: Side, direction: Direction, plain: Severity, silent: Severity, allowed: Severity
) -> None:
    """A request breaks where less is taken, an answer where more may come; what is untold or allowed breaks nothing."""
    found = (
        severity(side, direction),
        severity(side, direction, silent=True),
        severity(side, direction, silent=True, allowed=True),
    )
    assert found == (plain, silent, allowed)


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        ("^[b-a]$", Direction.OTHER),
        ("^(?:a|b)$", None),
        ("^a$", Direction.STRICTER),
        ("^[abc]$", Direction.WIDER),
        ("a|b", Direction.WIDER),
        ("^[bc]$", Direction.OTHER),
        (r"^\p{L}$", Direction.OTHER),
    ],
)
def test_patterns_are_told_apart_by_what_they_match(theirs: str, expected: Direction | None) -> None:
    """A pattern is stricter or wider by the texts that it takes, however it is spelled."""
    assert relation("^[ab]$", theirs) is expected
