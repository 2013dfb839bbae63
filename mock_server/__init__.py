"""A server that obeys the contract: for front ends to run against, and for the gate to be tried on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["Settings", "create_app", "serve"]


def create_app(settings: Settings) -> ASGIApp:
    """The mock server as an ASGI application. Raises LettaContractError for a document that cannot be served."""
    from . import app

    return app.create_app(settings)


def serve(settings: Settings, *, quiet: bool = False) -> None:
    """Serve until interrupted; the address goes to standard output as soon as requests are taken.

    `quiet` prints nothing but the address line. Raises LettaContractError for a document that cannot be served, or an
    address that cannot be had.
    """
    from . import server

    server.serve(settings, quiet=quiet)
