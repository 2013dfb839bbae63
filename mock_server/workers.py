"""Several processes that answer on one socket; the kernel gives each connection to one that is free."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import NoReturn

from letta_contract.spec import LettaContractError

_PATIENCE = 5.0
"""Seconds that workers have to end by themselves."""
_PAUSE = 0.2
"""Seconds before a worker is replaced, so that one that cannot live does not keep the machine busy."""


class WorkersError(LettaContractError):
    """More than one process cannot do what is asked for."""


def run(count: int, work: Callable[[], None]) -> NoReturn:
    """Let so many processes do `work`, and replace each that dies; they end when this process does, however it ends.

    Raises KeyboardInterrupt on Ctrl-C, and SystemExit when told to end.
    """
    ours, theirs = os.pipe()
    workers: set[int] = set()
    signal.signal(signal.SIGTERM, _told_to_end)
    try:
        while True:
            while len(workers) < count:
                workers.add(_fork(work, ours, theirs))
            pid, status = os.waitpid(-1, 0)
            workers.discard(pid)
            how = os.waitstatus_to_exitcode(status)
            # The next one takes its place; what it had under way is cancelled by whoever finds it.
            print(f"A worker ended with {how}. Another one takes its place.", file=sys.stderr)  # noqa: T201  # the log
            time.sleep(_PAUSE)
    finally:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, signal.SIG_IGN)
        _end(workers)


def _fork(work: Callable[[], None], ours: int, theirs: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.close(theirs)
        threading.Thread(target=_end_with_parent, args=(ours,), daemon=True).start()
        work()
        code = 0
    except KeyboardInterrupt:
        code = 0
    except BaseException:  # noqa: BLE001  # the only one who can tell
        traceback.print_exc()
    finally:
        os._exit(code)


def _end_with_parent(ours: int) -> None:
    """Nobody writes to the pipe: reading ends when its other end does, with the process that held it."""
    os.read(ours, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _end(workers: set[int]) -> None:
    for pid in workers:
        os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + _PATIENCE
    for pid in workers:
        while time.monotonic() < end and os.waitpid(pid, os.WNOHANG) == (0, 0):
            time.sleep(0.01)
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _told_to_end(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
