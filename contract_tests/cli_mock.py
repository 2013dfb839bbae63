"""`letta-contract mock`: the mock server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

PATH = click.Path(path_type=Path)
PORT = click.IntRange(0, 65_535)
WAIT = click.IntRange(0, 600_000)
SIZE = click.IntRange(1)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where it listens.")
@click.option("--port", type=PORT, default=8284, show_default=True, help="0 picks a free one.")
@click.option("--stateful", is_flag=True, help="Remember conversations, instead of answering the documented examples.")
@click.option("--state", metavar="FILE|redis://…", help="Remember them in a SQLite file or in Redis, beyond the end.")
@click.option("--world", metavar="NAME", default="default", show_default=True, help="Begin with: default, empty, long.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes; need a --state.")
@click.option("--token", metavar="T", help="Require this bearer token.")
@click.option("--cors", metavar="ORIGIN", help="Let pages of this origin call.  [default: *]")
@click.option("--no-cors", is_flag=True, help="Let pages of no other origin call.")
@click.option("--chunk-delay", metavar="MS", type=WAIT, default=0, help="Milliseconds between two events of a stream.")
@click.option("--max-body", metavar="BYTES", type=SIZE, default=16 * 1024 * 1024, show_default=True, help="Else 413.")
@click.option(
    "--reload", is_flag=True, help="Read the document and the fixtures again when one of their files changes."
)
@click.option("--spec", type=PATH, metavar="FILE", help="Serve this OpenAPI 3.0 document instead of the contract's.")
@click.option("--fixtures", type=PATH, metavar="DIR", help="Examples, streams and seeds of your own, before ours.")
@click.option("--seed", default=0, show_default=True, metavar="N", help="What `Prefer: dynamic` draws from.")
@click.option("--delay", default=0, show_default=True, metavar="MS", type=WAIT, help="Answer so much later.")
def mock(*, no_cors: bool, **flags: Any) -> None:
    """Serve the contract: every answer valid, every error true. Its page is /_mock/, the document at /docs."""
    from letta_contract.mock_server import Settings, serve

    given = {name: value for name, value in flags.items() if value is not None}
    if no_cors and "cors" in given:
        raise click.UsageError("--cors lets an origin in, and --no-cors lets in none. Give one of them.")
    serve(Settings(**given | ({"cors": None} if no_cors else {})))
