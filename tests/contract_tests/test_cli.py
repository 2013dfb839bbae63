from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from letta_contract.contract_tests import cli, selection
from letta_contract.contract_tests.embedded import MockError
from letta_contract.contract_tests.errors import TargetError, UsageError
from letta_contract.spec import LettaContractError

if TYPE_CHECKING:
    from .outcome import Outcome

    Command = Callable[..., Outcome]


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_is_a_table_of_contents(command: Command, flag: str) -> None:
    """Every command has a line, and the exit codes are told."""
    result = command(flag)
    assert (result.code, result.err) == (0, "")
    for name in cli._COMMANDS:
        assert f"\n  {name} " in result.out
    assert "Exit codes: 0 conforms, 1 contract violated, 2 bad usage" in result.out


@pytest.mark.parametrize("name", cli._COMMANDS)
def test_every_command_explains_itself(command: Command, name: str) -> None:
    """Each command of the table is there, and says what it is for and takes."""
    result = command(name, "--help")
    assert result.code == 0
    assert result.out.startswith(f"Usage: letta-contract {name} ")


def test_version_is_told(command: Command) -> None:
    """The version is that of the distribution."""
    from importlib.metadata import version

    assert command("--version").out == f"letta-contract, version {version('letta-contract')}\n"


def test_nothing_to_do_shows_the_help(command: Command) -> None:
    """Without a command nothing is judged, so that it is no success."""
    result = command()
    assert result.code == 2
    assert "Commands:" in result.out + result.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tset"], "Error: No such command 'tset'."),
        (["test", "--tokn", "x"], "Error: No such option '--tokn'."),
        (["test", "--seed", "x"], "Error: Invalid value for '--seed': 'x' is not a valid integer."),
        (["test", "--format", "xml"], "Error: Invalid value for '--format': 'xml' is not one of"),
        (["explain"], "Error: Missing argument 'ID'."),
    ],
)
def test_slip_on_the_command_line_is_a_usage_error(command: Command, arguments: list[str], message: str) -> None:
    """A slip is told in a line, on standard error, with the way to the help."""
    result = command(*arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert "--help' for help." in result.err


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (UsageError("A slip."), 2, "Error: A slip.\n"),
        (LettaContractError("A broken document."), 2, "Error: A broken document.\n"),
        (TargetError("It is down."), 3, "Error: It is down.\n"),
        (MockError("It did not start."), 4, "Error: It did not start.\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_error_is_a_line_and_an_exit_code(
    command: Command, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, message: str
) -> None:
    """Whatever stops a command is told in one line, and never by a traceback."""

    def failing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(selection, "select", failing)
    result = command("list")
    assert (result.code, result.out, result.err.lstrip("\n")) == (code, "", message)


def test_fault_of_ours_does_not_accuse_the_server(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody thought of is exit code 4, with what a report of it needs."""
    monkeypatch.setattr(selection, "select", lambda *_: {}["oops"])
    result = command("list")
    assert (result.code, result.out) == (4, "")
    assert result.err.startswith("Our own fault: KeyError: 'oops' (test_cli.py:")
    assert result.err.endswith("). Please report it, with the command that you ran.\n")


def test_module_is_the_command() -> None:
    """`python -m` does what the script does."""
    module = [sys.executable, "-m", "letta_contract.contract_tests", "--version"]
    assert subprocess.run(module, capture_output=True, text=True, check=True).stdout.startswith(
        "letta-contract, version"
    )
