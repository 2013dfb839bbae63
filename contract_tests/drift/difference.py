"""One difference between the contract and a server's own document, and how bad it is for a client.

BREAKING  a client written against the contract may fail: what it sends is refused, or what it gets cannot be
NOTABLE   such a client does not notice, but the document says otherwise than the contract, or does not say it
INFO      the contract leaves it open: fields and operations besides (DOC-4), a SHOULD that is lacking (LEVEL-12)
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

_LENGTH = 12  # hexadecimal digits, as of the gate's fingerprints


class Side(StrEnum):
    """Who says what the difference is about."""

    REQUEST = "request"
    RESPONSE = "response"


class Direction(StrEnum):
    """The server accepts or answers less than the contract, more, or something else."""

    STRICTER = "stricter"
    WIDER = "wider"
    OTHER = "other"


class Severity(IntEnum):
    """Ordered; the module says what each means."""

    INFO = 1
    NOTABLE = 2
    BREAKING = 3

    @property
    def word(self) -> str:
        """Its name, as reports have it."""
        return self.name.lower()


def severity(side: Side, direction: Direction, *, silent: bool = False, allowed: bool = False) -> Severity:
    """How bad a difference is; `silent` where the document does not say, `allowed` where the contract permits it.

    A request breaks where the server takes less, an answer where it may hold more. Where a document is silent, nothing
    is known to break.
    """
    if allowed:
        return Severity.INFO
    if silent:
        return Severity.NOTABLE
    if side is Side.REQUEST:
        return Severity.NOTABLE if direction is Direction.WIDER else Severity.BREAKING
    return Severity.INFO if direction is Direction.STRICTER else Severity.BREAKING


@dataclass(frozen=True)
class Quote:
    """What one of the two documents says, and where: a file and line of the contract, a JSON pointer of the target."""

    text: str
    place: str


@dataclass(frozen=True)
class Difference:
    """One cause, however many operations it shows in; `rule` is the rule of the contract that allows or forbids it."""

    kind: str
    subject: str
    side: Side
    direction: Direction
    severity: Severity
    contract: Quote
    target: Quote
    operations: tuple[str, ...]
    rule: str = ""

    @property
    def id(self) -> str:
        """What it is about, in the contract's names: as stable as these."""
        return f"{self.subject}/{self.kind}"

    @property
    def fingerprint(self) -> str:
        """The same as long as both sides say the same of the same thing, wherever it stands."""
        parts = (self.kind, self.subject, self.side, self.contract.text, self.target.text)
        return hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()[:_LENGTH]

    def shown_in(self, operation: str) -> Difference:
        """The same difference, seen in one more operation."""
        if operation in self.operations:
            return self
        return replace(self, operations=(*self.operations, operation))
