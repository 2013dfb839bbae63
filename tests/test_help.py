"""The help comes at once, since nothing heavy is loaded for it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {"connexion", "httpx", "hypothesis", "jinja2", "jsonschema_rs", "prance", "rich", "schemathesis", "uvicorn"}
LOADED = """
import json, sys
from letta_contract.contract_tests.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    print(json.dumps([end.code or 0, sorted(sys.modules)]))
"""
COMMANDS = ["mock", "test", "fuzz", "list", "explain", "spec", "drift"]


@pytest.mark.parametrize("command", [[], *([command] for command in COMMANDS)], ids=" ".join)
def test_help_loads_nothing_heavy(command: list[str]) -> None:
    """For the table of contents and for each command's own help, no heavy package is imported."""
    shown = subprocess.run(
        [sys.executable, "-c", LOADED, *command, "--help"], capture_output=True, text=True, check=True
    )
    *text, last = shown.stdout.splitlines()
    code, modules = json.loads(last)
    assert (code, shown.stderr) == (0, "")
    assert text[0].startswith("Usage: letta-contract")
    assert "click" in modules
    assert HEAVY & {module.split(".")[0] for module in modules} == set()
