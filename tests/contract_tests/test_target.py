from __future__ import annotations

import gzip
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from letta_contract.contract_tests import target as target_module
from letta_contract.contract_tests.exchange import Exchange, Fault
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.target import Limits, Target

if TYPE_CHECKING:
    from .raw import Raw

    Start = Callable[..., Raw]

SELF_SIGNED = Path(__file__).parent / "tls/self_signed.pem"
REQUEST = Request("GET", "/v1/conversations/")
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def sent(url: str, request: Request = REQUEST, **options: object) -> Exchange:
    with Target(url, **options) as target:  # type: ignore[arg-type]
        return target.send(request)


def fault(exchange: Exchange) -> Fault:
    assert exchange.reply is None
    assert exchange.fault is not None
    return exchange.fault


def test_answer_is_taken_as_it_is(raw: Start) -> None:
    """Status, headers in their order and the whole body are what the server sent, and its times are told."""
    server = raw(b"HTTP/1.1 418 Tea\r\nX-B: 1\r\nX-A: 2\r\nX-B: 3\r\nContent-Length: 3\r\n\r\na\xff\0")
    exchange = sent(server.url + "/")
    reply = exchange.reply
    assert reply is not None
    assert (reply.status, reply.content) == (418, b"a\xff\0")
    assert reply.headers == (("x-b", "1"), ("x-a", "2"), ("x-b", "3"), ("content-length", "3"))
    assert 0 < reply.first_byte <= reply.seconds < 5
    assert (exchange.request, exchange.fault, exchange.base_url) == (REQUEST, None, server.url)
    assert exchange.with_token is False


def test_body_is_seen_as_it_comes(raw: Start) -> None:
    """Each piece of a body has its time and how much there was by then, and who watches sees it grow."""

    def slowly(connection: socket.socket) -> None:
        connection.sendall(OK.replace(b"2\r\n\r\n{}", b"4\r\n\r\nab"))
        time.sleep(0.1)
        connection.sendall(b"cd")

    seen: list[bytes] = []
    with Target(raw(slowly).url) as target:
        reply = target.send(REQUEST, lambda content: seen.append(bytes(content))).reply
    assert reply is not None
    (first, two), (second, four) = reply.arrivals
    assert (two, four) == (2, 4)
    assert reply.first_byte <= first < second - 0.05 <= reply.seconds
    assert seen == [b"ab", b"abcd"]


