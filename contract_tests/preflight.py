"""What is asked before anything is judged: whether the target is there, speaks this API, and takes the token."""

from __future__ import annotations

import ssl
import time
from urllib.parse import urlsplit

from .errors import TargetError, UsageError
from .exchange import Exchange, Reply
from .request import request
from .settings import Settings
from .target import Limits, Target

_PROBE = request("GET", "/v1/conversations/", query={"limit": 1})
_OTHER = request("GET", "/v1/conversations/conv-00000000-0000-4000-8000-000000000000")
_UNROUTED = ({"detail": "Not Found"}, {"detail": "Method Not Allowed"})
_PAUSE = 0.2  # seconds between two attempts


def connect(settings: Settings, url: str) -> Target:
    """A target for these settings. Raises UsageError for certificates that cannot be read."""
    verify: ssl.SSLContext | bool = True
    if settings.ca or settings.cert:
        try:
            verify = ssl.create_default_context(cafile=settings.ca)
            if settings.cert:
                verify.load_cert_chain(settings.cert, settings.key)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"The certificate cannot be read: {error}. Check --ca, --cert and --key.") from error
    limits = Limits(settings.timeout, settings.stream_timeout)
    return Target(url, token=settings.token, limits=limits, headers=settings.headers, verify=verify)


def check(target: Target, wait: float) -> None:
    """Returns where the target is worth judging, having waited up to `wait` seconds for it to come up.

    Raises TargetError where nothing answers or what answers is another kind of server, UsageError where it refuses the
    token. An answer that is merely wrong is for the cases to judge.
    """
    deadline = time.monotonic() + wait
    exchange = target.send(_PROBE)
    while exchange.reply is None and time.monotonic() < deadline:
        time.sleep(_PAUSE)
        exchange = target.send(_PROBE)
    if exchange.reply is None:
        raise TargetError(_unreachable(target, exchange))
    _check_token(target, exchange.reply)
    if not _speaks(exchange.reply):
        other = target.send(_OTHER).reply
        if other is None or not _speaks(other):
            raise TargetError(
                f"{target.base_url} answers GET /v1/conversations/ with {_told(exchange.reply)}: that is no server of "
                "the conversations API. Check the address, and a path prefix that it may need."
            )


def _check_token(target: Target, reply: Reply) -> None:
    if reply.status not in (401, 403):
        return
    if target.token is None:
        raise UsageError(f"{target.base_url} asks for a token ({reply.status}). Pass --token, or set LETTA_API_KEY.")
    raise UsageError(f"{target.base_url} refuses the token ({reply.status}). Check --token or LETTA_API_KEY.")


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
    if "CERTIFICATE" in what or "certificate" in what:
        return f"{target.base_url}: {what}. Pass --ca with the authority's certificate."
    if "SSL" in what or "TLS" in what:
        other = "http" if urlsplit(target.base_url).scheme == "https" else "https"
        return f"{target.base_url}: {what}. Does it speak {other}:// instead?"
    return f"{target.base_url}: {what}. Start it, or pass --wait SECONDS while it comes up."


def _told(reply: Reply) -> str:
    return f"{reply.status} {reply.media_type or 'without a Content-Type'}"
