"""The gate, set on a server as a user would set it: by its command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .server import EMBEDDING_HANDLE, MODEL_HANDLE

ROOT = Path(__file__).parents[2]
BASELINE = ROOT / "fixtures/baselines/letta-0.16.8.yaml"


@dataclass(frozen=True)
class Gate:
    """How the server is judged: with which token, and in which form the verdict is printed."""

    token: str | None
    format: str

    def judge(self, url: str, out: Path, *, seed: int = 0, cases: Sequence[str] = (), quiet: bool = False) -> int:
        """The exit code of the command, which prints its verdict unless told to be quiet; its reports are in `out`."""
        options = {
            "--model": MODEL_HANDLE,
            "--embedding": EMBEDDING_HANDLE,
            "--baseline": str(BASELINE),
            "--seed": str(seed),
            "--out": str(out),
            "--format": self.format,
        }
        words = [word for option in options.items() for word in option]
        # What the user's own environment says of another server is not for this one.
        env = {name: value for name, value in os.environ.items() if not name.startswith("LETTA_")}
        if self.token is not None:
            env["LETTA_API_KEY"] = self.token
        command = [sys.executable, "-m", "letta_contract.contract_tests", "test", url, *cases, *words]
        unheard = subprocess.DEVNULL if quiet else None
        with subprocess.Popen(command, env=env, cwd=ROOT, stdout=unheard, stderr=unheard) as process:
            while True:
                try:
                    return process.wait()
                except KeyboardInterrupt:
                    continue  # the terminal has told the gate as well, which clears away
                except SystemExit:
                    process.send_signal(signal.SIGINT)
                    process.wait()
                    raise
