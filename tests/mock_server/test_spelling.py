import re
from random import Random

import pytest
from letta_contract.mock_server.spelling import spelled


@pytest.mark.parametrize(
    "pattern",
    [
        r"^conv-[0-9a-f]{8}-[89ab][0-9a-f]{3}$",
        r"^(default|conv-x|agent-y)$",
        r"\d+\s\w*\D\S\W",
        r"[^a-y]{3,}",
        r"a?b+?c*.",
        r"(x|y)\1",
        r"[^\d\s]",
        r"é[ß-ü]",
        r"(?>ab)c++",
        r"[^é]",
    ],
)
def test_what_is_spelled_fits(pattern: str) -> None:
    """Whatever the dice say, the pattern finds the text."""
    texts = [spelled(pattern, Random(seed)) for seed in range(100)]
    assert [text for text in texts if not re.search(pattern, text)] == []


def test_texts_differ_and_come_again() -> None:
    """Other dice give another text, the same the same."""
    texts = [spelled("[0-9a-f]{8}", Random(seed)) for seed in (1, 2, 1)]
    assert texts[0] == texts[2] != texts[1]


def test_what_is_no_pattern_is_refused() -> None:
    """An expression that cannot be read is a ValueError."""
    with pytest.raises(ValueError, match="unterminated"):
        spelled("[a", Random(0))
