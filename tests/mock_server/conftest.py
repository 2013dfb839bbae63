"""Mock servers on loopback, whose every answer is checked against the document by a validator that is not theirs."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import uvicorn
from letta_contract import spec
from letta_contract.mock_server import Settings, create_app
from letta_contract.mock_server.state import open_state

Events = list[dict[str, Any]]

REMEMBERING = ("_store", "_conversations", "_history", "_compaction", "_runs", "_turn", "_stateful", "_session")
"""The ends of the names of the modules whose tests ask what is remembered."""


class Api(httpx.Client):
    """A client that fails the test whose answer is not as documented."""

    agent = "agent-123e4567-e89b-42d3-8456-426614174000"
    known = "/v1/conversations/conv-123e4567-e89b-42d3-8456-426614174000"
    unknown = "/v1/conversations/conv-99999999-9999-4999-8999-999999999999"

    def __init__(self, url: str, operations: list[spec.Operation]) -> None:
        super().__init__(base_url=url, timeout=10)
        self.operations = operations

    def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> httpx.Response:
        """Send a request; what is read as a whole is checked."""
        response = super().send(request, stream=stream, **options)
        if not stream:
            self._check(response)
        return response

    def conversation(self, **fields: Any) -> str:
        """The path of a new conversation."""
        created = self.post(f"/v1/conversations/?agent_id={self.agent}", json=fields)
        return f"/v1/conversations/{created.json()['id']}"

    def say(self, path: str, text: str, **options: Any) -> dict[str, Any]:
        """Send a text and wait for the whole answer."""
        response = self.post(f"{path}/messages", json={"input": text, "streaming": False, **options})
        assert response.status_code == 200, response.text
        return dict(response.json())

    def rows(self, path: str, **query: Any) -> Events:
        """The messages of a conversation, oldest first."""
        return list(self.get(f"{path}/messages", params={"order": "asc", **query}).json())

    @staticmethod
    def events(text: str) -> Events:
        """The JSON of each event of a whole stream."""
        *blocks, last, nothing = text.split("\n\n")
        assert (last, nothing) == ("data: [DONE]", "")
        return [json.loads(block.rpartition("data: ")[2]) for block in blocks]

    @staticmethod
    def eventually(condition: Callable[[], bool]) -> bool:
        """Whether a condition holds within twenty seconds, which a busy machine may need."""
        end = time.monotonic() + 20
        while not condition():
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        return True

    def _check(self, response: httpx.Response) -> None:
        method, path = response.request.method, response.request.url.path
        operation = next((one for one in self.operations if one.method == method and _fits(one.path, path)), None)
        if operation is None or response.status_code == 307:
            return
        content = operation.statuses[response.status_code]["content"]
        media_type = response.headers["content-type"].partition(";")[0]
        assert media_type in content
        if media_type == "application/json":
            assert _faults(content[media_type]["schema"], response.json()) == []
        else:
            stream = spec.EventStream.of(content[media_type])
            assert stream is not None
            found = self.events(response.text)
            assert [fault for event in found for fault in _faults(stream.events, event)] == []
            assert stream.turn([event["message_type"] for event in found]) is not None


@contextmanager
def running(settings: Settings) -> Iterator[Api]:
    """A server in a thread of its own, on a free port."""
    config = uvicorn.Config(
        create_app(settings), port=0, lifespan="off", log_level="error", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    assert Api.eventually(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        with Api(f"http://127.0.0.1:{port}", spec.operations(spec.load())) as api:
            yield api
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def examples() -> Iterator[Api]:
    """A server that answers the documented examples."""
    with running(Settings()) as api:
        yield api


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Redis that keeps nothing; where there is none to start, the test is skipped, or has failed."""
    program = shutil.which("redis-server")
    if program is None:
        reason = "There is no redis-server. Run: apt-get install redis-server"
        pytest.fail(reason) if os.environ.get("LETTA_CONTRACT_NO_SKIP") == "1" else pytest.skip(reason)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path_factory.mktemp("r"))]
    process = subprocess.Popen([program, *settings], stdout=subprocess.DEVNULL)

    def answers() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return False
        return True

    try:
        assert Api.eventually(answers)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is remembered is tested with each kind of state."""
    named = any(mark.args[0] == "state" for mark in metafunc.definition.iter_markers("parametrize"))
    if "state" in metafunc.fixturenames and not named and metafunc.module.__name__.endswith(REMEMBERING):
        metafunc.parametrize("state", ["memory", "sqlite", "redis"], indirect=True, scope="session")


@pytest.fixture(scope="session")
def state(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str | None:
    """What `--state` is given for a kind of state; nothing for memory."""
    kind = getattr(request, "param", "memory")
    if kind == "redis":
        return str(request.getfixturevalue("redis_url"))
    return str(tmp_path_factory.mktemp("state") / "state.db") if kind == "sqlite" else None


@pytest.fixture
def opened(state: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """What opens the test's own world, as another worker would."""
    states = []

    def opening(world: str = request.node.nodeid) -> Any:
        if not states or state is not None:
            states.append(open_state(state))
        return states[-1].store(world)

    yield opening
    for one in states:
        one.close()


@pytest.fixture
def store(opened: Any) -> Any:
    """The test's own world."""
    return opened()


@pytest.fixture(scope="session")
def api(state: str | None) -> Iterator[Api]:
    """A server that keeps state; each test makes conversations of its own."""
    with running(Settings(stateful=True, state=state)) as api:
        yield api


@pytest.fixture(scope="session")
def remembering() -> Iterator[Api]:
    """A server that keeps state in memory, for what does not depend on where it is kept."""
    with running(Settings(stateful=True)) as api:
        yield api


@pytest.fixture(params=["examples", "remembering"])
def either(request: pytest.FixtureRequest) -> Any:
    """A server of each mode."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def guarded() -> Iterator[Api]:
    """A server that requires the token `s3cret`, and sends no CORS headers."""
    with running(Settings(stateful=True, token="s3cret", cors=None)) as api:
        yield api


@pytest.fixture(scope="session")
def shared() -> Iterator[str]:
    """The URL of a server that keeps state in memory, for sessions that do not meet."""
    with running(Settings(stateful=True)) as api:
        yield str(api.base_url)


@pytest.fixture
def own(shared: str, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A client with a session of its own, whose answers may be as wrong as the test arranges."""
    headers = {"x-mock-session": quote(request.node.nodeid)}
    with httpx.Client(base_url=shared, headers=headers, timeout=10) as client:
        yield client


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], bool]:
    """Whether a condition holds within twenty seconds, which a busy machine may need."""
    return Api.eventually


@pytest.fixture(scope="session")
def serving() -> Callable[[Settings], AbstractContextManager[Api]]:
    """What starts a server with settings of the test's own."""
    return running


@pytest.fixture
def path(api: Api) -> str:
    """The path of a new conversation."""
    return api.conversation()


def _fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) is not None


def _faults(schema: dict[str, Any], value: Any) -> list[str]:
    from connexion.json_schema import Draft4ResponseValidator  # not before the mock: importing it warns

    return [f"{error.json_path}: {error.message[:200]}" for error in Draft4ResponseValidator(schema).iter_errors(value)]
