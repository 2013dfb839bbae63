"""`letta-contract merge`: the reports of shards as one."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
@click.argument("folders", nargs=-1, required=True, metavar="DIR...", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, metavar="DIR", type=click.Path(path_type=Path), help="Where the joint report goes."
)
@click.option(
    "--format", "format_", type=click.Choice(["rich", "plain", "json", "github"]), help="What is printed.  [rich]"
)
def merge(folders: tuple[Path, ...], out: Path, format_: str | None) -> None:
    """Join the reports of `test --shard` into the verdict that one run would give."""
    from .cli_test import printed
    from .merge import merge as joined
    from .reports import folder, recorded

    folder.prepare(out)
    report = joined([recorded.read(part) for part in folders])
    printed(report, format_ or "rich", folder.write(report, out))
    sys.exit(report.exit_code)
