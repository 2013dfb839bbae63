"""Values of several parameters beside each other: few requests in which any two of them meet.

What goes well alone goes wrong beside something else, and mostly beside one thing (NIST, software fault interactions).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

from allpairspy import AllPairs

LEFT_OUT = object()  # the value of a parameter that is not given


def pairs(
    values: Mapping[str, Sequence[Any]], seed: int, possible: Callable[[dict[str, Any]], bool] = lambda _: True
) -> Iterator[dict[str, Any]]:
    """Choices of one value for each parameter, so that any two values of two parameters are in one of them.

    The seed decides which others stand beside them. `possible` says of a choice, or of its first part, whether it can
    be made; what is left out is not in it.
    """
    random = Random(seed)  # noqa: S311  # nothing secret
    names = sorted(values, key=lambda name: -len(values[name]))  # which takes the fewest choices
    shuffled = [random.sample(list(values[name]), len(values[name])) for name in names]

    def may_be(chosen: Sequence[Any]) -> bool:
        return possible(_given(names, chosen))

    for chosen in AllPairs(shuffled, filter_func=may_be):
        yield _given(names, chosen)


def label(given: Mapping[str, Any]) -> str:
    """A choice, as a row is called by it."""
    return ", ".join(f"{name} {value}" for name, value in given.items())


def _given(names: Sequence[str], chosen: Sequence[Any]) -> dict[str, Any]:
    return {name: value for name, value in zip(names, chosen, strict=False) if value is not LEFT_OUT}
