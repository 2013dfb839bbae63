"""What can go wrong here, and nowhere else.

LettaContractError
└── SpecError           the contract document is broken

The judge and the mock server add their own below the same base.
"""

from __future__ import annotations


class LettaContractError(Exception):
    """Anything this product reports to its user; the message ends with what to do next."""


class SpecError(LettaContractError):
    """The contract document cannot be used as it stands; `file`, `line` and the lint rule it breaks are attributes."""

    def __init__(self, message: str, *, file: str = "", line: int = 0, rule: str = "document") -> None:
        place = f"{file}:{line}: " if line else f"{file}: " if file else ""
        super().__init__(place + message)
        self.message = message
        self.file = file
        self.line = line
        self.rule = rule
