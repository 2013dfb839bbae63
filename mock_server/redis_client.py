"""The Redis that keeps a state: how it is reached, and what is said when it is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .refusal import Unreachable
from .state import StateError

try:
    from redis import Redis, RedisError, WatchError
    from redis.backoff import NoBackoff
    from redis.retry import Retry
except ImportError as error:
    raise StateError("--state redis://… needs another package. Run: pip install 'letta-contract[redis]'") from error

__all__ = ["WatchError", "connect", "reaching"]

_TIMEOUT = 2.0
"""Seconds to wait for an answer; nobody else is answered meanwhile."""


def connect(url: str) -> Any:
    """A client that has been answered. Raises StateError where nobody answers."""
    try:
        client = Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=_TIMEOUT,
            socket_connect_timeout=_TIMEOUT,
            retry=Retry(NoBackoff(), 0),  # the next request is the next attempt
        )
        client.ping()
    except (RedisError, ValueError) as error:
        # The address may hold a password.
        why = str(error).rstrip(".")
        raise StateError(f"--state redis://…: {why}. Start a Redis there, or give another address.") from error
    return client


@contextmanager
def reaching() -> Iterator[None]:
    """Tells of a Redis that fails, without what it says of itself, which may hold what it was sent."""
    try:
        yield
    except RedisError as error:
        raise Unreachable(
            f"The Redis that keeps the state does not serve it ({type(error).__name__}). Mend or start it: the next "
            "request finds it by itself."
        ) from error
