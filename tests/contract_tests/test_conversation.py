from __future__ import annotations

from typing import Any

import pytest
from letta_contract.contract_tests.conversation import joined, went_back


@pytest.mark.parametrize(
    ("was", "is_", "back"),
    [
        pytest.param("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", True, id="earlier"),
        pytest.param("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", False, id="later"),
        pytest.param("2026-01-01T00:00:00Z", "2026-01-01T02:00:00+02:00", False, id="one instant"),
        pytest.param("2026-01-01T00:00:00Z", "2026-01-01T01:00:00+02:00", True, id="earlier by its offset"),
        pytest.param(None, "2026-01-01T00:00:00Z", False, id="there was none"),
        pytest.param("2026-01-01T00:00:00Z", None, False, id="there is none"),
    ],
)
def test_updated_at_goes_back_where_it_is_earlier_than_it_was(was: Any, is_: Any, *, back: bool) -> None:
    """Dates are compared as instants, and one that is not there is none to compare."""
    assert went_back({"updated_at": was}, {"updated_at": is_}) is back


@pytest.mark.parametrize(
    ("chunks", "text"),
    [
        pytest.param(["naïve ", "東京"], "naïve 東京", id="whole characters"),
        pytest.param(["hi \ud83d", "\udc4b!"], "hi 👋!", id="a character in halves"),
        pytest.param(["\ud83d", "!"], "\ud83d!", id="half a character"),
        pytest.param([], "", id="nothing"),
    ],
)
def test_chunks_join_by_the_halves_of_their_characters(chunks: list[str], text: str) -> None:
    """Servers that count in UTF-16 may cut a character in two, which is none the worse when it is joined."""
    assert joined(chunks) == text
