"""The mock server as a target of its own: started beside the run, ended with it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .errors import PartError

AGENT_ID = "agent-123e4567-e89b-42d3-8456-426614174000"  # the agent of its seed
_URL = re.compile(r"http://\S+")


class MockError(PartError):
    """The mock server did not start."""


@contextmanager
def mock(*, stateless: bool, token: str | None, meanwhile: Callable[[], object] = lambda: None) -> Iterator[str]:
    """The base URL of a mock server on a free loopback port, in a process of its own: it takes no time from the judge.

    `meanwhile` is what can be done while it starts. Raises MockError where it does not start.
    """
    command = [sys.executable, "-m", "letta_contract.mock_server", "--port", "0", "--quiet"]
    if not stateless:
        command.append("--stateful")
    if token:
        command += ["--token", token]
    # In a group of its own, a Ctrl-C in the terminal does not take it from under a run that clears away.
    process = subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        meanwhile()
        found = next((match for line in process.stdout if (match := _URL.search(line))), None)
        if found is None:
            raise MockError(f"The mock server did not start: {process.stderr.read().strip()}. Try: letta-contract mock")
        yield found.group()
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()
        process.stderr.close()
