"""The gate finds nothing wrong with the mock server, in any of its kinds."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a server with the options that the test gives, in a process of its own."""
    options = [option.format(folder=tmp_path) for option in request.param]
    if "redis" in options:
        options[options.index("redis")] = str(request.getfixturevalue("redis_url"))
    command = [sys.executable, "-m", "letta_contract.mock_server", "--port", "0", "--quiet", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[1]
        process.terminate()


KINDS: dict[str, list[str]] = {
    "examples": [],
    "memory": ["--stateful"],
    "sqlite": ["--state", "{folder}/state.db"],
    "redis": ["--state", "redis"],
}


@pytest.mark.parametrize(
    ("served", "flags"),
    [
        pytest.param([*options, *token], [*token, *(["--stateless"] if kind == "examples" else [])], id=id_)
        for kind, options in KINDS.items()
        for token, id_ in (([], kind), (["--token", "s3cret"], f"{kind}, with a token"))
        if not token or kind == "memory"  # who is asked for it does not depend on where conversations are kept
    ],
    indirect=["served"],
)
def test_gate_finds_nothing(served: str, flags: list[str], tmp_path: Path) -> None:
    """Every case passes, once tried is enough, and those that ask for the token pass where there is one."""
    gate = [sys.executable, "-m", "letta_contract.contract_tests", "test", served, *flags]
    command = [*gate, "--fail-flaky", "--strict", "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    results: Any = json.loads((tmp_path / "out" / "results.json").read_text())
    verdicts = {case["id"]: case["verdict"] for case in results["cases"]}
    assert set(verdicts.values()) == {"pass", "skip"}
    asking = [verdict for id_, verdict in verdicts.items() if id_.endswith("/asks-for-the-token")]
    assert ("pass" in asking) is ("--token" in flags)
    if "--stateless" not in flags:
        skipped = [id_ for id_, verdict in verdicts.items() if verdict == "skip"]
        assert len(skipped) < 30, skipped
