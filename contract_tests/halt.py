"""What an answer says of the target as a whole, and not of the request: that it is gone, or takes no more of them."""

from __future__ import annotations

import re
import time

from .contract import Contract
from .exchange import Exchange
from .expectation import MODELS
from .request import request
from .target import Target

_MODEL = re.compile(rb'"(?:%b)"\s*:' % "|".join(MODELS).encode())
PROBE = request("GET", "/v1/conversations/", query={"limit": 1})
_PROBES = 3
_PAUSE = 0.3  # seconds between two probes: whoever is restarted at once is not gone


class TargetGone(Exception):  # noqa: N818  # not an error of ours: it ends the run
    """The server that answered before takes no connection any more, or is no longer there behind its proxy."""


class Limited(Exception):  # noqa: N818  # not an error of ours: nothing is said about the server
    """A rate limit did not end in the time that a request waits, so that what the request asks is not judged."""

    def __init__(self, exchange: Exchange) -> None:
        assert exchange.reply is not None
        told = exchange.reply.header("retry-after")
        when = f"with Retry-After: {told}" if told else "without Retry-After"
        super().__init__(
            f"the rate limit does not end: {exchange.reply.status} {when}. "
            "Raise the limit for the gate, or pass --wait SECONDS for as long as it takes"
        )
        self.exchange = exchange


def check(exchange: Exchange, target: Target, contract: Contract) -> None:
    """Raises TargetGone where the server is, Limited where a rate limit keeps the request from being judged."""
    if exchange.fault is not None and exchange.fault.refused:
        raise TargetGone(exchange.fault.what)
    if _nobody_there(exchange) and all(_same(exchange, _probe(target)) for _ in range(_PROBES)):
        raise TargetGone("the proxy in front finds no server any more")
    if exchange.limited and not _to_be_judged(exchange, contract):
        raise Limited(exchange)


def _nobody_there(exchange: Exchange) -> bool:
    reply = exchange.reply
    return reply is not None and reply.status in (502, 503) and reply.media_type != "application/json"


def _probe(target: Target) -> Exchange:
    time.sleep(_PAUSE)
    return target.probe(PROBE)


def _same(one: Exchange, other: Exchange) -> bool:
    return (
        _nobody_there(other)
        and one.reply is not None
        and other.reply is not None
        and one.reply.status == other.reply.status
    )


def _to_be_judged(exchange: Exchange, contract: Contract) -> bool:
    """Whether it is no limit after all: a failing server, a dead broker (STATUS-10), a made-up model (TOL-12)."""
    operation_id, reply = contract.operation_of(exchange.request), exchange.reply
    assert reply is not None
    if reply.status == 503 and reply.header("retry-after") is None:
        return True
    if operation_id is None or reply.status not in contract.operations[operation_id].statuses:
        return False
    own = reply.status != 429 or _MODEL.search(exchange.request.body or b"") is not None
    return own and not contract.body_problems(operation_id, exchange)
