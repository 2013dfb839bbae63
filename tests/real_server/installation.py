"""Letta and what it stands on, in a folder of the user's cache: a minute or so the first time, and a GB."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from letta_contract.spec import LettaContractError

VERSION = "0.16.8"
_RELEASED = "2026-05-15"  # what came later, this release was never tried with
_PYTHON = ">=3.11,<3.13"  # Letta's, and that of the wheel with PostgreSQL; uv fetches one where there is none
_UV = "uv==0.13.8"
_PACKAGES = (
    f"letta[redis,server]=={VERSION}",
    # Its extra `postgres` without the driver that would have to be compiled.
    *("asyncpg", "pg8000", "pgvector", "psycopg2-binary"),
    "pgserver==0.1.4",  # the programs of PostgreSQL 16, with pgvector
    "uvloop",
)
_REDIS = "redis-server"


class InstallationError(LettaContractError):
    """Something could not be installed; the message says what to do by hand."""


@dataclass(frozen=True)
class Installation:
    """Where it is: `folder` is the cache, `redis` the program of that name."""

    folder: Path
    redis: Path

    @property
    def python(self) -> Path:
        """The interpreter that knows Letta."""
        return self.folder / "letta/bin/python"

    @property
    def letta(self) -> Path:
        """Letta's own command."""
        return self.folder / "letta/bin/letta"

    @property
    def postgres(self) -> Path:
        """What PostgreSQL was installed into."""
        return next(self.folder.glob("letta/lib/python*/site-packages"))


def installed() -> Installation:
    """The installation, made where it is not there yet. Raises InstallationError."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    found = Installation(cache / f"letta-contract/letta-{VERSION}", _redis())
    done = found.folder / "complete"
    if not done.exists():
        _install(found)
        done.touch()
    return found


def _install(wanted: Installation) -> None:
    # pip takes hours over the many versions that Letta's requirements allow; uv takes seconds.
    shutil.rmtree(wanted.folder, ignore_errors=True)
    wanted.folder.mkdir(parents=True)
    tools = wanted.folder / "tools"
    _run(sys.executable, "-m", "venv", tools)
    _run(tools / "bin/python", "-m", "pip", "install", "-q", _UV)
    _run(tools / "bin/uv", "venv", "-q", "--python", _PYTHON, wanted.folder / "letta")
    _run(
        *(tools / "bin/uv", "pip", "install", "-q", "--python", wanted.python),
        *("--exclude-newer", _RELEASED, *_PACKAGES),
    )


def _redis() -> Path:
    if shutil.which(_REDIS) is None:
        as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        _run(*as_root, "apt-get", "update", "-q")
        _run(*as_root, "apt-get", "install", "-q", "-y", "--no-install-recommends", _REDIS)
    return Path(shutil.which(_REDIS) or _REDIS)


def _run(*command: str | Path) -> None:
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, check=False, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise InstallationError(f"There is no {words[0]}. Install {words[-1]} by hand, then run this again.") from error
    if done.returncode:
        raise InstallationError(f"{done.stderr.strip()}\nThis failed: {' '.join(words)}. Mend it, then run this again.")
