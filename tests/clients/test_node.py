"""The official client for Node, installed by npm into pytest's cache."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

PACKAGE = "@letta-ai/letta-client@1.12.1"
SCRIPTS = Path(__file__).parent / "node"


def missing(reason: str) -> None:
    """Skip, or fail where everything that tests need is to be there."""
    if os.environ.get("LETTA_CONTRACT_NO_SKIP") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def node_path(pytestconfig: pytest.Config) -> str:
    """Where node finds the client."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        missing("node and npm are not installed. Install them, with `apt-get install nodejs npm` for instance.")
    assert npm is not None
    folder = pytestconfig.cache.mkdir("letta-client-node") if pytestconfig.cache else Path.cwd() / ".npm"
    installed = folder / "node_modules" / "@letta-ai" / "letta-client" / "package.json"
    if not installed.is_file() or f'"{PACKAGE.rpartition("@")[2]}"' not in installed.read_text(encoding="utf-8"):
        command = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--no-save", PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            missing(f"npm could not install {PACKAGE}. Connect this machine to a registry. {done.stderr[-500:]}")
    return str(folder / "node_modules")


def node(script: str, url: str, node_path: str, stdin: str = "") -> str:
    """What a script prints; it has to end well."""
    command = ["node", str(SCRIPTS / script), url]
    environment = {**os.environ, "NODE_PATH": node_path}
    done = subprocess.run(
        command, input=stdin, capture_output=True, text=True, timeout=120, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def answered(examples: str, node_path: str, calls: dict[str, Any]) -> dict[str, Any]:
    """What every method answers in examples mode."""
    return dict(json.loads(node("calls.cjs", examples, node_path, json.dumps(calls))))


def test_no_method_is_left_out(answered: dict[str, Any], calls: dict[str, Any]) -> None:
    """What is tried is all that the client has for conversations, and the one operation of the contract on agents."""
    assert {*answered["methods"], "agents.messages.compact"} == set(calls)


def test_example_answers_a_call(answered: dict[str, Any], method: str, given: str) -> None:
    """Every method gets an answer, with little and with all that it can be given."""
    answer = answered["answers"][method][given]
    if method in ("conversations.messages.create", "conversations.messages.stream"):
        assert [event["message_type"] for event in answer[-2:]] == ["stop_reason", "usage_statistics"]
    elif method == "conversations.delete":
        assert answer is None
    else:
        assert answer


def test_whole_life(stateful: str, node_path: str) -> None:
    """A conversation is made, talked to, listed, forked, compacted, archived and deleted, and then is no more."""
    node("life.cjs", stateful, node_path)
