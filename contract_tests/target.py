"""The server that is judged: the only place that sends anything."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self

import httpx

from .curl import NO_EXTRA, Extra
from .exchange import Exchange, Fault, Reply
from .pace import Pace
from .request import Request

Watch = Callable[[bytearray], None]

_IDLE = 1.0  # seconds; a server that gives up an unused connection first would seem to break it
_USUAL = (
    ("Accept", "*/*"),
    ("Accept-Encoding", "gzip, deflate"),
    ("Connection", "keep-alive"),
    ("User-Agent", "letta-contract"),
)  # what clients say of their own accord
_CONNECTS = "connection.connect_tcp.started"  # a step of httpcore's
MAX_BODY = 32 * 1024 * 1024  # bytes; an endless answer is a fault, not a full memory


@dataclass(frozen=True)
class Limits:
    """Seconds of silence (before the first byte and between bytes) and for a whole answer; bytes of its body."""

    silence: float = 30.0
    stream: float = 60.0
    body: int = MAX_BODY


class _Line(httpx.URL):
    """An address with the request line as it is: a client that tidies it would hide what is tested."""

    def __init__(self, base: httpx.URL, target: str) -> None:
        super().__init__(base)
        self._target = target.encode("ascii")

    @property
    def raw_path(self) -> bytes:
        """Path and query, as they go over the wire, whether to the server or through a proxy."""
        return self._target


class Target:
    """Sends requests to one base URL and tells `listener` of every exchange."""

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None = None,
        limits: Limits = Limits(),
        headers: tuple[tuple[str, str], ...] = (),
        verify: ssl.SSLContext | bool = True,
        proxy: str | None = None,
        pace: Pace | None = None,
        extra: Extra = NO_EXTRA,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.token = token
        self.limits = limits
        self.proxy = proxy
        self.pace = pace or Pace()
        self.listener: Callable[[Exchange], None] = lambda _: None
        self._url = httpx.URL(self.base_url)
        self._prefix = self._url.raw_path.decode().rstrip("/")
        self._headers = headers
        self._extra = extra
        self._timeout = httpx.Timeout(limits.silence).as_dict()
        # Not a client of httpx's: nothing is followed, logged in, or kept as a cookie, and it takes half the time.
        self._transport = httpx.HTTPTransport(
            verify=verify, limits=httpx.Limits(keepalive_expiry=_IDLE), proxy=proxy, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    def send(self, request: Request, watch: Watch = lambda _: None) -> Exchange:
        """One round trip, after as long as a rate limit takes; `watch` sees the body grow.

        Never raises for what the network or the server does: that is the exchange's `fault`.
        """
        exchange = self.pace.sent(request, partial(self.probe, watch=watch))
        self.listener(exchange)
        return exchange

    def probe(self, request: Request, watch: Watch = lambda _: None) -> Exchange:
        """One round trip at once, of which nobody is told."""
        started = time.perf_counter()
        begun: Reply | None = None
        received = bytearray()
        arrivals: list[tuple[float, int]] = []
        steps: list[str] = []
        wire = self._wire(request, lambda step, _: steps.append(step))
        try:
            with closing(self._transport.handle_request(wire)) as response:
                first_byte = time.perf_counter() - started
                headers = tuple((name.lower(), value) for name, value in response.headers.multi_items())
                begun = Reply(response.status_code, headers, b"", first_byte)
                for chunk in response.iter_bytes():
                    received += chunk
                    watch(received)
                    arrivals.append((time.perf_counter() - started, len(received)))
                    if time.perf_counter() - started > self.limits.stream:
                        return self._failed(request, f"did not end within {self.limits.stream:g} s", begun, received)
                    if len(received) > self.limits.body:
                        return self._failed(request, f"sent more than {self.limits.body} bytes", begun, received)
        except httpx.ProxyError as error:
            return self._failed(request, f"is not reached through the proxy: {error}", refused=True)
        except httpx.ConnectError as error:
            return self._failed(request, f"took no connection: {error}", refused=True)
        except httpx.TimeoutException:
            what = f"was silent for {self.limits.silence:g} s"
            return self._failed(request, what, begun, received)
        except httpx.DecodingError as error:
            return self._failed(
                request, f"sent a body that its Content-Encoding does not fit: {error}", begun, received
            )
        except (httpx.LocalProtocolError, httpx.UnsupportedProtocol):
            raise  # the request is none, and that is our own fault
        except httpx.TransportError as error:
            what = f"broke the connection: {error or type(error).__name__}"
            # What an earlier request left open, a server may close at any time: that says nothing of this one.
            unasked = begun is None and _CONNECTS not in steps
            return self.probe(request, watch) if unasked else self._failed(request, what, begun, received)
        seconds = time.perf_counter() - started
        reply = Reply(begun.status, headers, bytes(received), first_byte, seconds, tuple(arrivals))
        return self._told(Exchange(request, reply))

    def _wire(self, request: Request, trace: Callable[[str, Any], None]) -> httpx.Request:
        wire = httpx.Request(
            request.method,
            self._url,
            headers=self._all_headers(request),
            content=request.body,
            extensions={"timeout": self._timeout, "trace": trace},
        )
        wire.url = _Line(self._url, self._prefix + request.target)
        return wire

    def _failed(
        self,
        request: Request,
        what: str,
        partial: Reply | None = None,
        received: bytes | bytearray = b"",
        *,
        refused: bool = False,
    ) -> Exchange:
        if partial is not None:
            partial = Reply(partial.status, partial.headers, bytes(received), partial.first_byte)
        fault = Fault(f"the server {what}", refused, partial)
        return self._told(Exchange(request, None, fault))

    def _told(self, exchange: Exchange) -> Exchange:
        return replace(exchange, base_url=self.base_url, with_token=self.token is not None, extra=self._extra)

    def _all_headers(self, request: Request) -> list[tuple[str, str]]:
        given = _names(request.headers)
        own = [pair for pair in self._headers if pair[0].lower() not in given]
        if self.token is not None and request.authorized and "authorization" not in given:
            own.append(("Authorization", f"Bearer {self.token}"))
        given |= _names(own)
        return [*(pair for pair in _USUAL if pair[0].lower() not in given), *own, *request.headers]


def _names(headers: Iterable[tuple[str, str]]) -> set[str]:
    return {name.lower() for name, _ in headers}
