"""Runs that are ended by Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.contract_tests.server import Server

pytestmark = pytest.mark.slow
AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"


class TestInterruption:
    def interrupted(self, arguments: list[str], folder: Path, ready: Callable[[], bool]) -> tuple[int, str]:
        """Exit code and output of a command whose whole process group gets a Ctrl-C once it is `ready`."""
        command = [sys.executable, "-m", "letta_contract.contract_tests", "test", *arguments, "--format", "plain"]
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        assert process.stdout is not None
        assert process.stderr is not None
        with process.stdout, process.stderr:
            assert process.stderr.readline().startswith("1 of ")
            while not ready():
                time.sleep(0.02)
            os.killpg(process.pid, signal.SIGINT)
            out = process.stdout.read()
        return process.wait(30), out

    def test_ctrl_c_is_130_and_clears_away(self, server: Server, tmp_path: Path) -> None:
        """In the middle of a run, Ctrl-C ends it; what it made is gone, and what it found is told and written."""
        server.app.change = lambda _, answer: answer.but(delay=0.02)
        cases = ["update_conversation/changes-*", "update_conversation/body-values"]
        arguments = [server.url, *cases, "--agent-id", AGENT]
        code, out = self.interrupted(arguments, tmp_path, lambda: made(server) > 3)
        assert (code, out.splitlines()[-1]) == (130, "INTERRUPTED")
        assert sum(call.method == "DELETE" for call in server.app.calls) == made(server)
        assert json.loads((tmp_path / "contract-report/results.json").read_text("utf-8"))["exit_code"] == 130
        assert [path.name for path in tmp_path.iterdir()] == ["contract-report"]

    def test_embedded_mock_outlives_ctrl_c(self, tmp_path: Path) -> None:
        """The mock is there until the run has cleared away: nothing is told as left behind, or as failed."""
        begun = time.monotonic()
        arguments = ["update_conversation/changes-*", "update_conversation/body-values"]
        code, out = self.interrupted(arguments, tmp_path, lambda: time.monotonic() > begun + 0.3)
        assert (code, out.splitlines()[-1]) == (130, "INTERRUPTED")
        assert "Left behind" not in out
        assert " failed" not in out


def made(server: Server) -> int:
    """How many conversations were made, or tried to be."""
    return sum(call.method == "POST" and call.path == "/v1/conversations/" for call in server.app.calls)
