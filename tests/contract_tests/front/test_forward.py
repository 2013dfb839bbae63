"""A company's forward proxy, by the environment's variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .conftest import Daemon, free_port, program

if TYPE_CHECKING:
    from .conftest import Authority, Front
    from .test_reachable import Judged, Start

_CONFIG = """
Port {port}
Listen 127.0.0.1
Allow 127.0.0.1
Timeout 60
LogFile "{folder}/log"
LogLevel Connect
{more}
"""
_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@dataclass(frozen=True)
class Tinyproxy:
    """A forward proxy; `log` is what it was asked to do."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()


@pytest.fixture
def tinyproxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Tinyproxy]]:
    """Starts forward proxies with these settings besides."""
    executable = program("tinyproxy", "tinyproxy")
    with ExitStack() as stack:

        def start(more: str = "") -> Tinyproxy:
            proxy = Tinyproxy(free_port(), tmp_path_factory.mktemp("tinyproxy"))
            config = proxy.folder / "tinyproxy.conf"
            config.write_text(_CONFIG.format(port=proxy.port, folder=proxy.folder, more=more))
            stack.callback(Daemon([executable, "-d", "-c", str(config)], proxy.port).stop)
            return proxy

        yield start


@pytest.fixture(autouse=True)
def _no_proxy_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in _VARIABLES:
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.upper(), raising=False)


@pytest.fixture
def tls(nginx: Start, upstream: str, authority: Authority) -> Front:
    """The mock behind nginx with TLS."""
    certificate = authority.issue("127.0.0.1")
    lines = f"ssl_certificate {certificate}; ssl_certificate_key {certificate}; location / {{ proxy_pass {upstream}; }}"
    return nginx(lines, listen=" ssl")


def test_plain_requests_go_through_it(
    judged: Judged, tinyproxy: Callable[..., Tinyproxy], upstream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTTP_PROXY is the way to an http:// target, and odd paths arrive through it as they were sent."""
    proxy = tinyproxy()
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    assert judged(upstream, cases=("list_conversations/odd-limit", "fork_conversation/conversation-id-*")).code == 0
    assert f"GET {upstream}/v1/conversations/?limit=" in proxy.log
    assert f"POST {upstream}/v1/conversations//fork" in proxy.log


def test_secured_requests_are_tunnelled(
    judged: Judged,
    tinyproxy: Callable[..., Tinyproxy],
    tls: Front,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """HTTPS_PROXY is the way to an https:// target; the tunnel leads to the target alone."""
    proxy = tinyproxy()
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    assert judged(tls.url, "--ca", authority.file).code == 0
    assert f"CONNECT {tls.url.removeprefix('https://')} HTTP/1.1" in proxy.log
    assert any("limit=0" in line for line in tls.asked)


def test_no_proxy_excepts_the_target(
    judged: Judged, upstream: str, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What NO_PROXY names is reached without the proxy."""
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port}")
    monkeypatch.setenv("NO_PROXY", "example.com,127.0.0.1")
    assert judged(upstream).code == 0


def test_own_mock_needs_no_proxy(
    command: Callable[..., object], closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mock that the gate starts is on this machine, which no proxy leads to."""
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{closed_port}")
    assert command("test", "list_conversations/odd-limit").code == 0  # type: ignore[attr-defined]


def test_proxy_that_is_down_is_named(
    judged: Judged, upstream: str, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that the proxy refuses is not told as one of the target's."""
    monkeypatch.setenv("HTTP_PROXY", f"http://name:hush-hush@127.0.0.1:{closed_port}")
    outcome = judged(upstream)
    assert outcome.code == 3
    assert outcome.err.strip().endswith(
        f"The way leads through the proxy http://127.0.0.1:{closed_port}, by the environment. "
        "Where the target can be reached without, put its host into NO_PROXY."
    )
    assert "hush" not in outcome.err


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxy_that_asks_who_we_are(
    judged: Judged,
    tinyproxy: Callable[..., Tinyproxy],
    tls: Front,
    upstream: str,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
) -> None:
    """A 407 names the variable that takes name and password; with them the target is judged."""
    proxy = tinyproxy("BasicAuth name hush-hush")
    target = {"http": upstream, "https": tls.url}[scheme]
    monkeypatch.setenv(f"{scheme}_proxy", proxy.url)
    outcome = judged(target, "--ca", authority.file)
    assert outcome.code == 3
    assert "407" in outcome.err
    assert "It asks who you are: put name and password into HTTPS_PROXY, as in http://name:pass" in outcome.err
    monkeypatch.setenv(f"{scheme}_proxy", proxy.url.replace("//", "//name:hush-hush@"))
    assert judged(target, "--ca", authority.file).code == 0


def test_target_that_the_proxy_does_not_reach(
    judged: Judged, tinyproxy: Callable[..., Tinyproxy], closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error page of the proxy is told as that of the proxy."""
    monkeypatch.setenv("http_proxy", tinyproxy().url)
    outcome = judged(f"http://127.0.0.1:{closed_port}")
    assert outcome.code == 3
    assert "that may be the proxy's own answer. The way leads through the proxy http://127.0.0.1:" in outcome.err


@pytest.mark.parametrize("address", ["socks4://127.0.0.1:1", "http://127.0.0.1:x"])
def test_proxy_s_address_that_is_none(
    judged: Judged, upstream: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip in the variable is a mistake in the configuration, and the variables are named."""
    monkeypatch.setenv("all_proxy", address)
    outcome = judged(upstream)
    assert outcome.code == 2
    assert "Check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY." in outcome.err
