"""The gate asks the same of the same server, whatever else differs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent.parent


@pytest.mark.slow
def test_one_seed_asks_the_same() -> None:
    """Two runs of one seed send the same requests up to ids that the server made, and find nothing in the mock."""
    command = [sys.executable, "-m", "tests.mutants.asked", "11"]
    runs = [
        subprocess.Popen(
            command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONHASHSEED": hashes}
        )
        for hashes in ("1", "2")
    ]
    one, other = (run.communicate(timeout=300)[0].splitlines() for run in runs)
    assert {line.split()[1] for line in one if line.startswith("# ")} == {"PASS", "SKIP"}
    assert one == other
