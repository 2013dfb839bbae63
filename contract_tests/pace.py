"""How fast a target lets us ask: its rate limit is waited for, and is no verdict on it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count

from .exchange import Exchange, Reply
from .request import Request

PATIENCE = 90.0  # seconds that one request waits at most: the window of most limits is a minute
_UNTOLD = 30.0  # the same where the server does not say how long it will be
_PAUSES = (0.25, 8.0)  # seconds of the first and of the longest pause where it does not say
_GAPS = (0.02, 5.0)  # seconds between two requests, once there was a limit: the least and the most
_SLOWER = 1.5


class Pace:
    """Sends again what a rate limit turned away, and asks less often from then on.

    `waits` and `seconds` tell how often that happened and how long it took. `least` seconds are waited in any case.
    """

    def __init__(self, least: float = 0.0) -> None:
        self.waits = 0
        self.seconds = 0.0
        self._least = least
        self._gap = 0.0
        self._next = 0.0  # when the next request may go, on the monotonic clock
        self._hopeless: set[tuple[str, str]] = set()  # what was waited for in vain is not waited for again
        self._lock = threading.Lock()

    def sent(self, request: Request, send: Callable[[Request], Exchange]) -> Exchange:
        """The first answer that is none of a rate limit; the limit's last one, marked, where it does not end."""
        waited = 0.0
        for attempt in count():
            self._keep_apart()
            exchange = send(request)
            pause = _pause(exchange.reply, attempt)
            if pause is None:
                self._hopeless.discard(_kind(request))
                return exchange
            told = exchange.reply is not None and _retry_after(exchange.reply) is not None
            patience = max(PATIENCE if told else _UNTOLD, self._least)
            if _kind(request) in self._hopeless or waited + pause > patience:
                self._hopeless.add(_kind(request))
                return replace(exchange, limited=True)
            with self._lock:
                self.waits += 1
                self._gap = min(max(self._gap * _SLOWER, _GAPS[0]), _GAPS[1])
            waited += pause
            self._sleep(pause)
        raise AssertionError

    def _keep_apart(self) -> None:
        with self._lock:
            pause = self._next - time.monotonic() if self._gap else 0.0
            self._next = max(self._next, time.monotonic()) + self._gap
        if pause > 0:
            self._sleep(pause)

    def _sleep(self, seconds: float) -> None:
        time.sleep(seconds)
        with self._lock:
            self.seconds += seconds


def _pause(reply: Reply | None, attempt: int) -> float | None:
    """Seconds until it is worth asking again; None where an answer is none of a rate limit.

    A 503 is one where it says when to come again, and where it is a proxy's page: nginx answers so by default.
    """
    if reply is None or reply.status not in (429, 503):
        return None
    told = _retry_after(reply)
    if reply.status == 503 and told is None and reply.media_type == "application/json":
        return None
    return told or min(_PAUSES[0] * 2**attempt, _PAUSES[1])


def _retry_after(reply: Reply) -> float | None:
    """What Retry-After says, in seconds or as a date (RFC 9110 §10.2.3); None where it says nothing sensible."""
    said = reply.header("retry-after") or ""
    try:
        seconds = (
            float(said) if said[:1].isdigit() else (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
        )
    except (ValueError, TypeError):
        return None
    return max(seconds, 0.0)


def _kind(request: Request) -> tuple[str, str]:
    """What has a limit of its own, often: the operation, whichever conversation it is on."""
    last = request.path.rpartition("/")[2]
    return request.method, "" if "-" in last else last
