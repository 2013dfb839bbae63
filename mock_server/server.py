"""The mock server on a socket of its own."""

from __future__ import annotations

import errno
import gc
import logging
import socket
from contextlib import suppress

import uvicorn
from letta_contract.spec import LettaContractError

from . import workers
from .app import create_app
from .banner import banner
from .settings import Settings
from .workers import WorkersError

_MOST_FILES = 65_536


class AddressError(LettaContractError):
    """The mock server cannot listen where it was told to."""


def serve(settings: Settings, *, quiet: bool) -> None:
    """Listen, say where on standard output, and answer until interrupted. Raises LettaContractError."""
    _check_workers(settings)
    _allow_many_files()
    listener = _listen(settings.host, settings.port)
    with listener:
        app = create_app(settings)
        # What lives as long as the server is not looked through again and again while requests wait.
        gc.freeze()
        # Whoever reads the address may call at once: the kernel keeps them waiting until uvicorn has started.
        print(banner(settings, listener.getsockname()[1], quiet=quiet), flush=True)  # noqa: T201  # the result

        config = uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        if settings.workers > 1:
            workers.run(settings.workers, lambda: Server(config).run(sockets=[listener]))
        Server(config).run(sockets=[listener])


class Server(uvicorn.Server):
    """uvicorn, which reports no error for the streams that break off when it is told to end."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End, after the time that open requests are given."""
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def _check_workers(settings: Settings) -> None:
    many = f"--workers {settings.workers}"
    if settings.workers > 1 and settings.stateful and settings.state is None:
        raise WorkersError(f"{many} would each remember something else. Give them a --state FILE to share.")
    if settings.workers > 1 and settings.reload:
        raise WorkersError(f"{many} do not reload. Leave out --reload, or --workers.")


def _allow_many_files() -> None:
    """Take as many files as the system gives: each open stream is one, and shells often allow no more than 256."""
    with suppress(ImportError, ValueError, OSError):  # Windows knows no such limit
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        enough = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, enough), hard))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except (OSError, OverflowError) as error:
        listener.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise AddressError(f"Port {port} of {host} is taken. Stop what listens there, or use --port 0.") from error
        raise AddressError(f"Cannot listen on {host}:{port}: {error}. Use --host 127.0.0.1 and --port 0.") from error
    return listener
