"""Several values that fit in one: what a server takes together, it takes one by one, and asking once is quicker."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


def packs(
    tries: Iterable[T], value: Callable[[T], Any], fits: Callable[[Any], bool], tags: Collection[str]
) -> list[tuple[Any, list[T]]]:
    """Every try once, each in a pack that it goes into, if there is one: the pack's joint value, and its tries.

    `value` is what a try sends. Two go together where neither contradicts the other and `fits` takes both at once.
    Objects whose `tags` differ are variants of a union, and what the one asks for might not be looked at in the other.
    """
    found: list[tuple[Any, list[T]]] = []
    for one in tries:
        mine = value(one)
        for place, (whole, members) in reversed(list(enumerate(found))):  # the last one is the most alike
            try:
                both = _joined(whole, mine, tags)
            except _Contradiction:
                continue
            if fits(both):
                found[place] = (both, [*members, one])
                break
        else:
            found.append((mine, [one]))
    return found


class _Contradiction(Exception):  # noqa: N818  # no error: the two go into different packs
    """Two values want different things at one place."""


def _joined(one: Any, other: Any, tags: Collection[str]) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        if any((tag in one) is not (tag in other) for tag in tags):
            raise _Contradiction
        both = {name: _joined(one[name], other[name], tags) for name in one if name in other}
        return {**one, **other, **both}
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [_joined(mine, theirs, tags) for mine, theirs in zip(one, other, strict=True)]
    if type(one) is not type(other) or one != other:
        raise _Contradiction
    return one
