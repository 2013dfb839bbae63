from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from letta_contract.contract_tests import embedded
from letta_contract.contract_tests.embedded import MockError, mock

if TYPE_CHECKING:
    from pathlib import Path


def test_mock_is_there_as_long_as_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers at its URL, asks for the token, stands apart from Ctrl-C in the terminal, and is gone afterwards."""
    started: list[subprocess.Popen[str]] = []
    popen = subprocess.Popen

    def start(*args: Any, **options: Any) -> subprocess.Popen[str]:
        started.append(popen(*args, **options))
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", start)
    with mock(stateless=False, token="t") as url:
        found = f"{url}/v1/conversations/?limit=1"
        assert httpx.get(found).status_code == 401
        assert httpx.get(found, headers={"Authorization": "Bearer t"}).status_code == 200
        assert os.getpgid(started[0].pid) != os.getpgrp()
    assert started[0].poll() is not None
    with pytest.raises(httpx.ConnectError):
        httpx.get(found)


@pytest.mark.parametrize(("stateless", "token"), [(True, None), (False, "t")])
def test_mock_is_told_what_it_is_for(monkeypatch: pytest.MonkeyPatch, stateless: bool, token: str | None) -> None:  # noqa: FBT001
    """Memory and token are as the run has them."""
    commands: list[list[str]] = []

    def start(command: list[str], **_: Any) -> None:
        commands.append(command)
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(KeyboardInterrupt), mock(stateless=stateless, token=token):
        pass
    assert ("--stateful" in commands[0]) is not stateless
    assert ("--token" in commands[0]) is (token is not None)


def test_mock_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What it complained of is told, with what to try."""
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'no such document' >&2\nexit 2\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    with pytest.raises(MockError) as caught, mock(stateless=False, token=None):
        pass
    assert str(caught.value) == "The mock server did not start: no such document. Try: letta-contract mock"


def test_agent_is_one_that_the_mock_knows() -> None:
    """The agent of the embedded mock is in its seed."""
    from letta_contract.fixtures import seed

    assert embedded.AGENT_ID in [agent["id"] for agent in seed()["agents"]]
