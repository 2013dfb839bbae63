"""What real servers stand behind: nginx, a forward proxy, and a private authority's certificates."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import pytest
import trustme
from letta_contract.contract_tests import embedded

if TYPE_CHECKING:
    from tests.contract_tests.outcome import Outcome

_NGINX = """
daemon off; master_process off; error_log stderr crit; pid {folder}/nginx.pid;
events {{}}
http {{
  log_format line '$request $status';
  access_log {folder}/access.log line;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  {http}
  server {{ listen 127.0.0.1:{port}{listen}; {server} }}
}}
"""


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def program(name: str, package: str) -> str:
    """Where a program is; where there is none, the test is skipped, or has failed."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        reason = f"There is no {name}. Run: apt-get install {package}"
        pytest.fail(reason) if os.environ.get("LETTA_CONTRACT_NO_SKIP") == "1" else pytest.skip(reason)
    return found


class Daemon:
    """A program that listens on a port of loopback until it is stopped."""

    def __init__(self, command: list[str], port: int) -> None:
        with tempfile.TemporaryFile("w+") as said:
            self.process = subprocess.Popen(command, stdout=said, stderr=said)
            self._begin(command, port, said)

    def _begin(self, command: list[str], port: int, said: TextIO) -> None:
        deadline = time.monotonic() + 10
        while not _listens(port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                said.seek(0)
                pytest.fail(f"{command[0]} did not start: {said.read()}")
            time.sleep(0.02)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(10)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@dataclass(frozen=True)
class Front:
    """An nginx; `asked` are the request lines that came, each with the status of its answer."""

    url: str
    folder: Path

    @property
    def asked(self) -> list[str]:
        return (self.folder / "access.log").read_text().splitlines()


@dataclass(frozen=True)
class Authority:
    """A private authority, and files of certificates that it has issued."""

    ca: trustme.CA
    folder: Path

    @property
    def file(self) -> Path:
        path = self.folder / "ca.pem"
        self.ca.cert_pem.write_to_path(path)
        return path

    def issue(self, name: str, **options: object) -> Path:
        """A file with a key and a certificate for that name."""
        path = self.folder / f"{name}-{len(list(self.folder.iterdir()))}.pem"
        self.ca.issue_cert(name, **options).private_key_and_cert_chain_pem.write_to_path(path)  # type: ignore[arg-type]
        return path


@pytest.fixture(scope="session")
def upstream() -> Iterator[str]:
    """The stateful mock server, in a process of its own."""
    with embedded.mock(stateless=False, token=None) as url:
        yield url


@pytest.fixture(scope="session")
def agent() -> str:
    """The agent of the mock's world."""
    return embedded.AGENT_ID


@pytest.fixture
def judged(command: Callable[..., Outcome], agent: str) -> Callable[..., Outcome]:
    """Judges an address with the mock's agent, by one case where no other is named."""

    def judge(url: str, *more: object, cases: tuple[str, ...] = ("list_conversations/odd-limit",)) -> Outcome:
        return command("test", url, *cases, "--agent-id", agent, "--allow-agent-writes", "--format", "plain", *more)

    return judge


@pytest.fixture
def closed_port() -> int:
    """A port on loopback that nobody listens on."""
    return free_port()


@pytest.fixture
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Front]]:
    """Starts nginx with these directives of its server, `http` around it, and `listen` after its port."""
    executable = program("nginx", "nginx-light")
    with ExitStack() as stack:

        def start(server: str, *, http: str = "", listen: str = "") -> Front:
            folder = tmp_path_factory.mktemp("nginx")
            port = free_port()
            config = folder / "nginx.conf"
            config.write_text(_NGINX.format(folder=folder, port=port, server=server, http=http, listen=listen))
            daemon = Daemon([executable, "-p", str(folder), "-c", str(config), "-e", "stderr"], port)
            stack.callback(daemon.stop)
            return Front(f"{'https' if 'ssl' in listen else 'http'}://127.0.0.1:{port}", folder)

        yield start


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that nobody knows."""
    return Authority(trustme.CA(), tmp_path_factory.mktemp("authority"))
