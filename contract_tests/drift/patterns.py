"""Two regular expressions that are not spelled alike: which one accepts more, as far as samples tell."""

from __future__ import annotations

import re

from .difference import Direction

_SAMPLES = 100


def relation(ours: str, theirs: str) -> Direction | None:
    """How the server's pattern stands to ours; None where each matches whatever was drawn from the other."""
    from hypothesis.errors import HypothesisException

    try:
        fewer = not all(re.search(theirs, text) for text in _drawn(ours))
        more = not all(re.search(ours, text) for text in _drawn(theirs))
    except (re.error, HypothesisException):
        return Direction.OTHER  # of another dialect than ours, or nothing matches it
    if fewer and more:
        return Direction.OTHER
    return Direction.STRICTER if fewer else Direction.WIDER if more else None


def _drawn(pattern: str) -> list[str]:
    """Texts that a pattern matches, the same ones each time."""
    from hypothesis import HealthCheck, Phase, given, settings, strategies

    texts: list[str] = []

    @settings(
        max_examples=_SAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategies.from_regex(pattern))
    def draw(text: str) -> None:
        # `$` overlooks a line feed at the end, which no pattern here means (ID-6).
        texts.append(text.removesuffix("\n"))

    draw()
    return texts
