"""Mock servers in processes of their own, as the official clients meet them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

CALLS: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "calls.yaml").read_text(encoding="utf-8"))


@contextmanager
def mock(*options: str) -> Iterator[str]:
    """The address of a mock server on a free port."""
    command = [sys.executable, "-m", "letta_contract.mock_server", "--port", "0", "--quiet", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def calls() -> dict[str, dict[str, Any]]:
    """Every method of the clients, and what it is called with."""
    return CALLS


@pytest.fixture(scope="session")
def examples() -> Iterator[str]:
    """Where the documented examples are answered."""
    with mock() as url:
        yield url


@pytest.fixture(scope="session")
def stateful() -> Iterator[str]:
    """Where conversations are kept."""
    with mock("--stateful") as url:
        yield url


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try each method with little and with all."""
    if "method" in metafunc.fixturenames:
        cases = [(name, given) for name in CALLS for given in ("required", "all")]
        metafunc.parametrize(("method", "given"), cases, ids=[f"{name}-{given}" for name, given in cases])
