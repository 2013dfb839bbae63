"""What stops the judge before it can judge.

LettaContractError
├── UsageError          bad flags, settings or selection      exit code 2
├── TargetError         nothing to judge at that address      exit code 3
└── PartError           a process of ours has failed          exit code 4
"""

from __future__ import annotations

from letta_contract.spec import LettaContractError


class UsageError(LettaContractError):
    """The command, its settings or its selection cannot be carried out as given."""


class TargetError(LettaContractError):
    """The target is unreachable, or is no server of this API."""


class PartError(LettaContractError):
    """A process that this one had started did not do its part."""
