"""A running Letta server, with a database, Redis and a scripted model of its own behind it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .installation import Installation
from .postgres import postgres
from .scripted_model import MODEL
from .service import Command, ServiceError, free_port, listens, service

MODEL_HANDLE = f"openai-proxy/{MODEL}"
EMBEDDING_HANDLE = "openai/text-embedding-3-small"
_HERE = Path(__file__).parent


@contextmanager
def letta(installation: Installation, logs: Path, token: str | None = None) -> Iterator[str]:
    """The base URL of a server on a free loopback port; with `token`, it asks for that one.

    Each program writes a log of its name into `logs`. Raises ServiceError where one does not come up.
    """
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        env = {
            # Of the user's own nothing else: no key of a model that costs money, no proxy.
            **{name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ},
            "HOME": str(home),
            "LETTA_DIR": str(home / "letta"),
            "LETTA_DISABLE_TRACING": "true",
            "LETTA_USE_UVLOOP": "true",  # the loop of Python 3.11 stands still for a minute now and then
            "LETTA_PG_URI": stack.enter_context(postgres(installation.postgres, logs / "postgres.log")),
            "LETTA_REDIS_HOST": "127.0.0.1",
            "LETTA_REDIS_PORT": str(stack.enter_context(_redis(installation, logs, home))),
            "OPENAI_API_KEY": "none",
            "OPENAI_BASE_URL": f"http://127.0.0.1:{stack.enter_context(_model(logs))}/v1",
        }
        if token is not None:
            env["LETTA_SERVER_PASSWORD"] = token
        _make_tables(installation, env, home, logs / "tables.log")
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command: Command = [installation.letta, "server", "--host", "127.0.0.1", "--port", str(port)]
        if token is not None:
            command = [*command, "--secure"]
        up = service(command, log=logs / "letta.log", ready=lambda: _healthy(url), env=env, cwd=home)
        stack.enter_context(up)
        yield url


@contextmanager
def _redis(installation: Installation, logs: Path, home: Path) -> Iterator[int]:
    port = free_port()
    command: Command = [installation.redis, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", home]
    with service(command, log=logs / "redis.log", ready=lambda: listens(port)):
        yield port


@contextmanager
def _model(logs: Path) -> Iterator[int]:
    port = free_port()
    command: Command = [sys.executable, _HERE / "scripted_model.py", "--port", str(port)]
    with service(command, log=logs / "model.log", ready=lambda: listens(port)):
        yield port


def _make_tables(installation: Installation, env: dict[str, str], cwd: Path, log: Path) -> None:
    with log.open("wb") as out:
        command = [installation.python, _HERE / "tables.py"]
        done = subprocess.run(command, check=False, stdout=out, stderr=subprocess.STDOUT, env=env, cwd=cwd)
    if done.returncode:
        raise ServiceError(f"Letta's tables could not be made. Mend what {log} says.")


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/v1/health/", timeout=5) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False
