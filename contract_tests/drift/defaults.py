"""What a server takes for what a request leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .branch import Schema
from .difference import Direction
from .wording import value

if TYPE_CHECKING:
    from .schemas import Comparison


def compare_defaults(walk: Comparison, subject: str, contract: Schema, target: Schema) -> None:
    """Note a default that differs; null is none, and where the contract names none, the server may have its own."""
    ours, theirs = default_of(contract), default_of(target)
    if ours is None or ours == theirs:
        return
    here, there = (f"default {value(ours)}", contract[0]), (_said(theirs), target[0])
    walk.tell(subject, "default", Direction.OTHER, here, there, silent=theirs is None)


def default_of(schema: Schema) -> Any:
    """The first default of a schema, of what stands beside a reference before what it leads to; None without one."""
    for node in schema:
        for one in (node, node.followed):
            if one.keys.get("default") is not None:
                return one.keys["default"]
    return None


def _said(given: Any) -> str:
    return "no default" if given is None else f"default {value(given)}"
