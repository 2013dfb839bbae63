"""What stops the judge before it can judge.

LettaContractError
├── UsageError          bad flags, settings or selection      exit code 2
└── TargetError         nothing to judge at that address      exit code 3
"""

from __future__ import annotations

from letta_contract.spec import LettaContractError


class UsageError(LettaContractError):
    """The command, its settings or its selection cannot be carried out as given."""


class TargetError(LettaContractError):
    """The target is unreachable, or is no server of this API."""
