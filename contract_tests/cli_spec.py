"""`letta-contract spec`: look at the contract document, check it, and hand it to other tools."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from letta_contract.spec import Operation

BROKEN = 2
_PIPED_WIDTH = 160
_Command = TypeVar("_Command", bound=Callable[..., Any])


def _spec_option(command: _Command) -> _Command:
    return click.option(
        "--spec",
        "path",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Another OpenAPI 3.0 document than the contract, split or in one file.",
    )(command)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def spec() -> None:
    """The contract document: check it, join it, read it."""


@spec.command()
@_spec_option
def lint(path: Path | None) -> None:
    """Check the document by OpenAPI 3.0 and our own rules.

    A line for each breach. Exit code 0 if there is none, 2 otherwise.
    """
    from letta_contract.spec import ROOT
    from letta_contract.spec.lint import lint as problems_of

    problems = problems_of(path or ROOT)
    for problem in problems:
        click.echo(str(problem))
    count = len(problems)
    if count:
        click.echo(f"{count} {'problem' if count == 1 else 'problems'}.", err=True)
        sys.exit(BROKEN)
    click.echo("No problems.", err=True)


@spec.command()
@_spec_option
@click.option("--format", "format_", type=click.Choice(["json", "yaml"]), default="json", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Instead of stdout.")
def bundle(path: Path | None, format_: Any, out: Path | None) -> None:
    """Join the document into one file without any $ref."""
    from letta_contract.spec.bundle import bundle as text_of

    from .output import put

    put(text_of(_loaded(path), format_), out)
    if out is not None:
        click.echo(f"Wrote {out}.", err=True)


@spec.command()
@_spec_option
@click.argument("operation_id", metavar="[OPERATION]", required=False)
def show(path: Path | None, operation_id: str | None) -> None:
    """Show one operation by its operationId, or a table of all."""
    from letta_contract.spec import ROOT, operations
    from letta_contract.spec.show import show as shown
    from letta_contract.spec.show import table
    from rich.console import Console

    found = operations(_loaded(path), path or ROOT)
    rendering = table(found) if operation_id is None else shown(_named(found, operation_id))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    with console.capture() as capture:
        console.print(rendering)
    for line in capture.get().splitlines():
        click.echo(line.rstrip())


def _loaded(path: Path | None) -> dict[str, Any]:
    from letta_contract.spec import ROOT, SpecError, load

    try:
        return load(path or ROOT)
    except SpecError as error:
        _fail(str(error))


def _named(operations: list[Operation], operation_id: str) -> Operation:
    by_id = {operation.id: operation for operation in operations}
    if operation_id not in by_id:
        near = difflib.get_close_matches(operation_id, by_id, cutoff=0.4) or list(by_id)
        _fail(f"No operation {operation_id!r}. Try one of: {', '.join(near)}.")
    return by_id[operation_id]


def _fail(message: str) -> NoReturn:
    click.echo(f"Error: {message}", err=True)
    sys.exit(BROKEN)
