"""Where a comparison puts what it finds, each cause once."""

from __future__ import annotations

from dataclasses import dataclass, field

from .difference import Difference, Direction, Quote, Side, severity
from .document import Node


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
        contract: tuple[str, Node],
        target: tuple[str, Node],
        *,
        side: Side = Side.REQUEST,
        silent: bool = False,
        allowed: bool = False,
        rule: str = "",
    ) -> None:
        """Note a difference; each side says it in words and names the node that does."""
        new = Difference(
            kind,
            subject,
            side,
            direction,
            severity(side, direction, silent=silent, allowed=allowed),
            Quote(contract[0], contract[1].place),
            Quote(target[0], target[1].place),
            (self.operation,),
            rule,
        )
        known = self._differences.setdefault(new.fingerprint, new)
        self._differences[new.fingerprint] = known.shown_in(self.operation)
