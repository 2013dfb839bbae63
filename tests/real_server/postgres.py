"""A throwaway PostgreSQL with pgvector: the programs come out of a wheel, the data goes when it ends."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .service import ServiceError, free_port, listens, service

USER = "letta"
# PostgreSQL refuses to run as root.
_AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups") if os.geteuid() == 0 else ()
_ENV = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
_QUICK = ("-c", "fsync=off", "-c", "unix_socket_directories=")  # nobody needs what a crash would lose


@contextmanager
def postgres(packages: Path, log: Path) -> Iterator[str]:
    """The URI of an empty database; `packages` is where pgserver is installed. Raises ServiceError."""
    with tempfile.TemporaryDirectory(prefix="letta-contract-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        folder.chmod(0o755)
        programs = _programs(packages, folder)
        data = folder / "data"
        data.mkdir(mode=0o700)
        if _AS_NOBODY:
            shutil.chown(data, "nobody", "nogroup")
        done = subprocess.run(
            [*_AS_NOBODY, programs / "initdb", "-D", data, "-U", USER, "--auth=trust", "-E", "UTF8"],
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            env=_ENV,
        )
        if done.returncode:
            raise ServiceError(f"PostgreSQL made no database. Mend what its initdb says:\n{done.stderr.strip()}")
        port = free_port()
        command = [*_AS_NOBODY, programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), *_QUICK]
        with service(command, log=log, ready=lambda: listens(port), env=_ENV, cwd=Path("/")):
            yield f"postgresql://{USER}:{USER}@127.0.0.1:{port}/postgres?sslmode=disable"


def _programs(packages: Path, folder: Path) -> Path:
    """A copy where everyone may enter: an installation in root's home is closed to nobody."""
    for name in ("pgserver/pginstall", "pgserver.libs"):  # they look for their libraries beside them
        shutil.copytree(packages / name, folder / name)
    return folder / "pgserver/pginstall/bin"
