"""Values of several parameters beside each other: few requests in which any two of them meet.

What goes well alone goes wrong beside something else, and mostly beside one thing (NIST, software fault interactions).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import permutations, product
from random import Random
from typing import Any

from allpairspy import AllPairs

LEFT_OUT = object()  # the value of a parameter that is not given
_DRAWN = 300  # choices, of all that there are: enough to find good ones among, and quick


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


def telling(
    values: Mapping[str, Sequence[Any]],
    seed: int,
    outcome: Callable[[dict[str, Any]], Any],
    usual: Mapping[str, Any],
    possible: Callable[[dict[str, Any]], bool],
) -> Iterator[dict[str, Any]]:
    """Choices in which any two values meet, and meet where each of them is seen to count, if they do so anywhere.

    A value counts in a choice of which something else should come without it; one that is left out, or `usual`, counts
    where another would change what comes. So a cursor behind which nothing is left does not hide a lost filter.
    """
    names = list(values)
    random = Random(seed)  # noqa: S311  # nothing secret
    choices = [chosen for chosen in product(*values.values()) if possible(_given(names, chosen))]
    drawn = random.sample(choices, min(len(choices), _DRAWN))

    @cache
    def comes(chosen: tuple[Any, ...]) -> Any:
        return outcome(_given(names, chosen))

    def counts(chosen: tuple[Any, ...], place: int) -> bool:
        name, value = names[place], chosen[place]
        unsaid = (LEFT_OUT, usual.get(name, LEFT_OUT))
        others: Sequence[Any] = [LEFT_OUT]
        if value in unsaid or LEFT_OUT not in values[name]:
            others = [other for other in values[name] if other not in (*unsaid, value)]
        return any(comes((*chosen[:place], other, *chosen[place + 1 :])) != comes(chosen) for other in others)

    def meetings(chosen: tuple[Any, ...]) -> set[tuple[Any, ...]]:
        counting = [place for place in range(len(names)) if counts(chosen, place)]
        met = {(one, chosen[one], other, chosen[other]) for one, other in permutations(range(len(names)), 2)}
        return met | {(*meeting, "and counts") for meeting in met if meeting[0] in counting}

    left = {chosen: meetings(chosen) for chosen in drawn}
    while left:
        best = max(left, key=lambda chosen: len(left[chosen]))
        found = left.pop(best)
        if found:
            yield _given(names, best)
        left = {chosen: rest for chosen, met in left.items() if (rest := met - found)}


def label(given: Mapping[str, Any]) -> str:
    """A choice, as a row is called by it."""
    return ", ".join(f"{name} {value}" for name, value in given.items())


def _given(names: Sequence[str], chosen: Sequence[Any]) -> dict[str, Any]:
    return {name: value for name, value in zip(names, chosen, strict=False) if value is not LEFT_OUT}
