"""Several values in one: what a server takes together, it takes one by one, and what it names of many, it looks at.

Asking once is quicker.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")
Pointer = tuple[str | int, ...]


def packs(
    tries: Iterable[T], value: Callable[[T], Any], fits: Callable[[Any], bool], tags: Collection[str]
) -> list[tuple[Any, list[T]]]:
    """Every try once, each in a pack that it goes into, if there is one: the pack's joint value, and its tries.

    `value` is what a try sends. Two go together where neither contradicts the other and `fits` takes both at once.
    Objects whose `tags` differ are variants of a union, and what the one asks for might not be looked at in the other.
    Lists whose items do not go together are one list of both.
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


def crowds(
    tries: Iterable[T], value: Callable[[T], Any], pointer: Callable[[T], Pointer], tags: Collection[str]
) -> list[tuple[Any, list[T]]]:
    """The same for what goes together each at the place that `pointer` says, whatever stands elsewhere.

    What one puts there may hide nothing of another: no place is inside another, and the `tags` around it are alike.
    """
    found: list[tuple[Any, list[T]]] = []
    for one in tries:
        for number, (whole, members) in enumerate(found):
            try:
                both = _planted(whole, value(one), pointer(one), tags, map(pointer, members))
            except _Contradiction:
                continue
            found[number] = (both, [*members, one])
            break
        else:
            found.append((value(one), [one]))
    return found


class _Contradiction(Exception):  # noqa: N818  # no error: the two go into different packs
    """Two values want different things at one place."""


def _joined(one: Any, other: Any, tags: Collection[str]) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        if any((tag in one) is not (tag in other) for tag in tags):
            raise _Contradiction
        both = {name: _joined(one[name], other[name], tags) for name in one if name in other}
        return {**one, **other, **both}
    if isinstance(one, list) and isinstance(other, list) and one and other:
        with suppress(_Contradiction, ValueError):
            return [_joined(mine, theirs, tags) for mine, theirs in zip(one, other, strict=True)]
        return one + other
    if type(one) is not type(other) or one != other:
        raise _Contradiction
    return one


def _planted(whole: Any, other: Any, at: Pointer, tags: Collection[str], taken: Iterable[Pointer]) -> Any:
    """A value with what another one has at a place, or without what it lacks there."""
    if not at or any(at[: len(place)] == place[: len(at)] for place in taken):
        raise _Contradiction
    return _put(whole, other, at, tags)


def _put(whole: Any, other: Any, at: Pointer, tags: Collection[str]) -> Any:
    step = at[0]
    if isinstance(step, str) and isinstance(whole, dict):
        if step in tags or any(whole.get(tag) != other.get(tag) for tag in tags):
            raise _Contradiction
        rest = {name: part for name, part in whole.items() if name != step}
        if step not in other:
            return rest
        return {**rest, step: _put(whole[step], other[step], at[1:], tags) if at[1:] and step in whole else other[step]}
    if isinstance(step, int) and isinstance(whole, list) and len(whole) == len(other):
        inner = _put(whole[step], other[step], at[1:], tags) if at[1:] else other[step]
        return [*whole[:step], inner, *whole[step + 1 :]]
    raise _Contradiction
