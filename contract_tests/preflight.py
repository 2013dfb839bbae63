"""What is asked before anything is judged: whether the target is there, speaks this API, and takes the token."""

from __future__ import annotations

import ssl
import time

import httpx

from . import remedy
from .curl import Extra
from .errors import TargetError, UsageError
from .exchange import Exchange, Reply
from .halt import PROBE, Limited
from .pace import Pace
from .proxy import proxy_for, shown
from .request import Request, request
from .settings import Settings
from .target import Limits, Target

_OTHER = request("GET", "/v1/conversations/conv-00000000-0000-4000-8000-000000000000")
_UNROUTED = ({"detail": "Not Found"}, {"detail": "Method Not Allowed"})
_PAUSE = 0.2  # seconds between two attempts


def connect(settings: Settings, url: str, *, direct: bool = False) -> Target:
    """A target for these settings, through the environment's proxy unless `direct`.

    Raises UsageError for certificates that cannot be read, and for a proxy's address that is none.
    """
    proxy = None if direct else proxy_for(url)
    headers = settings.headers
    options = [word for flag, file in _files(settings) if file for word in (flag, file)]
    try:
        return Target(
            url,
            token=settings.token,
            limits=Limits(settings.timeout, settings.stream_timeout),
            headers=headers,
            verify=_trust(settings),
            proxy=proxy,
            pace=Pace(settings.wait),
            extra=Extra(tuple(name for name, _ in headers), tuple(options)),
        )
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        where = f"The environment's proxy {shown(proxy)}" if proxy else "The address"
        raise UsageError(f"{where} cannot be used: {error} Check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY.") from error


def _files(settings: Settings) -> tuple[tuple[str, str | None], ...]:
    return ("--cacert", settings.ca), ("--cert", settings.cert), ("--key", settings.key)


def _trust(settings: Settings) -> ssl.SSLContext:
    """Whom to trust, and who we are: without --ca, SSL_CERT_FILE or SSL_CERT_DIR says it, else all the usual ones."""
    try:
        context = ssl.create_default_context(cafile=settings.ca) if settings.ca else httpx.create_ssl_context()
        if settings.cert:
            context.load_cert_chain(settings.cert, settings.key, password="")  # nobody is there to be asked for one
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"The certificate cannot be read: {error}. Check --ca, --cert and --key.") from error
    return context


def check(target: Target, wait: float) -> None:
    """Returns where the target is worth judging, having waited up to `wait` seconds for it to come up.

    Raises TargetError where nothing answers or what answers is another kind of server, UsageError where it refuses the
    token. An answer that is merely wrong is for the cases to judge.
    """
    exchange = answered(target, PROBE, wait)
    if exchange.reply is None:
        raise TargetError(_unreachable(target, exchange))
    if exchange.limited:
        raise TargetError(f"{target.base_url}: {Limited(exchange)}.")
    _check_access(target, exchange.reply)
    if not _speaks(exchange.reply):
        other = target.send(_OTHER).reply
        if other is None or not _speaks(other):
            raise TargetError(
                f"{target.base_url} answers GET /v1/conversations/ with {_told(exchange.reply)}: "
                f"{remedy.of_reply(exchange.reply, target.proxy)}"
            )


def answered(target: Target, asked: Request, wait: float) -> Exchange:
    """What comes of a first request: up to `wait` seconds are waited for the target to come up, and rate limits out."""
    deadline = time.monotonic() + wait
    exchange = target.probe(asked)
    while _not_yet(exchange) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
        exchange = target.probe(asked)
    if exchange.reply is not None and (exchange.reply.status == 429 or exchange.reply.header("retry-after")):
        return target.send(asked)  # which waits for the end of a rate limit
    return exchange


def _not_yet(exchange: Exchange) -> bool:
    """Whether waiting may help: nobody answers, or only a proxy that has no server behind it yet."""
    if exchange.reply is None:
        return exchange.fault is None or not remedy.lasting(exchange.fault.what)
    return exchange.reply.status in remedy.GATEWAY


def _check_access(target: Target, reply: Reply) -> None:
    if reply.status not in (401, 403):
        return
    way_out = "Check --token or LETTA_API_KEY." if target.token else "Pass --token, or set LETTA_API_KEY."
    if reply.media_type != "application/json":  # no server of this API says so
        way_out += f" {remedy.of_refusal(target.proxy)}"
    asks = "refuses the token" if target.token else "asks for a token"
    raise UsageError(f"{target.base_url} {asks} ({reply.status}). {way_out}")


def _speaks(reply: Reply) -> bool:
    """Whether it may be a server of this API: its JSON is that of a list, a conversation, or an error of its kind."""
    if reply.media_type != "application/json":
        return False
    try:
        value = reply.json
    except ValueError:
        return reply.status < 300
    if reply.status < 300:
        return True
    if not isinstance(value, dict):
        return False
    if reply.status in (404, 405):  # what every server says of a path that it does not have
        return "detail" in value and value not in _UNROUTED
    return "detail" in value or "error" in value


def _unreachable(target: Target, exchange: Exchange) -> str:
    what = exchange.fault.what if exchange.fault else "the server gave no answer"
    return f"{target.base_url}: {what}. {remedy.of_fault(what, target.base_url, target.proxy)}"


def _told(reply: Reply) -> str:
    return f"{reply.status} {reply.media_type or 'without a Content-Type'}"
