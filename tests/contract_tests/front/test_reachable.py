"""Servers that are not there yet, slow, or behind TLS: each is judged, or it is said what to do."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract_tests.outcome import Outcome
    from tests.contract_tests.raw import Raw

    from .conftest import Authority, Front

    Judged = Callable[..., Outcome]
    Start = Callable[..., Front]

WAIT = "Start it, or pass --wait SECONDS while it comes up."
OLD = {"not_before": datetime(2020, 1, 1), "not_after": datetime(2021, 1, 1)}  # noqa: DTZ001  # as trustme wants it
NEW = {"not_before": datetime(2199, 1, 1), "not_after": datetime(2200, 1, 1)}  # noqa: DTZ001


def proxied(url: str) -> str:
    return f"location / {{ proxy_pass {url}; }}"


def secured(certificate: Path, more: str) -> str:
    return f"ssl_certificate {certificate}; ssl_certificate_key {certificate}; {more}"


def test_proxy_without_a_server_names_wait(judged: Judged, nginx: Start, closed_port: int) -> None:
    """A proxy's 502 is no answer of a server: it is not there yet, and --wait is how to wait for it."""
    front = nginx(proxied(f"http://127.0.0.1:{closed_port}"))
    outcome = judged(front.url)
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.splitlines()[-1] == (
        f"Error: {front.url} answers GET /v1/conversations/ with 502 text/html: that is what a proxy says for a server "
        f"that is not there, or not in time. {WAIT}"
    )


@pytest.mark.slow
def test_server_that_comes_up_behind_its_proxy_is_waited_for(judged: Judged, nginx: Start, closed_port: int) -> None:
    """With --wait the 502s of the proxy are waited for, and what then answers is judged."""
    front = nginx(proxied(f"http://127.0.0.1:{closed_port}"))
    command = [sys.executable, "-m", "letta_contract.mock_server", "--port", str(closed_port), "--quiet", "--stateful"]

    def late() -> subprocess.Popen[bytes]:
        deadline = time.monotonic() + 30
        while not front.asked and time.monotonic() < deadline:
            time.sleep(0.05)
        return subprocess.Popen(command, stdout=subprocess.DEVNULL)

    with ThreadPoolExecutor() as pool:
        process = pool.submit(late)
        try:
            assert judged(front.url, "--wait", 60).code == 0
        finally:
            process.result().kill()
            process.result().wait(10)
    assert front.asked[0].endswith(" 502")


def test_waiting_has_an_end(judged: Judged, nginx: Start, closed_port: int) -> None:
    """A server that does not come up behind its proxy in time is told as such."""
    started = time.monotonic()
    outcome = judged(nginx(proxied(f"http://127.0.0.1:{closed_port}")).url, "--wait", 0.5)
    assert (outcome.code, 0.5 < time.monotonic() - started < 10) == (3, True)
    assert WAIT in outcome.err


def silent(_: socket.socket) -> None:
    time.sleep(1.5)


def test_server_that_is_silent_is_no_server(judged: Judged, raw: Callable[..., Raw]) -> None:
    """--timeout bounds the silence before the first answer."""
    server = raw(silent)
    outcome = judged(server.url, "--timeout", 0.3)
    assert outcome.code == 3
    assert f"{server.url}: the server was silent for 0.3 s. {WAIT}" in outcome.err


def test_proxy_that_waited_in_vain_is_told(judged: Judged, nginx: Start, raw: Callable[..., Raw]) -> None:
    """A proxy's 504 says that the server behind it does not answer in time."""
    front = nginx(proxied(raw(silent).url) + "proxy_read_timeout 500ms;")
    outcome = judged(front.url)
    assert outcome.code == 3
    assert (
        "with 504 text/html: that is what a proxy says for a server that is not there, or not in time." in outcome.err
    )


def test_private_authority(judged: Judged, nginx: Start, upstream: str, authority: Authority) -> None:
    """--ca reaches a server whose certificate is of a private authority; without it, the message names --ca."""
    front = nginx(secured(authority.issue("127.0.0.1"), proxied(upstream)), listen=" ssl")
    assert judged(front.url, "--ca", authority.file).code == 0
    outcome = judged(front.url)
    assert outcome.code == 3
    assert outcome.err.strip().endswith("Pass --ca with the authority's certificate.")


