"""What a command makes: printed, or in the file that --out names."""

from __future__ import annotations

from pathlib import Path

import click

from .errors import UsageError


def put(text: str, out: Path | None) -> None:
    """Print a text, or write it into a file. Raises UsageError where that cannot be written."""
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}. Pass another --out.") from error
