"""Servers to judge, and the command that judges them, in this process."""

from __future__ import annotations

import json
import os
import ssl
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from letta_contract.contract_tests.agent import Agent
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Row
from letta_contract.contract_tests.cases import every_case
from letta_contract.contract_tests.cli import main
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.target import Limits, Target
from letta_contract.mock_server import Settings, create_app
from letta_contract.spec import load

from .answering import Answering
from .outcome import Outcome
from .raw import Raw, Talk
from .server import Server, served
from .tampered import Tampered, unchanged

# As the command does, so that no test leaves hypothesis' tables in the folder of the checkout.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(Path(tempfile.gettempdir()) / "letta-contract"))

SELF_SIGNED = Path(__file__).parent / "tls/self_signed.pem"
AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"  # in the mock's world


@pytest.fixture
def raw() -> Iterator[Callable[..., Raw]]:
    """Starts servers that answer each request with these bytes, or as they are told."""
    with ExitStack() as stack:

        def start(answer: Talk | bytes, tls: ssl.SSLContext | None = None) -> Raw:
            server = Raw(answer, tls)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture(scope="session")
def certificate() -> ssl.SSLContext:
    """A certificate that nobody has signed but itself, for a server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(SELF_SIGNED)
    return context


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract, loaded once."""
    return Contract()


@pytest.fixture(scope="session")
def _bundle() -> str:
    return json.dumps(load())


@pytest.fixture
def bundle(_bundle: str) -> dict[str, Any]:
    """The contract in one file, free to be changed."""
    document: dict[str, Any] = json.loads(_bundle)
    return document


@pytest.fixture(scope="session")
def _mock() -> Iterator[Server]:
    with served(Tampered(create_app(Settings(stateful=True)))) as server:
        yield server


@pytest.fixture
def server(_mock: Server) -> Server:
    """The stateful mock, unbroken; set `server.app.change` to break it, read `server.app.calls`."""
    _mock.app.change = unchanged
    _mock.app.calls = []
    return _mock


@pytest.fixture
def serve() -> Iterator[Callable[[Any], Server]]:
    """Serves an application until the test is over."""
    servers: list[Server] = []

    def start(app: Any) -> Server:
        servers.append(Server(app))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def target(server: Server) -> Iterator[Target]:
    """The mock as a target."""
    with Target(server.url, limits=Limits(5, 5)) as target:
        yield target


@pytest.fixture
def bench(target: Target, contract: Contract) -> Iterator[Bench]:
    """A run's workplace at the mock, with an agent of its own."""
    bench = Bench(target, contract, Agent(AGENT, writable=True, origin="given"), seed=0)
    yield bench
    bench.clear()


@pytest.fixture
def tried(bench: Bench) -> Callable[[str], list[Row]]:
    """Runs one case on the mock; its rows."""
    known = {case.id: case for case in every_case(bench.contract.operations.values())}
    return lambda case_id: list(known[case_id].run(bench))


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Outcome]:
    """Runs `letta-contract` with these arguments in an empty folder, and no settings from outside."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    for variable in ("LETTA_BASE_URL", "LETTA_API_KEY", "LETTA_AGENT_ID"):
        monkeypatch.delenv(variable, raising=False)

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["letta-contract"])
        code: Any = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code or 0
        said = capsys.readouterr()
        return Outcome(int(code), said.out, said.err, tmp_path)

    return run


@pytest.fixture
def answering() -> Answering:
    """Makes an exchange of a status and a body (JSON, or bytes as they are)."""
    return Answering()