@pytest.mark.parametrize(
    ("name", "options", "remedy"),
    [
        ("elsewhere.test", {}, "The certificate does not name this address. Use the name that it has."),
        ("127.0.0.1", OLD, "Renew the server's certificate (or this machine's clock is wrong)."),
        ("127.0.0.1", NEW, "The server's certificate is of the future (or this machine's clock is wrong)."),
    ],
)
def test_certificate_that_does_not_hold(
    judged: Judged,
    nginx: Start,
    upstream: str,
    authority: Authority,
    name: str,
    options: dict[str, Any],
    remedy: str,
) -> None:
    """Each fault of a certificate has its own way out, and none of them is waited for."""
    front = nginx(secured(authority.issue(name, **options), proxied(upstream)), listen=" ssl")
    outcome = judged(front.url, "--ca", authority.file, "--wait", 60)
    assert outcome.code == 3
    assert outcome.err.strip().endswith(remedy)


def test_certificate_of_another_name(judged: Judged, nginx: Start, upstream: str, authority: Authority) -> None:
    """A host's certificate for another name is told apart from one of an unknown authority."""
    front = nginx(secured(authority.issue("elsewhere.test"), proxied(upstream)), listen=" ssl")
    outcome = judged(front.url.replace("127.0.0.1", "localhost"), "--ca", authority.file)
    assert outcome.code == 3
    assert outcome.err.strip().endswith("The certificate is another host's. Use the name that it has.")


def test_client_certificate(judged: Judged, nginx: Start, upstream: str, authority: Authority) -> None:
    """--cert and --key are shown to a server that asks; where they are missing or wrong, the message names --cert."""
    asking = f"ssl_client_certificate {authority.file}; ssl_verify_client on; {proxied(upstream)}"
    front = nginx(secured(authority.issue("127.0.0.1"), asking), listen=" ssl")
    own = authority.issue("gate.test")
    assert judged(front.url, "--ca", authority.file, "--cert", own, "--key", own).code == 0
    outcome = judged(front.url, "--ca", authority.file)
    assert outcome.code == 3
    assert outcome.err.strip().endswith(
        "with 400 text/html: that is what nginx says in front of a server. "
        "It asks for a client certificate. Pass --cert FILE, and --key FILE."
    )
    stranger = Path(__file__).parents[1] / "tls/self_signed.pem"
    outcome = judged(front.url, "--ca", authority.file, "--cert", stranger)
    assert outcome.code == 3
    assert outcome.err.strip().endswith("It does not take the client certificate. Check --cert.")


def test_wrong_scheme(judged: Judged, nginx: Start, upstream: str, authority: Authority) -> None:
    """http:// where TLS is spoken, and https:// where it is not, name the other one."""
    front = nginx(secured(authority.issue("127.0.0.1"), proxied(upstream)), listen=" ssl")
    outcome = judged(front.url.replace("https", "http"))
    assert (outcome.code, outcome.err.strip()[-25:]) == (3, "er. Use https:// instead.")
    plain = nginx(proxied(upstream))
    outcome = judged(plain.url.replace("http", "https"), "--wait", 60)
    assert outcome.code == 3
    assert outcome.err.strip().endswith("Does it speak http:// instead?")


def test_http_2_is_not_needed(judged: Judged, nginx: Start, upstream: str, authority: Authority) -> None:
    """A server that offers HTTP/2 is judged over the HTTP/1.1 that it agrees to."""
    front = nginx(secured(authority.issue("127.0.0.1"), proxied(upstream)), listen=" ssl http2")
    assert judged(front.url, "--ca", authority.file).code == 0
    assert {line.split()[2] for line in front.asked} == {"HTTP/1.1"}


def test_http_2_alone_says_what_to_do(judged: Judged, nginx: Start, upstream: str) -> None:
    """A server that speaks nothing but HTTP/2 is told as such, without waiting for it."""
    outcome = judged(nginx(proxied(upstream), listen=" http2").url, "--wait", 60)
    assert outcome.code == 3
    assert outcome.err.strip().endswith(
        "It seems to speak HTTP/2 only, and the gate speaks HTTP/1.1. "
        "Judge it through a proxy that takes both, such as HAProxy or Caddy."
    )
