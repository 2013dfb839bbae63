"""The servers that are compared, each one process on a free port of loopback."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

HERE = Path(__file__).parent
TOKEN = {"Authorization": "Bearer any"}
PRISM = "@stoplight/prism-cli@5.16.0"
STATEFUL = "letta-contract --stateful"
CONVERSATION = "/v1/conversations/conv-123e4567-e89b-42d3-8456-426614174000"


@dataclass(frozen=True)
class Contestant:
    """A server under a name, and the command that starts it; `{port}` stands for the port."""

    name: str
    command: list[str]


@dataclass
class Running:
    """A server that answers; `started` is the seconds from its command to its first 200."""

    name: str
    url: str
    process: subprocess.Popen[bytes]
    started: float

    @property
    def megabytes(self) -> float:
        """The memory that its processes hold (RSS)."""
        pids = [self.process.pid, *_children(self.process.pid)]
        return sum(_kilobytes(pid) for pid in pids) / 1024

    @property
    def busy(self) -> float:
        """The seconds of processor time that its processes have had: what other work on the machine does not blur."""
        ticks = 0
        for pid in (self.process.pid, *_children(self.process.pid)):
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def contestants(folder: Path) -> list[Contestant]:
    """All of them; what they need is put into a folder that may be kept."""
    document = folder / "openapi.json"
    bundle = [sys.executable, "-c", "from letta_contract.contract_tests.cli import main; main()", "spec", "bundle"]
    document.write_bytes(subprocess.run([*bundle, "--format", "json"], check=True, capture_output=True).stdout)
    ours = [sys.executable, "-m", "letta_contract.mock_server", "--quiet", "--port", "{port}"]
    stock = [sys.executable, "-W", "ignore", str(HERE / "stock.py"), str(document), "{port}"]
    return [
        Contestant("letta-contract", ours),
        Contestant(STATEFUL, [*ours, "--stateful"]),
        Contestant("Prism", [_prism(folder), "mock", str(document), "-p", "{port}", "-v", "silent"]),
        Contestant("connexion's stock mock", stock),
        Contestant("bare ASGI", [sys.executable, str(HERE / "bare.py"), str(folder / "answers.json"), "{port}"]),
    ]


def with_workers(contestant: Contestant, count: int) -> Contestant:
    """The same server in several processes."""
    option = f"--workers {count}"
    return Contestant(f"{contestant.name} {option}", [*contestant.command, *option.split()])


@contextmanager
def running(contestant: Contestant) -> Iterator[Running]:
    """Start a server, wait for its first 200, and end it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [part.format(port=port) for part in contestant.command]
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        while not _answers(url):
            if process.poll() is not None or time.perf_counter() - begin > 60:
                raise SystemExit(f"{contestant.name} does not answer. Try it by hand: {' '.join(command)}")
            time.sleep(0.005)
        yield Running(contestant.name, url, process, time.perf_counter() - begin)
    finally:
        process.terminate()
        process.wait(20)


def keep_answers(url: str, folder: Path, requests: list[tuple[str, str, bytes | None]]) -> None:
    """Keep what a server answers, for the bare application to repeat."""
    answers = {}
    for method, path, body in requests:
        headers = TOKEN | ({"Content-Type": "application/json"} if body else {})
        answers[path] = httpx.request(method, url + path, content=body, headers=headers).text
    (folder / "answers.json").write_text(json.dumps(answers), encoding="utf-8")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url + CONVERSATION, headers=TOKEN, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def _prism(folder: Path) -> str:
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is not installed. Install Node, with `apt-get install nodejs npm` for instance.")
    prism = folder / "node_modules" / ".bin" / "prism"
    if not prism.exists():
        command = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--no-save", PRISM]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=600)
    return str(prism)


def _children(pid: int) -> list[int]:
    found = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found += [child, *_children(child)]
    return found


def _kilobytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0])
