"""Constraints on one type: lengths, ranges, patterns and formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .branch import Branch
from .difference import Direction, Side
from .patterns import relation
from .wording import value

if TYPE_CHECKING:
    from .schemas import Comparison

_LOW = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}
_COUNTS = {"minLength", "minItems", "minProperties"}
_HIGH = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}
_SAFE = 2**53 - 1  # integers beyond it are odd (TOL-6)


def compare_bounds(walk: Comparison, subject: str, our: Branch, their: Branch) -> None:
    """Note each constraint that one side lacks or that differs; none on a side that lists its values."""
    if our.values is not None or their.values is not None:
        return
    for name in dict.fromkeys((*our.bounds, *their.bounds)):
        here, there = our.bounds.get(name), their.bounds.get(name)
        direction = _direction(name, here, there)
        if direction is None:
            continue
        rule = _tolerated(walk, subject, name, there)
        walk.tell(
            subject,
            name,
            direction,
            (_said(name, here), our.node),
            (_said(name, there), their.node),
            silent=there is None,
            allowed=bool(rule),
            rule=rule,
        )


def _direction(name: str, here: Any, there: Any) -> Direction | None:
    """What the server's bound does, compared with ours; None where it is the same."""
    if here == there:
        return None
    if here is None or there is None:
        trivial = name in _COUNTS and (here or there) == 0
        return None if trivial else Direction.STRICTER if here is None else Direction.WIDER
    if name == "pattern":
        return relation(here, there)
    if name in _LOW | _HIGH:
        return Direction.STRICTER if (there > here) is (name in _LOW) else Direction.WIDER
    return Direction.OTHER


def _tolerated(walk: Comparison, subject: str, name: str, there: Any) -> str:
    """The rule by which a bound of the server's own is free, if any."""
    if walk.side is Side.RESPONSE or there is None:
        return ""
    if subject == "query limit" and name in ("minimum", "exclusiveMinimum") and there <= 1:
        return "STATE-47"
    if name in ("minimum", "maximum") and abs(there) >= _SAFE:
        return "TOL-6"
    return ""


def _said(name: str, bound: Any) -> str:
    return f"no {name}" if bound is None else f"{name} {value(bound)}"