def test_redirect_is_an_answer(raw: Start) -> None:
    """A redirect is not followed: what it leads to is not what was judged."""
    server = raw(b"HTTP/1.1 307 No\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
    reply = sent(server.url).reply
    assert reply is not None
    assert (reply.status, len(server.heads)) == (307, 1)


def test_compressed_body_is_unpacked(raw: Start) -> None:
    """What is judged is the content, not how it was packed."""
    packed = gzip.compress(b"{}")
    server = raw(OK.replace(b"2\r\n\r\n{}", b"%d\r\nContent-Encoding: gzip\r\n\r\n" % len(packed) + packed))
    reply = sent(server.url).reply
    assert reply is not None
    assert reply.content == b"{}"


@pytest.mark.parametrize(
    ("prefix", "request_", "line"),
    [
        ("", Request("GET", "/a", "b=c"), "GET /a?b=c HTTP/1.1"),
        ("", Request("GET", "/a//b/../c/%zz%00%2F", "%&="), "GET /a//b/../c/%zz%00%2F?%&= HTTP/1.1"),
        ("/pre%20fix/", Request("PATCH", "/a"), "PATCH /pre%20fix/a HTTP/1.1"),
    ],
)
def test_request_line_is_sent_as_it_is(raw: Start, prefix: str, request_: Request, line: str) -> None:
    """Nothing tidies a path or a query on its way; a path in the base URL comes first."""
    server = raw(OK)
    sent(server.url + prefix, request_)
    assert server.heads[0].split("\r\n")[0] == line


def headers(server: Raw) -> dict[str, str]:
    lines = server.heads[0].split("\r\n\r\n")[0].split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


def test_token_and_own_headers_are_sent(raw: Start) -> None:
    """Each request carries the token and the headers of the run, and says who asks."""
    server = raw(OK)
    exchange = sent(server.url, token="t", headers=(("X-A", "a"), ("X-B", "b")))
    seen = headers(server)
    assert (seen["authorization"], seen["x-a"], seen["x-b"]) == ("Bearer t", "a", "b")
    assert seen["user-agent"] == "letta-contract"
    assert exchange.with_token is True


def test_headers_of_a_request_win(raw: Start) -> None:
    """A header that the request has is not sent a second time from elsewhere."""
    server = raw(OK)
    request = Request("GET", "/", headers=(("x-a", "mine"), ("authorization", "Basic x")))
    sent(server.url, request, token="t", headers=(("X-A", "a"),))
    assert server.heads[0].lower().count("x-a: ") == 1
    assert server.heads[0].lower().count("authorization: ") == 1
    assert (headers(server)["x-a"], headers(server)["authorization"]) == ("mine", "Basic x")


def test_request_without_authorization_carries_no_token(raw: Start) -> None:
    """A case may ask as a stranger."""
    server = raw(OK)
    sent(server.url, Request("GET", "/", authorized=False), token="t")
    assert "authorization" not in headers(server)


def test_environment_is_not_obeyed(raw: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment is not between the judge and a server."""
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert sent(raw(OK).url).reply is not None


def test_listener_hears_of_every_exchange(raw: Start) -> None:
    """Answers and faults alike are told, as they come."""
    heard: list[Exchange] = []
    server = raw(OK)
    with Target(server.url) as target:
        target.listener = heard.append
        first = target.send(REQUEST)
        server.stop()
        second = target.send(REQUEST)
    assert heard == [first, second]
    assert fault(second).refused


def test_nothing_listens(raw: Start) -> None:
    """A port where nothing listens refuses the connection."""
    server = raw(OK)
    server.stop()
    what = fault(sent(server.url))
    assert what.refused
    assert what.what.startswith("the server took no connection: ")


def test_silence_is_a_fault(raw: Start) -> None:
    """A server that says nothing for as long as the limit allows has hung; it did not refuse."""
    hung = raw(lambda _: time.sleep(0.6))
    assert fault(sent(hung.url, limits=Limits(silence=0.2))) == Fault("the server was silent for 0.2 s")


def test_silence_midway_keeps_what_came(raw: Start) -> None:
    """Where a body stops coming, what had come is known."""

    def stuck(connection: socket.socket) -> None:
        connection.sendall(OK[:-1])
        time.sleep(0.6)

    what = fault(sent(raw(stuck).url, limits=Limits(silence=0.2)))
    assert what.what == "the server was silent for 0.2 s"
    assert what.partial is not None
    assert (what.partial.status, what.partial.content) == (200, b"{")


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(1000):
        connection.sendall(b"4\r\n: a\n\r\n")
        time.sleep(0.02)


def test_endless_answer_is_a_fault(raw: Start) -> None:
    """An answer that goes on and on is given up when its time is over, however lively it is."""
    started = time.perf_counter()
    what = fault(sent(raw(endless).url, limits=Limits(silence=5, stream=0.3)))
    assert what.what == "the server did not end within 0.3 s"
    assert what.partial is not None
    assert what.partial.content.startswith(b": a\n: a\n")
    assert 0.3 <= time.perf_counter() - started < 3


def test_huge_answer_is_a_fault(raw: Start) -> None:
    """No answer fills the memory."""
    assert fault(sent(raw(endless).url, limits=Limits(body=10))).what == "the server sent more than 10 bytes"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="closed without an answer"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-", id="closed in the head"),
        pytest.param(OK[:-1], id="truncated body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", id="no last chunk"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2p1\r\n", id="not HTTP"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", id="no chunk"),
    ],
)
def test_broken_answer_is_a_fault(raw: Start, data: bytes) -> None:
    """An answer that is not whole is none, and not taken for a server that is down."""
    what = fault(sent(raw(data).url))
    assert what.what.startswith("the server broke the connection: ")
    assert not what.refused


def test_wrongly_packed_body_is_a_fault(raw: Start) -> None:
    """A body that is not what its Content-Encoding says is told as such."""
    what = fault(sent(raw(OK.replace(b"2\r\n", b"2\r\nContent-Encoding: gzip\r\n")).url))
    assert what.what.startswith("the server sent a body that its Content-Encoding does not fit: ")


def test_impossible_request_is_not_the_servers_fault(raw: Start) -> None:
    """What cannot be sent is raised: no server can be blamed for it."""
    with pytest.raises(httpx.LocalProtocolError):
        sent(raw(OK).url, Request("GET", "/a b\n"))


def test_connection_that_was_closed_meanwhile_is_no_fault(raw: Start) -> None:
    """A server may close what it left open after an answer: the next request goes over a new connection."""
    served: list[bytes] = []

    def hasty(connection: socket.socket) -> None:
        connection.sendall(OK)
        served.append(connection.recv(65536))  # and not a word

    server = raw(hasty)
    with Target(server.url) as target:
        replies = [target.send(REQUEST).reply for _ in range(3)]
    assert [reply and reply.status for reply in replies] == [200, 200, 200]
    assert len(server.heads) == 3
    assert len(served) > 1


def test_server_that_always_hangs_up_is_at_fault(raw: Start) -> None:
    """What breaks a connection that was made for it is the server's fault, after an answer too."""
    answers = [OK, b"", b""]
    server = raw(lambda connection: connection.sendall(answers.pop(0)))
    with Target(server.url) as target:
        assert target.send(REQUEST).reply is not None
        assert fault(target.send(REQUEST)).what.startswith("the server broke the connection: ")


def test_unused_connection_is_given_up_early(raw: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that a server may be about to close is not used again."""
    monkeypatch.setattr(target_module, "_IDLE", 0.1)
    requests_per_connection: list[int] = []

    def patient(connection: socket.socket) -> None:
        requests_per_connection.append(1)
        connection.sendall(OK)
        connection.settimeout(2)
        while connection.recv(65536):
            requests_per_connection[-1] += 1
            connection.sendall(OK)

    with Target(raw(patient).url) as target:
        target.send(REQUEST)
        target.send(REQUEST)
        time.sleep(0.2)
        target.send(REQUEST)
    assert requests_per_connection == [2, 1]


def test_unknown_certificate_is_refused(raw: Start, certificate: ssl.SSLContext) -> None:
    """Without its authority, a certificate is not trusted, and nothing is asked."""
    server = raw(OK, certificate)
    what = fault(sent(server.url))
    assert what.refused
    assert "CERTIFICATE_VERIFY_FAILED" in what.what
    assert server.heads == []


def test_known_certificate_is_trusted(raw: Start, certificate: ssl.SSLContext) -> None:
    """With its authority, it is."""
    trusting = ssl.create_default_context(cafile=SELF_SIGNED)
    assert sent(raw(OK, certificate).url, verify=trusting).reply is not None


def test_tls_where_there_is_none(raw: Start) -> None:
    """A server that speaks plain HTTP takes no TLS connection."""
    what = fault(sent(raw(OK).url.replace("http:", "https:")))
    assert what.refused
    assert "SSL" in what.what
