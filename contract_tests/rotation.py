"""What one validator serves for several operations: tried in full on the first, and in turn on the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
_TURNS = 4


def share(named: Iterable[tuple[str, T]], place: int, seed: int, everywhere: Collection[str] = ()) -> Iterator[T]:
    """What the operation at `place` tries: the first one all, any other a quarter, which one by its place and the seed.

    What is named `everywhere` is in every share.
    """
    for number, (name, one) in enumerate(named):
        if not place or name in everywhere or (number + place + seed) % _TURNS == 0:
            yield one
