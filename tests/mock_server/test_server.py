import re
import signal
import socket
import subprocess
import sys
from typing import Any

import httpx
import pytest
from letta_contract.mock_server import Settings
from letta_contract.mock_server.server import AddressError, serve


@pytest.fixture
def start() -> Any:
    """What starts the mock server as a command, and gives the process."""
    processes = []

    def starting(*arguments: Any, files: int | None = None) -> Any:
        command = [sys.executable, "-m", "letta_contract.mock_server", *arguments]
        if files is not None:
            command = ["sh", "-c", f'ulimit -Sn {files}; exec "$@"', "sh", *command]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        processes.append(process)
        return process

    yield starting
    for process in processes:
        process.kill()
        process.communicate()


def test_free_port_is_found_and_told(start: Any) -> None:
    """`--port 0 --quiet` prints one line with the address, at which the server answers at once."""
    process = start("--port", "0", "--quiet", "--stateful", "--token", "s3cret")
    line = process.stdout.readline()
    assert re.fullmatch(r"Mock    http://127\.0\.0\.1:\d+\n", line)
    response = httpx.get(f"{line.split()[1]}/v1/conversations/", headers={"authorization": "Bearer s3cret"}, timeout=10)
    assert response.status_code == 200
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=10) == ("", "")


def test_interrupted_server_goes_quietly(start: Any) -> None:
    """Ctrl-C ends it with exit code 130 and without a traceback, open streams or not."""
    process = start("--port", "0", "--quiet", "--stateful")
    url = process.stdout.readline().split()[1]
    body = {"input": "STUB:SLOW 100 1", "stream_tokens": True}
    path = "/v1/conversations/conv-123e4567-e89b-42d3-8456-426614174000/messages"
    with httpx.stream("POST", url + path, json=body, timeout=10) as response:
        lines = response.iter_lines()
        next(lines)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
    assert "Traceback" not in process.communicate()[1]


@pytest.mark.slow
def test_many_streams_are_open_at_once(start: Any, eventually: Any) -> None:
    """More than the files that a shell allows; each one flows, and is over when its client goes."""
    process = start("--port", "0", "--quiet", "--stateful", "--world", "empty", files=100)
    url = httpx.URL(process.stdout.readline().split()[1])
    streams = []
    with httpx.Client(base_url=url, timeout=10) as client:
        agent = client.post("/_mock/agents", json={}).json()["id"]
        for _ in range(200):
            path = f"/v1/conversations/{client.post(f'/v1/conversations/?agent_id={agent}').json()['id']}/messages"
            body = b'{"input": "STUB:SLOW 1000 0.2", "stream_tokens": true, "include_pings": false}'
            stream = socket.create_connection((url.host, url.port), timeout=20)
            stream.sendall(f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
            streams.append(stream)
        for stream in streams:
            seen = b""
            while b'"content":"w2 ' not in seen:
                more = stream.recv(65536)
                assert more, "a stream broke off"
                seen += more

        def running() -> int:
            listed = client.get("/_mock/state").json()["conversations"]
            return sum(one["active_run"] is not None for one in listed)

        assert running() == 50  # all that the page shows
        for stream in streams:
            stream.close()
        assert eventually(lambda: running() == 0)


def test_server_is_its_own_last_word_on_errors(start: Any) -> None:
    """What cannot be served is said in one line on standard error, with exit code 2."""
    process = start("--port", "0", "--spec", "missing.yaml")
    out, err = process.communicate(timeout=20)
    assert (out, process.returncode) == ("", 2)
    assert "missing.yaml" in err
    assert "Traceback" not in err


def test_taken_port_is_named() -> None:
    """The message says which, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressError, match=f"Port {port} of 127.0.0.1 is taken.*--port 0"):
            serve(Settings(port=port), quiet=True)


@pytest.mark.parametrize("settings", [Settings(host="203.0.113.1"), Settings(port=70000)])
def test_address_that_cannot_be_had_is_named(settings: Any) -> None:
    """A foreign address, or a port that there is none of."""
    with pytest.raises(AddressError, match=rf"{settings.host}:{settings.port}.*--host 127.0.0.1"):
        serve(settings, quiet=True)


def test_package_imports_nothing_heavy() -> None:
    """`letta-contract --help` pays for neither connexion nor uvicorn."""
    code = "import sys, letta_contract.mock_server; print({'connexion', 'uvicorn', 'starlette'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_faulty_fixtures_end_the_start(start: Any, tmp_path: Any) -> None:
    """What a user brought is checked before anything is served: exit code 2, and no address."""
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples/conversations.yaml").write_text("hydrated: {value: 3}\n")
    process = start("--port", "0", "--fixtures", tmp_path)
    out, err = process.communicate(timeout=20)
    assert (out, process.returncode) == ("", 2)
    assert "conversations.yaml:1: hydrated: 3 is not of type 'object'" in err
    assert "Traceback" not in err
