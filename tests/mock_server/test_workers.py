import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from letta_contract.mock_server import Settings, serve
from letta_contract.mock_server.workers import WorkersError


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Any]:
    """A server of two workers on one SQLite file: its address and its process."""
    command = [sys.executable, "-m", "letta_contract.mock_server", "--port", "0", "--quiet", "--workers", "2"]
    process = subprocess.Popen(
        [*command, "--state", str(tmp_path / "state.db")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    yield process.stdout.readline().split()[1], process
    process.kill()
    process.communicate()


def workers(process: Any) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in found.stdout.split()]


def eventually(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_workers_share_what_they_know(started: Any) -> None:
    """Whichever of them a connection reaches."""
    url, process = started
    assert eventually(lambda: len(workers(process)) == 2)
    created = httpx.post(f"{url}/v1/conversations/?agent_id=agent-123e4567-e89b-42d3-8456-426614174000", json={})
    path = f"{url}/v1/conversations/{created.json()['id']}"
    assert [httpx.get(path).status_code for _ in range(20)] == [200] * 20


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_their_server(started: Any, number: Any) -> None:
    """Quietly, and with the exit code that a single process has."""
    url, process = started
    httpx.get(f"{url}/v1/conversations/")
    pids = workers(process)
    process.send_signal(number)
    assert process.wait(10) == (130 if number == signal.SIGINT else 143)
    assert process.communicate() == ("", "")
    assert eventually(lambda: not any(is_alive(pid) for pid in pids))


def test_workers_do_not_outlive_a_server_that_was_killed(started: Any) -> None:
    """The port is free again."""
    url, process = started
    httpx.get(f"{url}/v1/conversations/")
    pids = workers(process)
    assert len(pids) == 2
    process.kill()
    assert eventually(lambda: not any(is_alive(pid) for pid in pids))


def test_worker_that_dies_is_replaced(started: Any) -> None:
    """What was answered is kept, and the server goes on."""
    url, process = started
    agent = "agent-123e4567-e89b-42d3-8456-426614174000"
    created = httpx.post(f"{url}/v1/conversations/?agent_id={agent}", json={}).json()
    assert eventually(lambda: len(workers(process)) == 2)
    before = workers(process)
    os.kill(before[0], signal.SIGKILL)
    assert eventually(lambda: len(set(workers(process)) - {before[0]}) == 2)
    assert [httpx.get(f"{url}/v1/conversations/{created['id']}").status_code for _ in range(10)] == [200] * 10
    process.terminate()
    assert re.fullmatch(r"A worker ended with -9\. Another one takes its place\.\n", process.communicate(timeout=10)[1])


def test_workers_without_a_state_are_refused() -> None:
    """They would not agree on anything; in examples mode there is nothing to agree on."""
    with pytest.raises(WorkersError, match=r"--workers 2 would each remember something else.*--state FILE"):
        serve(Settings(workers=2, stateful=True, port=0))
    command = [sys.executable, "-m", "letta_contract.mock_server", "--stateful", "--workers", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--state FILE" in done.stderr


def test_workers_do_not_reload() -> None:
    """Rather than that each of them serves another document."""
    with pytest.raises(WorkersError, match="Leave out --reload"):
        serve(Settings(workers=2, reload=True, port=0))
