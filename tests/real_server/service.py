"""A program that runs in the background for as long as it is needed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from letta_contract.spec import LettaContractError

Command = Sequence[str | Path]
_PATIENCE = 180.0  # seconds until a program must have come up: Letta takes 20 on a good day
_GRACE = 10.0  # seconds that it has to end by itself; Letta waits for readers that hang
_TICK = 0.2
_TAIL = 15  # lines of a log that an error shows


class ServiceError(LettaContractError):
    """A program did not come up; the message has the end of its log."""


@contextmanager
def service(
    command: Command,
    *,
    log: Path,
    ready: Callable[[], bool],
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Iterator[None]:
    """Start a program, wait until it is ready, and end it whatever happens meanwhile.

    It runs in a session of its own: a Ctrl-C in the terminal must not take it from under the judge, who clears away.
    Raises ServiceError where it does not come up.
    """
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
        )
    try:
        _wait(process, log, ready)
        yield
    finally:
        _end(process)


def free_port() -> int:
    """A port of the loopback interface that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether someone takes connections there."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _wait(process: subprocess.Popen[bytes], log: Path, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            how = f"is not up after {_PATIENCE:g} s" if process.poll() is None else f"ended with {process.returncode}"
            tail = "\n".join(log.read_text("utf-8", errors="replace").splitlines()[-_TAIL:])
            raise ServiceError(f"{log.stem} {how}. Mend what its log {log} says:\n{tail}")
        time.sleep(_TICK)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program, gently first, with all that it has started."""
    with suppress(ProcessLookupError, subprocess.TimeoutExpired):
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(_GRACE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
