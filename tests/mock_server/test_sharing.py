"""Two servers on one state: what one does, the other knows."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from letta_contract.mock_server import Settings

pytestmark = [
    pytest.mark.parametrize("state", ["sqlite", "redis"], indirect=True, scope="module"),
    pytest.mark.slow,
]

SLOW = {"input": "STUB:SLOW 60 0.1", "stream_tokens": True, "include_pings": False}


@pytest.fixture(scope="module")
def servers(state: Any, serving: Any) -> Iterator[Any]:
    """Two of them."""
    with serving(Settings(state=state)) as one, serving(Settings(state=state)) as other:
        yield one, other


@pytest.fixture(scope="module")
def dying(state: Any) -> Iterator[Callable[[], tuple[str, Any]]]:
    """What starts a server that can be killed, and gives its address and its process."""
    processes = []

    def starting() -> tuple[str, Any]:
        command = [sys.executable, "-m", "letta_contract.mock_server", "--port", "0", "--quiet", "--state", state]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout is not None
        return process.stdout.readline().split()[1], process

    yield starting
    for process in processes:
        process.kill()
        process.communicate()


def together(*works: Callable[[], None]) -> None:
    failures: list[BaseException] = []

    def caught(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # shown by the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=caught, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []


def test_world_is_sown_once(servers: Any) -> None:
    """Both begin with the same one, and neither repeats what it holds."""
    one, other = servers
    lists = [server.get("/v1/conversations/?archive_status=all&limit=1000").json() for server in (one, other)]
    assert lists[0] == lists[1]
    assert lists[0]
    assert len({shown["id"] for shown in lists[0]}) == len(lists[0])


def test_writers_at_once_lose_nothing(servers: Any) -> None:
    """Two servers create, send and update on one conversation at once, and all of it is there."""
    path = servers[0].conversation()
    created: list[str] = []
    sent: list[str] = []

    def working(server: Any, name: str) -> Callable[[], None]:
        def work() -> None:
            for number in range(15):
                created.append(server.conversation())
                server.patch(path, json={"description" if name == "a" else "summary": f"{name} {number}"})
                while True:
                    body = {"input": f"{name} {number}", "streaming": False}
                    answer = server.post(f"{path}/messages", json=body)
                    if answer.status_code != 409:
                        break
                assert answer.status_code == 200
                sent.append(body["input"])

        return work

    together(working(servers[0], "a"), working(servers[1], "b"))
    one = servers[0]
    shown = one.get(path).json()
    assert (shown["description"], shown["summary"]) == ("a 14", "b 14")
    said = [row["content"] for row in one.rows(path, limit=1000) if row["message_type"] == "user_message"]
    assert sorted(said) == sorted(sent)
    assert len(shown["in_context_message_ids"]) == len(one.rows(path, limit=1000)) == 1 + 2 * len(sent)
    assert len(set(created)) == 30
    listed = {each["id"] for each in one.get("/v1/conversations/?limit=1000").json()}
    assert {each.rpartition("/")[2] for each in created} <= listed


def test_conversation_is_busy_for_all(servers: Any) -> None:
    """While one server plays a turn, the other one refuses another; and it can cancel it."""
    one, other = servers
    path = one.conversation()
    with one.stream("POST", f"{path}/messages", json=SLOW) as response:
        lines = response.iter_lines()
        next(lines)
        assert other.post(f"{path}/messages", json={"input": "busy?"}).status_code == 409
        assert [*other.post(f"{path}/cancel").json().values()] == ["cancelled"]
        assert other.say(path, "free")["stop_reason"]["stop_reason"] == "end_turn"
        assert [line for line in lines if line][-2:] == [
            'data: {"message_type":"stop_reason","stop_reason":"cancelled"}',
            "data: [DONE]",
        ]
    assert other.post(f"{path}/cancel").status_code == 409


def test_background_run_is_followed_from_anywhere(servers: Any) -> None:
    """Its stream is the same wherever it is asked for, while it runs and afterwards."""
    one, other = servers
    path = one.conversation()
    body = {"input": "STUB:SLOW 6 0.1", "stream_tokens": True, "background": True}
    with one.stream("POST", f"{path}/messages", json=body) as response:
        next(response.iter_lines())
        followed = other.post(f"{path}/stream", json={}).text
    assert [event["content"] for event in other.events(followed) if "content" in event][-1] == "w5"
    assert one.post(f"{path}/stream", json={}).text == followed
    assert other.post(f"{path}/stream", json={"starting_after": 3}).text in followed


def test_conversation_deleted_elsewhere_ends_its_turn(servers: Any) -> None:
    """The turn finds out, and does not bring the conversation back."""
    one, other = servers
    path = one.conversation()
    with one.stream("POST", f"{path}/messages", json=SLOW) as response:
        lines = response.iter_lines()
        next(lines)
        other.delete(path)
        assert [line for line in lines if line][-1] == "data: [DONE]"
    assert one.get(path).status_code == 404


def test_sessions_are_shared(servers: Any) -> None:
    """The world of a session is the same on both, and a reset on one resets it for both."""
    headers = {"x-mock-session": f"shared {servers[0].base_url.port}"}
    one, other = (httpx.Client(base_url=server.base_url, headers=headers) for server in servers)
    with one, other:
        one.post(f"/v1/conversations/?agent_id={servers[0].agent}", json={"summary": "of the session"})
        query = "/v1/conversations/?summary_search=of the session"
        assert [len(server.get(query).json()) for server in (one, other, servers[0])] == [1, 1, 0]
        other.post("/_mock/reset")
        assert one.get(query).json() == []


def test_killed_server_leaves_nothing_busy(servers: Any, dying: Any) -> None:
    """What it played is over once it is missed: others can cancel it at once, send after a while, and are told."""
    one, _other = servers
    url, process = dying()
    paths = [one.conversation() for _ in range(2)]
    with httpx.Client(base_url=url) as client:
        for path in paths:
            body = SLOW | {"background": True}
            with client.stream("POST", f"{path}/messages", json=body, timeout=10) as response:
                next(response.iter_lines())
    process.kill()
    process.wait()
    assert one.post(f"{paths[0]}/messages", json={"input": "busy?"}).status_code == 409
    assert one.post(f"{paths[0]}/cancel").status_code == 200
    assert one.say(paths[0], "free")["stop_reason"]["stop_reason"] == "end_turn"
    end = time.monotonic() + 10
    followed = one.events(one.post(f"{paths[1]}/stream", json={}).text)
    assert followed[-1] == {"message_type": "stop_reason", "stop_reason": "cancelled"}
    while one.post(f"{paths[1]}/messages", json={"input": "free?", "streaming": False}).status_code == 409:
        assert time.monotonic() < end


def test_answered_writes_outlive_a_kill(servers: Any, dying: Any) -> None:
    """A server that is killed in the midst of many writes has kept each one that it answered."""
    url, process = dying()
    answered: list[tuple[str, str]] = []

    def burst(number: int) -> None:
        with httpx.Client(base_url=url, timeout=10) as client:
            for turn in range(10_000):
                try:
                    created = client.post(f"/v1/conversations/?agent_id={servers[0].agent}", json={"summary": "x"})
                    path = f"/v1/conversations/{created.json()['id']}"
                    answered.append((path, ""))
                    text = f"{number} {turn}"
                    client.post(f"{path}/messages", json={"input": text, "streaming": False}).raise_for_status()
                    answered.append((path, text))
                    client.patch(path, json={"description": text}).raise_for_status()
                    answered.append((path, f"={text}"))
                except httpx.TransportError:
                    return

    def kill() -> None:
        assert servers[0].eventually(lambda: len(answered) > 150)
        process.send_signal(signal.SIGKILL)

    together(kill, *(lambda number=number: burst(number) for number in range(4)))
    assert len(answered) > 150
    url, _process = dying()
    with httpx.Client(base_url=url, timeout=10) as client:
        for path, what in answered:
            if what.startswith("="):
                assert client.get(path).json()["description"] == what[1:]
            elif what:
                said = [row["content"] for row in client.get(f"{path}/messages?order=asc").json()]
                assert said[1:] == [what, f"mock reply to: {what}"]
            else:
                assert client.get(path).status_code == 200
