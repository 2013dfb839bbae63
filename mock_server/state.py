"""The place that `--state` names."""

from __future__ import annotations

import os
from weakref import WeakSet

from letta_contract.spec import LettaContractError

from .memory import MemoryState
from .store import State

_REDIS = ("redis://", "rediss://", "unix://")


class StateError(LettaContractError):
    """The state cannot be kept where it was told to be."""


def kind_of(where: str | None) -> str:
    """What sort of state `--state` names."""
    return "memory" if where is None else "Redis" if where.startswith(_REDIS) else f"SQLite ({where})"


def open_state(where: str | None) -> State:
    """The state that is kept in memory (None), in Redis (an address), or in a SQLite file (anything else).

    Raises StateError where it cannot be had.
    """
    if where is None:
        return MemoryState()
    state = _open(where)
    _opened.add(state)
    return state


def _open(where: str) -> State:
    if where.startswith(_REDIS):
        from .redis import RedisState

        return RedisState(where)
    if "://" in where:
        raise StateError(f"--state {where.partition('://')[0]}://… is not known. Give a file, or redis://HOST:PORT/0.")
    from .sqlite import SqliteState

    return SqliteState(where)


def _close_all() -> None:
    for state in tuple(_opened):
        state.close()


_opened: WeakSet[State] = WeakSet()
# A connection must not be taken into another process: each opens its own.
os.register_at_fork(before=_close_all)
