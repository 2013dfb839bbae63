import asyncio
import json
import socket
from typing import Any

import pytest
from letta_contract.mock_server import Settings
from letta_contract.mock_server.reply import Reply, Stream, encode


class Connection:
    """What a server would be to a reply; the client leaves after so many messages."""

    def __init__(self, leaves_after: Any = 1000) -> None:
        self.sent = []
        self.left = asyncio.Event()
        self.leaves_after = leaves_after

    async def receive(self) -> Any:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(message)
        if len(self.sent) >= self.leaves_after:
            self.left.set()


def play(stream: Any, **options: Any) -> Any:
    async def main() -> Any:
        connection = Connection(**options)
        await asyncio.wait_for(stream({"method": "POST"}, connection.receive, connection.send), 5)
        return connection.sent

    return asyncio.run(main())


async def counting(closed: Any) -> Any:
    try:
        for number in range(1_000_000):
            yield str(number).encode()
            await asyncio.sleep(0)
    finally:
        closed.append(True)


def test_stream_ends_its_body() -> None:
    """Every chunk goes out by itself, and the body is closed behind the last."""

    async def chunks() -> Any:
        yield b"a"
        yield b"b"

    bodies = [(message["body"], message.get("more_body", False)) for message in play(Stream(chunks()))[1:]]
    assert bodies == [(b"a", True), (b"b", True), (b"", False)]


def test_stream_stops_when_the_client_leaves() -> None:
    """No more is made, what made it is closed, and whoever waits for the end is told."""
    closed, ended = [], []
    sent = play(Stream(counting(closed), lambda: ended.append(True)), leaves_after=5)
    assert len(sent) < 20
    assert (closed, ended) == ([True], [True])


def test_end_is_told_even_where_nothing_began() -> None:
    """A client that is gone before the first byte leaves nothing busy behind."""
    ended = []

    async def gone(_message: Any) -> None:
        raise OSError

    async def main() -> None:
        connection = Connection()
        await Stream(counting([]), lambda: ended.append(True))({"method": "POST"}, connection.receive, gone)

    with pytest.raises(OSError):  # noqa: PT011  # any
        asyncio.run(main())
    assert ended == [True]


def test_fault_in_a_stream_is_not_swallowed() -> None:
    """What breaks inside shows as what it is."""

    async def broken() -> Any:
        yield b"a"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        play(Stream(broken()))


@pytest.mark.parametrize("status", [204, 304])
def test_status_without_content_has_none(status: int) -> None:
    """Neither a body nor what would describe one, whatever was asked for."""
    reply = Reply.json({"a": 1}, status, [(b"x", b"y")])
    assert (reply.body, reply.headers) == (b"", [(b"x", b"y")])


def test_nothing_has_a_length_and_no_type() -> None:
    """An empty body is no JSON, unless it was said to be something."""
    assert Reply(200, b"").headers == [(b"content-length", b"0")]
    assert Reply(200, b"", media_type=b"text/plain").headers[0] == (b"content-type", b"text/plain")


def test_reply_can_be_sent_again() -> None:
    """What others add to the headers of one answer is not in the next."""
    reply = Reply.json({"a": "é"})

    async def main() -> Any:
        connection = Connection()
        for _ in range(2):
            await reply({"method": "GET"}, connection.receive, connection.send)
            connection.sent[-2]["headers"].append((b"x", b"y"))
        return connection.sent

    sent = asyncio.run(main())
    assert sent[1]["body"] == '{"a":"é"}'.encode()
    assert sent[0]["headers"] == sent[2]["headers"]


def raw(api: Any, *lines: str) -> socket.socket:
    """A connection on which a request has begun."""
    connection = socket.create_connection((api.base_url.host, api.base_url.port), timeout=10)
    connection.sendall("\r\n".join((*lines, "host: x", "content-type: application/json", "", "")).encode())
    return connection


def everything(connection: socket.socket) -> bytes:
    with connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("framing", ["content-length: 30000000", "transfer-encoding: chunked"])
def test_body_that_is_too_long_gets_its_413(serving: Any, framing: str) -> None:
    """A client that sends all of it before it reads finds the answer, whole, and the connection closed."""
    with serving(Settings(max_body=1_000)) as api:
        connection = raw(api, f"POST {api.known}/messages HTTP/1.1", framing)
        piece = b"x" * 1_000_000
        for _ in range(30):
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if "chunked" in framing else piece)
        if "chunked" in framing:
            connection.sendall(b"0\r\n\r\n")
        head, _, body = everything(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in head
    assert "--max-body" in json.loads(body)["detail"]


def test_client_that_asks_first_sends_nothing(serving: Any) -> None:
    """Expect: 100-continue is answered with 413 where the length says enough."""
    with serving(Settings(max_body=1_000)) as api:
        lines = f"POST {api.known}/messages HTTP/1.1", "content-length: 5000", "expect: 100-continue"
        connection = raw(api, *lines)
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")
        connection.close()


def test_turn_is_told_when_its_client_goes(serving: Any) -> None:
    """A socket that closes midway ends the stream and the turn at once, and sets the conversation free."""
    with serving(Settings(stateful=True)) as api:
        body = b'{"input": "STUB:SLOW 1000 0.05", "stream_tokens": true}'
        connection = raw(api, f"POST {api.known}/messages HTTP/1.1", f"content-length: {len(body)}")
        connection.sendall(body)
        assert b"200 OK" in connection.recv(65536)
        busy = api.post(f"{api.known}/messages", json={"input": "hi", "streaming": False})
        assert busy.status_code == 409
        connection.close()
        assert api.eventually(
            lambda: api.post(f"{api.known}/messages", json={"input": "hi", "streaming": False}).status_code == 200
        )
        ended = api.get("/_mock/journal?verdict=valid&limit=1000").json()["requests"][-1]["ended"]
        assert ended == "before its end"


@pytest.mark.parametrize("value", [2**70, [-(2**64)], {"é": 1.5}, '\x00"\\'])
def test_json_is_what_it_was(value: object) -> None:
    """Whatever a client may have sent comes back as the same value, integers of any size included."""
    assert json.loads(encode(value)) == value
