"""Servers to judge, and the command that judges them, in this process."""

from __future__ import annotations

import json
import os
import re
import socket
import ssl
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from letta_contract.contract_tests.agent import Agent
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Row
from letta_contract.contract_tests.cases import every_case
from letta_contract.contract_tests.cli import main
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.exchange import Exchange, Reply
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.target import Limits, Target
from letta_contract.mock_server import Settings, create_app

# As the command does, so that no test leaves hypothesis' tables in the folder of the checkout.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(Path(tempfile.gettempdir()) / "letta-contract"))

SELF_SIGNED = Path(__file__).parent / "tls/self_signed.pem"
AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"  # in the mock's world
CONVERSATION = "conv-123e4567-e89b-42d3-8456-426614174000"  # as well


@dataclass(frozen=True)
class Call:
    """A request as a server saw it; `path` is percent-encoded."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def of_one_conversation(self) -> bool:
        """Whether its path goes on below that of the collection."""
        return self.path.startswith("/v1/conversations/conv-")


@dataclass(frozen=True)
class Answer:
    """What a server says, and how it breaks off: `kept` bytes of the body are sent, `delay` seconds late."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    delay: float = 0.0
    kept: int | None = None

    def but(self, **changes: Any) -> Answer:
        """The same with other `headers`, another `status`, `body`, `json`, `media` type, `delay` or `kept`."""
        headers = dict(changes.pop("headers", self.headers))
        if "json" in changes:
            changes["body"] = json.dumps(changes.pop("json")).encode()
            changes.setdefault("media", "application/json")
        if "media" in changes:
            headers["content-type"] = changes.pop("media")
        if "body" in changes:
            headers["content-length"] = str(len(changes["body"]))
        return replace(self, headers=tuple(headers.items()), **changes)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Change = Callable[[Call, Answer], Answer]


def unchanged(_call: Call, answer: Answer) -> Answer:
    return answer


class Tampered:
    """An application whose every answer goes through `change`; `calls` is what it was asked."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.change: Change = unchanged
        self.calls: list[Call] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        call = Call(scope["method"], scope["raw_path"].decode(), scope["query_string"].decode(), headers, body)
        self.calls.append(call)
        answer = self.change(call, await self._asked(scope, body, receive))
        await self._say(answer, send)

    async def _asked(self, scope: Any, body: bytes, receive: Any) -> Answer:
        given = [{"type": "http.request", "body": body, "more_body": False}]
        said: list[dict[str, Any]] = []

        async def hear() -> Any:
            return given.pop() if given else await receive()

        async def say(message: Any) -> None:
            said.append(message)

        await self.app(scope, hear, say)
        head, *rest = said
        headers = tuple((name.decode(), value.decode()) for name, value in head["headers"])
        return Answer(head["status"], headers, b"".join(part.get("body", b"") for part in rest))

    async def _say(self, answer: Answer, send: Any) -> None:
        import asyncio

        await asyncio.sleep(answer.delay)
        headers = [(name.encode(), value.encode()) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send(
            {"type": "http.response.body", "body": answer.body[: answer.kept], "more_body": answer.kept is not None}
        )


class Server:
    """An application on a free port, in a thread; `url` is where."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        config = uvicorn.Config(
            app, lifespan="off", log_level="critical", access_log=False, ws="none", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]}, daemon=True)
        self._thread.start()

    def take_no_more(self) -> None:
        """Refuse connections from now on; to be called where the application runs."""
        for server in self._server.servers:
            server.close()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._listener.close()


@contextmanager
def served(app: Any) -> Iterator[Server]:
    server = Server(app)
    try:
        yield server
    finally:
        server.stop()


@dataclass(frozen=True)
class Outcome:
    """What a command left: its exit code, what it printed, and the folder that it ran in."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def results(self) -> Any:
        """Its results.json."""
        return json.loads((self.folder / "contract-report/results.json").read_text("utf-8"))

    @property
    def failed(self) -> list[str]:
        """The ids of the cases that failed."""
        return [case["id"] for case in self.results["cases"] if case["verdict"] == "fail"]

    @property
    def normal(self) -> str:
        """Standard output without what differs from run to run."""
        return normal(self.out)


def normal(text: str) -> str:
    """A terminal's text without ports, made ids, counts of requests, seconds and line numbers."""
    text = re.sub(r"http://127\.0\.0\.1:\d+", "http://HOST", text)
    text = re.sub(r"(conv|message|run)-[0-9a-f-]{36}", r"\1-ID", text)
    text = re.sub(r"\d+ requests in \d+\.\d s", "N requests in T s", text)
    return re.sub(r"\S*(spec/paths/\w+\.yaml):\d+", r"\1:N", text)


Talk = Callable[[socket.socket], None]


class Raw:
    """A server of a few bytes: `heads` is what it was asked, `answer` what it does about it, then it hangs up."""

    def __init__(self, answer: Talk | bytes, tls: ssl.SSLContext | None) -> None:
        self.answer: Talk = answer if callable(answer) else lambda connection: connection.sendall(answer)
        self.tls = tls
        self.heads: list[str] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with suppress(OSError), connection, self._secured(connection) as secured:
                    self.heads.append(secured.recv(65536).decode("latin-1"))
                    self.answer(secured)

    def _secured(self, connection: socket.socket) -> socket.socket:
        return self.tls.wrap_socket(connection, server_side=True) if self.tls else connection

    def stop(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)


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


@dataclass
class Answering:
    """Makes exchanges that nothing sent, for what judges them."""

    request: Request = field(default_factory=lambda: Request("GET", "/v1/conversations/"))

    def __call__(
        self, status: int, body: Any = None, *, media: str = "application/json", request: Request | None = None
    ) -> Exchange:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = (("content-type", media),) if media else ()
        return Exchange(request or self.request, Reply(status, headers, content), base_url="http://127.0.0.1:1")


@pytest.fixture
def answering() -> Answering:
    """Makes an exchange of a status and a body (JSON, or bytes as they are)."""
    return Answering()
