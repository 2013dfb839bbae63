"""`letta-contract mock`: the mock server."""

from __future__ import annotations

from typing import Any

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where it listens.")
@click.option("--port", default=8284, show_default=True, help="0 picks a free one.")
@click.option("--stateful", is_flag=True, help="Remember conversations, instead of answering the documented examples.")
@click.option("--token", metavar="T", help="Require this bearer token.")
def mock(**flags: Any) -> None:
    """Serve the contract: every answer valid, every error true."""
    from letta_contract.mock_server import Settings, serve

    serve(Settings(**flags))
