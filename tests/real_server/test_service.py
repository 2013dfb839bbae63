from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from . import service as module
from .service import ServiceError, free_port, listens, service

STUBBORN = """
import signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-m", "http.server", "--bind", "127.0.0.1", sys.argv[1]])
child.wait()
"""


def test_runs_as_long_as_it_is_needed(tmp_path: Path) -> None:
    """It is up inside the block, and gone after it."""
    port = free_port()
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
    with service(command, log=tmp_path / "web.log", ready=lambda: listens(port)):
        assert listens(port)
    assert not listens(port)


def test_ends_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not end when it is asked to is made to, its children too, and also after an error."""
    monkeypatch.setattr(module, "_GRACE", 0.2)
    port = free_port()
    command = [sys.executable, "-c", STUBBORN, str(port)]
    with pytest.raises(KeyError), service(command, log=tmp_path / "web.log", ready=lambda: listens(port)):
        raise KeyError
    deadline = time.monotonic() + 5
    while listens(port) and time.monotonic() < deadline:  # nobody waits for the children of another
        time.sleep(0.01)
    assert not listens(port)


def test_tells_why_it_did_not_come_up(tmp_path: Path) -> None:
    """What ends at once is an error with the end of its log, and where that is."""
    log = tmp_path / "web.log"
    command = [sys.executable, "-c", "import sys; sys.exit('no such thing')"]
    told = pytest.raises(ServiceError, match=r"web ended with 1\. .*web\.log says:\nno such thing")
    with told, service(command, log=log, ready=lambda: False):
        pass


def test_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes up too late is ended."""
    monkeypatch.setattr(module, "_PATIENCE", 0.3)
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    told = pytest.raises(ServiceError, match=r"is not up after 0\.3 s")
    with told, service(command, log=tmp_path / "web.log", ready=lambda: False):
        pass
