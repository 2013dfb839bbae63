"""Where a comparison puts what it finds, each cause once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypedDict, Unpack

from .difference import Difference, Direction, Quote, Side, severity
from .document import Node

Said = tuple[str, Node]  # what a document says, in words, and the node that does


class Bearing(TypedDict, total=False):
    """What makes a difference milder: the document is `silent`, or the contract has it `allowed`, by a `rule`."""

    silent: bool
    allowed: bool
    rule: str


@dataclass
class Found:
    """The differences so far, in the order of the contract; `operation` is the one that is compared now."""

    operation: str = ""
    _differences: dict[str, Difference] = field(default_factory=dict)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Every difference, the worst first."""
        return tuple(sorted(self._differences.values(), key=lambda one: -one.severity))

    def tell(
        self,
        subject: str,
        kind: str,
        direction: Direction,
        contract: Said,
        target: Said,
        *,
        side: Side = Side.REQUEST,
        **bearing: Unpack[Bearing],
    ) -> None:
        """Note a difference."""
        silent, allowed = bearing.get("silent", False), bearing.get("allowed", False)
        new = Difference(
            kind,
            subject,
            side,
            direction,
            severity(side, direction, silent=silent, allowed=allowed),
            Quote(contract[0], contract[1].place),
            Quote(target[0], target[1].place),
            (self.operation,),
            bearing.get("rule", ""),
        )
        known = self._differences.setdefault(new.fingerprint, new)
        self._differences[new.fingerprint] = known.shown_in(self.operation)
