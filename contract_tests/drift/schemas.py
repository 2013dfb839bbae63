"""Two schemas side by side: what a value may be by the contract, and by the target's document."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Unpack

from .bounds import compare_bounds
from .branch import ANY, ARRAY, NULL, OBJECT, Branch, Schema, branches
from .contract import name_of
from .difference import Direction, Side
from .document import Node
from .found import Bearing, Found, Said
from .objects import compare_objects
from .wording import listed, types

_SCALARS = ("string", "integer", "number", "boolean")


@dataclass
class Comparison:
    """One body or parameter being compared; `seen` holds the pairs that are, so that recursion ends."""

    found: Found
    side: Side
    seen: set[Hashable] = field(default_factory=set)

    def tell(
        self,
        subject: str,
        kind: str,
        direction: Direction,
        contract: Said,
        target: Said,
        **bearing: Unpack[Bearing],
    ) -> None:
        """Note a difference on this side."""
        self.found.tell(subject, kind, direction, contract, target, side=self.side, **bearing)

    def compare(self, subject: str, contract: Schema, target: Schema, *, nulls: bool = True) -> None:
        """Note every difference below two schemas; `subject` is what they are, unless the contract has a name for it.

        Without `nulls`, null is not told from nothing, as in a query or a path.
        """
        pair = (*(node.identity for node in contract), None, *(node.identity for node in target))
        if (subject, pair) in self.seen:
            return
        self.seen.add((subject, pair))
        ours, theirs = branches(contract), branches(target)
        if not nulls:
            ours, theirs = ([one for one in side if one.kind != NULL] for side in (ours, theirs))
        subject = self._named(subject, contract, ours)
        if any(one.kind == ANY for one in ours):
            return  # the contract leaves it open
        here, there = (types(ours), contract[0]), (types(theirs), target[0])
        if any(one.kind == ANY for one in theirs):
            self.tell(subject, "says-nothing", Direction.WIDER, here, ("nothing about it", target[0]), silent=True)
            return
        self._types(subject, ours, theirs, here, there)
        self._alternatives(subject, ours, theirs, contract[0])

    def _named(self, subject: str, contract: Schema, ours: list[Branch]) -> str:
        """The contract's own name of an object, a union or an enum; a bare type belongs to where it is used."""
        told = any(one.kind == OBJECT or one.values is not None for one in ours)
        return (told and name_of(contract[0])) or subject

    def _types(
        self,
        subject: str,
        ours: list[Branch],
        theirs: list[Branch],
        here: Said,
        there: Said,
    ) -> None:
        """Types that only one side has; an integer is a number as well."""
        our_kinds, their_kinds = ({one.kind for one in side} for side in (ours, theirs))
        missing, extra = our_kinds - their_kinds, their_kinds - our_kinds
        if "number" in their_kinds:
            missing -= {"integer"}
        if "number" in our_kinds:
            extra -= {"integer"}
        if missing == extra == set():
            return
        direction = Direction.STRICTER if not extra else Direction.WIDER if not missing else Direction.OTHER
        kind = "nullability" if missing | extra == {NULL} else "type"
        silent = kind == "nullability" and self.side is Side.REQUEST and not there[1].document.tells_null
        self.tell(subject, kind, direction, here, there, silent=silent)

    def _alternatives(self, subject: str, ours: list[Branch], theirs: list[Branch], contract: Node) -> None:
        for kind in (*_SCALARS, ARRAY):
            pairs = zip(*([one for one in side if one.kind == kind] for side in (ours, theirs)), strict=False)
            for our, their in pairs:
                self._scalar(subject, our, their)
        objects = [[one for one in side if one.kind == OBJECT] for side in (ours, theirs)]
        if all(objects):
            compare_objects(self, subject, objects[0], objects[1], contract)

    def _scalar(self, subject: str, our: Branch, their: Branch) -> None:
        compare_bounds(self, subject, our, their)
        self._values(subject, our, their)
        if our.items and their.items:
            self.compare(f"{subject}[]", our.items, their.items)
        elif our.items and branches(our.items)[0].kind != ANY:
            here = (f"array of {types(branches(our.items))}", our.node)
            self.tell(f"{subject}[]", "says-nothing", Direction.WIDER, here, ("array", their.node), silent=True)

    def _values(self, subject: str, our: Branch, their: Branch) -> None:
        if our.values is None and their.values is None:
            return
        if our.values is None or their.values is None:
            here, there = ((_told(one), one.node) for one in (our, their))
            direction = Direction.WIDER if their.values is None else Direction.STRICTER
            self.tell(subject, "enum", direction, here, there, silent=their.values is None)
            return
        for value in [value for value in our.values if value not in their.values]:
            here, there = ((f"{value} is one of {listed(our.values)}", our.node), (f"no {value}", their.node))
            should = our.optional or our.values[value]
            self.tell(
                f"{subject}={value}",
                "enum-value-missing",
                Direction.STRICTER,
                here,
                there,
                allowed=should,
                rule="LEVEL-12" if should else "",
            )
        for value in [value for value in their.values if value not in our.values]:
            here, there = ((f"one of {listed(our.values)}", our.node), (f"{value} as well", their.node))
            self.tell(f"{subject}={value}", "enum-value-extra", Direction.WIDER, here, there)


def _told(one: Branch) -> str:
    return f"any {one.kind}" if one.values is None else f"one of {listed(one.values)}"
