"""What no client should send, through a real socket: each is answered as it should be, and the server lives on."""

import json
import re
import socket
import time
from typing import Any

import pytest

KNOWN = b"/v1/conversations/conv-123e4567-e89b-42d3-8456-426614174000"
UTF_16 = '{"summary": "x"}'.encode("utf-16")
CASES: dict[str, tuple[bytes, bytes, int, Any]] = {
    # name: media type, body, status, where the first fault is
    "not UTF-8": (b"application/json", b'{"summary": "\xff"}', 422, ["body", 13]),
    "UTF-16": (b"application/json; charset=utf-16", UTF_16, 422, ["body", 0]),
    "Latin-1": (b"application/json; charset=latin-1", b'{"summary": "\xe9"}', 422, ["body", 13]),
    "a byte order mark": (b"application/json", b'\xef\xbb\xbf{"summary": "x"}', 422, ["body", 0]),
    "NaN": (b"application/json", b'{"summary": NaN}', 422, ["body"]),
    "infinity": (b"application/json", b'{"unknown": -Infinity}', 422, ["body"]),
    "a number past all": (b"application/json", b'{"unknown": 1e400}', 422, ["body"]),
    "5 000 digits": (b"application/json", b'{"context_window_limit": ' + b"9" * 5000 + b"}", 422, ["body"]),
    "20 digits": (b"application/json", b'{"context_window_limit": ' + b"9" * 20 + b"}", 200, None),
    "an integer with a point": (b"application/json", b'{"context_window_limit": 7.0}', 200, None),
    "a key twice, well at last": (b"application/json", b'{"summary": 1, "summary": "x"}', 200, None),
    "a key twice, ill at last": (b"application/json", b'{"summary": "x", "summary": 1}', 422, ["body", "summary"]),
    "100 000 arrays": (b"application/json", b"[" * 100_000 + b"]" * 100_000, 422, ["body"]),
    "100 000 objects": (b"application/json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 422, ["body"]),
    "100 000 openings": (b"application/json", b"[" * 100_000, 422, ["body"]),
    "half a surrogate pair": (b"application/json", rb'{"summary": "\ud800"}', 422, ["body"]),
    "NUL": (b"application/json", rb'{"summary": "a\u0000b"}', 200, None),
    "another media type": (b"text/plain", b'{"summary": "x"}', 422, ["body"]),
    "a form": (b"application/x-www-form-urlencoded", b"summary=x", 422, ["body"]),
}


@pytest.fixture(params=["examples", "remembering"])
def server(request: pytest.FixtureRequest) -> Any:
    """The address of a server of each mode."""
    url = request.getfixturevalue(request.param).base_url
    return url.host, url.port


def answered(server: Any, *pieces: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
    """The status, the headers and the body of the first answer to what is sent."""
    with socket.create_connection(server, timeout=20) as connection:
        for piece in pieces:
            connection.sendall(piece)
        head, body = b"", b""
        while b"\r\n\r\n" not in head:
            more = connection.recv(65536)
            assert more, "no answer"
            head += more
        head, _, body = head.partition(b"\r\n\r\n")
        first, *rest = head.split(b"\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in rest)}
        while len(body) < int(headers.get(b"content-length", 0)):
            body += connection.recv(65536)
    return int(first.split()[1]), headers, body


def head(method: bytes, path: bytes = KNOWN, *lines: bytes) -> bytes:
    return b"\r\n".join((method + b" " + path + b" HTTP/1.1", b"host: x", *lines, b"", b""))


def patch(*lines: bytes) -> bytes:
    return head(b"PATCH", KNOWN, b"content-type: application/json", *lines)


def is_well(server: Any) -> bool:
    return answered(server, head(b"GET"))[0] == 200


@pytest.mark.parametrize("name", CASES)
def test_odd_body_is_judged(server: Any, name: str) -> None:
    """422 with the place where there is one, or 200: never a 5xx, and never no answer."""
    media_type, body, status, loc = CASES[name]
    lines = b"content-type: " + media_type, b"content-length: %d" % len(body)
    got, headers, answer = answered(server, head(b"PATCH", KNOWN, *lines), body)
    assert got == status
    assert headers[b"access-control-allow-origin"] == b"*"
    if loc is not None:
        assert json.loads(answer)["detail"][0]["loc"] == loc
    assert is_well(server)


def test_body_needs_no_length(server: Any) -> None:
    """It may come in chunks, cut wherever."""
    chunks = b'5\r\n{"sum\r\n', b'b\r\nmary": "x"}\r\n0\r\n\r\n'
    assert answered(server, patch(b"transfer-encoding: chunked"), *chunks)[0] == 200
    wrong = b'c\r\n{"summary": \r\n2\r\n3}\r\n0\r\n\r\n'
    assert answered(server, patch(b"transfer-encoding: chunked"), wrong)[0] == 422


@pytest.mark.parametrize("framing", [b"content-length: 100000000", b"transfer-encoding: chunked"])
def test_100_mb_are_too_many(server: Any, framing: bytes) -> None:
    """413 past --max-body, with the limit and what to do, even to who sends it all first."""
    piece = b"x" * 1_000_000
    chunk = b"%x\r\n%s\r\n" % (len(piece), piece) if b"chunked" in framing else piece
    end = b"0\r\n\r\n" if b"chunked" in framing else b""
    status, headers, body = answered(server, patch(framing), *([chunk] * 100), end)
    assert (status, headers[b"connection"]) == (413, b"close")
    assert re.search("longer than 16777216 bytes.*larger --max-body", json.loads(body)["detail"])
    assert is_well(server)


@pytest.mark.parametrize("path", [KNOWN, b"/nothing", b"/_mock/state", b"/openapi.json"])
def test_100_mb_that_nobody_reads_do_no_harm(server: Any, path: bytes) -> None:
    """What is not asked for is not kept."""
    piece = b"x" * 1_000_000
    status, _, _ = answered(server, head(b"GET", path, b"content-length: 100000000"), *([piece] * 100))
    assert status == (404 if path == b"/nothing" else 200)


@pytest.mark.parametrize(
    "lines",
    [
        [b"x-%d: y" % number for number in range(100_000)],
        [b"x: y"] * 100_000,
        [b"x: " + b"y" * 1_000_000],
        [b"prefer: " + b"a=1, " * 200_000],
        [b"accept: */*" + b", a/b;q=0.1" * 50_000],
        [b"authorization: Bearer \xff\xfe", b"prefer: \xff=\xff", b"x-mock-session: \xff\xfe"],
    ],
    ids=["many", "one many times", "long", "long Prefer", "long Accept", "no text"],
)
def test_flood_of_headers_is_borne(server: Any, lines: list[bytes]) -> None:
    """Answered like any other request, and soon."""
    begun = time.process_time()
    assert answered(server, head(b"GET", KNOWN, *lines))[0] == 200
    assert time.process_time() - begun < 2
    assert is_well(server)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\x01\x02garbage\r\n\r\n",
        b"GET / HTTP/9.9\r\nhost: x\r\n\r\n",
        head(b"GET", b"/v1/conversations/" + b"a" * 100_000),
        head(b"PATCH", KNOWN, b"content-length: 2", b"content-length: 3"),
        head(b"PATCH", KNOWN, b"content-length: -2"),
        head(b"PATCH", KNOWN, b"content-length: 2", b"transfer-encoding: chunked"),
        head(b"CONNECT", b"x:1"),
    ],
    ids=["no HTTP", "version", "100 000 characters", "two lengths", "negative length", "two framings", "tunnel"],
)
def test_what_is_no_request_is_400(server: Any, sent: bytes) -> None:
    """Whoever does not speak HTTP is told, and sent away."""
    assert answered(server, sent)[0] == 400
    assert is_well(server)


@pytest.mark.parametrize("path", [b"/v1/conversations/%ff%zz", b"/v1/conversations/" + b"a" * 5_000])
def test_odd_path_is_judged(server: Any, path: bytes) -> None:
    """By its length and its form, up to 5 000 characters (ID-7)."""
    status, _, body = answered(server, head(b"GET", path))
    assert status == 422
    assert json.loads(body)["detail"][0]["loc"] == ["path", "conversation_id"]


def test_half_open_connections_keep_nobody_out(server: Any) -> None:
    """However many have begun a request and say no more, the next one is answered."""
    begun = [socket.create_connection(server, timeout=10) for _ in range(200)]
    for number, connection in enumerate(begun):
        connection.sendall(patch(b"content-length: 100") + b"{" if number % 2 else b"GET / HT")
    assert is_well(server)
    for connection in begun:
        connection.close()
    assert is_well(server)


def test_client_that_only_listens_is_answered(server: Any) -> None:
    """A side that is shut for sending can still be sent to."""
    with socket.create_connection(server, timeout=10) as connection:
        connection.sendall(head(b"GET"))
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
