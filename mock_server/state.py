"""The place that `--state` names."""

from __future__ import annotations

from letta_contract.spec import LettaContractError

from .memory import MemoryState
from .store import State

_REDIS = ("redis://", "rediss://", "unix://")


class StateError(LettaContractError):
    """The state cannot be kept where it was told to be."""


def open_state(where: str | None) -> State:
    """The state that is kept in memory (None), in Redis (an address), or in a SQLite file (anything else).

    Raises StateError where it cannot be had.
    """
    if where is None:
        return MemoryState()
    if where.startswith(_REDIS):
        from .redis import RedisState

        return RedisState(where)
    if "://" in where:
        raise StateError(f"--state {where.partition('://')[0]}://… is not known. Give a file, or redis://HOST:PORT/0.")
    from .sqlite import SqliteState

    return SqliteState(where)
