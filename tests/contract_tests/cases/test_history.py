"""Whether two lists of messages tell the same."""

from __future__ import annotations

from typing import Any

import pytest
from letta_contract.contract_tests.cases.history import tells_same


def rows(*said: str) -> list[dict[str, Any]]:
    """What was said, each as `text@date`."""
    pairs = [text.split("@") for text in said]
    return [{"message_type": "user_message", "content": text, "date": date} for text, date in pairs]


TOLD = rows("one@1", "two@2", "two@3", "three@4")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (TOLD, True),
        (rows("one@5", "two@6", "two@7", "three@8"), True),
        (rows("one@9", "three@9", "two@9", "two@9"), True),
        (rows("two@1", "one@2", "two@3", "three@4"), False),
        (rows("three@4", "two@3", "two@2", "one@1"), False),
        (rows("one@1", "two@2", "three@4"), False),
        (rows("one@1", "two@2", "two@3", "two@3", "three@4"), False),
        (rows("one@1", "two@2", "two@3", "four@4"), False),
    ],
    ids=["itself", "with later dates", "all of one date", "swapped", "backwards", "less", "more", "another"],
)
def test_order_counts_but_for_equal_dates(other: list[dict[str, Any]], *, same: bool) -> None:
    """Lists tell the same that say the same in one order; those of one date in one of them may stand in any."""
    assert tells_same(TOLD, other) is same
    assert tells_same(other, TOLD) is same


def test_system_message_does_not_count() -> None:
    """A fork may have a system message of its own."""
    assert tells_same([{"message_type": "system_message", "content": "You are.", "date": "0"}, *TOLD], TOLD)
