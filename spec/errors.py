"""What can go wrong here, and nowhere else.

LettaContractError
└── SpecError           the contract document is broken

The judge and the mock server add their own below the same base.
"""

from __future__ import annotations


class LettaContractError(Exception):
    """Anything this product reports to its user; the message ends with what to do next."""


class SpecError(LettaContractError):
    """The contract document cannot be used as it stands; the message names file and line."""
