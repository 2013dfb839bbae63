"""The state goes away while the mock server serves, and comes back."""

import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from letta_contract.mock_server import Settings
from letta_contract.mock_server.record import Agent
from letta_contract.mock_server.refusal import Unreachable
from letta_contract.mock_server.sqlite import SqliteState

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"
KNOWN = "/v1/conversations/conv-123e4567-e89b-42d3-8456-426614174000"
SLOW = {"input": "STUB:SLOW 100 0.1", "stream_tokens": True, "include_pings": False}
ASKED: list[tuple[str, str, Any]] = [
    ("GET", "/v1/conversations/", None),
    ("POST", f"/v1/conversations/?agent_id={AGENT}", {}),
    ("GET", KNOWN, None),
    ("PATCH", KNOWN, {"summary": "x"}),
    ("DELETE", KNOWN, None),
    ("POST", f"{KNOWN}/fork", None),
    ("GET", f"{KNOWN}/messages", None),
    ("POST", f"{KNOWN}/messages", {"input": "x"}),
    ("POST", f"{KNOWN}/messages", {"input": "x", "streaming": False}),
    ("POST", f"{KNOWN}/stream", {}),
    ("POST", f"{KNOWN}/cancel", None),
    ("POST", f"{KNOWN}/recompile", {}),
    ("POST", f"{KNOWN}/compact", {}),
    ("POST", f"/v1/agents/{AGENT}/summarize", {}),
    ("GET", "/_mock/state", None),
    ("POST", "/_mock/reset", None),
]


class Place:
    """A Redis that can be stopped and started, and forgets everything then."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._folder = folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: Any = None

    def start(self, eventually: Any) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        assert eventually(self._answers)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


@pytest.fixture
def redis(redis_url: str, tmp_path: Path, eventually: Any) -> Iterator[Place]:  # noqa: ARG001  # skips without one
    assert shutil.which("redis-server")
    place = Place(tmp_path)
    place.start(eventually)
    yield place
    place.stop()


@pytest.fixture
def client(redis: Place, serving: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """A client whose answers need not be as documented."""
    monkeypatch.setattr("letta_contract.mock_server.redis_client._TIMEOUT", 0.3)
    with serving(Settings(state=redis.url)) as api, httpx.Client(base_url=api.base_url, timeout=10) as client:
        yield client


def lines(response: Any) -> Iterator[str]:
    return (line for line in response.iter_lines() if line)


def test_redis_that_went_away_is_told_and_found_again(client: httpx.Client, redis: Place, eventually: Any) -> None:
    """503 with what to do, for all that needs it and nothing else; once it is back, all goes on, even from nothing."""
    redis.stop()
    for method, path, body in ASKED:
        for headers in ({}, {"x-mock-session": "one that is new"}):
            answer = client.request(method, path, json=body, headers=headers)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1"), (method, path, answer.text)
            assert "Mend or start it" in answer.json()["detail"]
            assert str(redis.port) not in answer.text
    assert client.get("/v1/conversations/x").status_code == 422
    assert client.get("/nothing").status_code == 404
    redis.start(eventually)
    assert len(client.get("/v1/conversations/").json()) > 0
    assert client.post(f"/v1/conversations/?agent_id={AGENT}").status_code == 200
    assert client.get(KNOWN, headers={"x-mock-session": "one that is new"}).status_code == 200


@pytest.mark.parametrize(("method", "path", "body"), [ASKED[0], ASKED[1], ASKED[2]])
def test_redis_that_comes_back_empty_is_filled(
    client: httpx.Client, redis: Place, eventually: Any, method: str, path: str, body: Any
) -> None:
    """Nobody need have noticed that it was away: the world begins again with whatever is asked first."""
    redis.stop()
    redis.start(eventually)
    answer = client.request(method, path, json=body)
    assert answer.status_code == 200
    assert answer.json()


@pytest.mark.parametrize("background", [False, True])
def test_stream_tells_that_its_state_was_lost(client: httpx.Client, redis: Place, *, background: bool) -> None:
    """As of any failure after its beginning (SSE-10)."""
    with client.stream("POST", f"{KNOWN}/messages", json=SLOW | {"background": background}) as response:
        events = lines(response)
        next(events)
        redis.stop()
        *_, stop, name, error, done = events
    assert stop == 'data: {"message_type":"stop_reason","stop_reason":"error"}'
    assert (name, done) == ("event: error", "data: [DONE]")
    assert "Mend or start it" in error


@pytest.mark.slow
def test_turn_that_was_lost_keeps_nobody_out(client: httpx.Client, redis: Place, eventually: Any) -> None:
    """A Redis that was only deaf for a while still knows that it runs: it ends as soon as that hears again."""
    other = client.post(f"/v1/conversations/?agent_id={AGENT}").json()["id"]
    slow = SLOW | {"background": True, "input": "STUB:SLOW 20 60"}  # so that its worker is known to be alive
    with client.stream("POST", f"/v1/conversations/{other}/messages", json=slow) as response:
        next(lines(response))
    with client.stream("POST", f"{KNOWN}/messages", json=SLOW) as response:
        events = lines(response)
        next(events)
        redis.process.send_signal(signal.SIGSTOP)
        assert [*events][-1] == "data: [DONE]"
    time.sleep(1)  # its end cannot be written down either
    redis.process.send_signal(signal.SIGCONT)
    said = {"input": "free?", "streaming": False}
    assert eventually(lambda: client.post(f"{KNOWN}/messages", json=said).status_code == 200)
    client.post(f"/v1/conversations/{other}/cancel")


def test_locked_file_is_told(tmp_path: Path, serving: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits too long for another program gets 503; who only reads does not wait, and afterwards all goes on."""
    monkeypatch.setattr("letta_contract.mock_server.sqlite_file._PATIENCE", 0.1)
    file = tmp_path / "state.db"
    with serving(Settings(state=str(file))) as api, httpx.Client(base_url=api.base_url) as client:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        refused = client.post(f"/v1/conversations/?agent_id={AGENT}")
        assert refused.status_code == 503
        assert "(database is locked). Free it" in refused.json()["detail"]
        assert str(tmp_path) not in refused.text
        assert client.get(KNOWN).status_code == 200
        other.execute("ROLLBACK")
        other.close()
        assert client.post(f"/v1/conversations/?agent_id={AGENT}").status_code == 200


def test_full_disk_keeps_nothing_of_a_step(tmp_path: Path) -> None:
    """A step that no longer fits is told as such, leaves nothing behind, and works once there is room."""
    state = SqliteState(str(tmp_path / "state.db"))
    store = state.store("")

    def step() -> None:
        for number in range(200):
            store.save_agent(Agent(f"a-{number}", "", "", "x" * 1000))

    ((most,),) = state.connection.execute("PRAGMA max_page_count")
    ((pages,),) = state.connection.execute("PRAGMA page_count")
    state.connection.execute(f"PRAGMA max_page_count = {pages + 3}")
    with pytest.raises(Unreachable, match=r"\(database or disk is full\).*make room on its disk"):
        store.transact(step)
    assert store.agents() == []
    state.connection.execute(f"PRAGMA max_page_count = {most}")
    store.transact(step)
    assert len(store.agents()) == 200
    state.close()
