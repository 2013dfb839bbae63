"""What one validator serves for several operations: tried in full on the first, and in turn on the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
_TURNS = 8


def share(items: Iterable[T], place: int, seed: int, always: Callable[[T], bool] = lambda _: False) -> Iterator[T]:
    """What the operation at `place` tries: the first one all, any other a part, which one by its place and the seed.

    What is to be tried `always` is in every share.
    """
    for number, item in enumerate(items):
        if not place or always(item) or (number + place + seed) % _TURNS == 0:
            yield item
