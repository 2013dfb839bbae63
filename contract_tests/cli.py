"""The command's table of contents."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

import click
from letta_contract.spec.errors import LettaContractError

_COMMANDS = {
    "mock": "cli_mock:mock",
    "test": "cli_test:test",
    "fuzz": "cli_fuzz:fuzz",
    "merge": "cli_merge:merge",
    "list": "cli_cases:list_",
    "explain": "cli_cases:explain",
    "spec": "cli_spec:spec",
    "drift": "cli_drift:drift",
}


class _Contents(click.Group):
    """Loads a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click passes it
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # as above
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(f".{module}", __package__), name)
        return command


@click.command(cls=_Contents, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="letta-contract")
def contents() -> None:
    """Does a server really speak the Letta conversations API? And a mock server that does.

    Exit codes: 0 conforms, 1 contract violated, 2 bad usage, configuration or document, or nothing judged, 3 target
    unreachable or no such server, 4 our own fault, 130 interrupted.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; what goes wrong is one readable message and an exit code, never a traceback."""
    from .errors import TargetError
    from .verdict import ExitCode

    # Its tables of Unicode are worth keeping, but not in the folder that a user happens to be in.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(Path(tempfile.gettempdir()) / "letta-contract"))
    try:
        sys.exit(contents.main(arguments, prog_name="letta-contract", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except LettaContractError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(ExitCode.TARGET if isinstance(error, TargetError) else _code(error))
    except (KeyboardInterrupt, click.Abort):
        sys.exit(ExitCode.INTERRUPTED)
    except Exception as error:  # noqa: BLE001  # an exit code of 1 would accuse the server
        place = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"
        click.echo(f"Our own fault: {what}. Please report it, with the command that you ran.", err=True)
        sys.exit(ExitCode.OURS)


def _code(error: LettaContractError) -> int:
    from .errors import PartError
    from .verdict import ExitCode

    return ExitCode.OURS if isinstance(error, PartError) else ExitCode.USAGE
