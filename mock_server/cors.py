"""Pages of other origins: what a browser asks in advance, and what lets it read a reply."""

from __future__ import annotations

from starlette.types import Scope

from .reply import Headers, Reply

_ASKS = b"access-control-request-"


def cors_headers(origin: str | None) -> Headers:
    """What each reply carries so that pages of this origin may read it, with `*` those of all; None lets in none."""
    if origin is None:
        return []
    headers = [(b"access-control-allow-origin", origin.encode()), (b"access-control-expose-headers", b"*")]
    return headers if origin == "*" else [*headers, (b"vary", b"Origin")]


def preflight(scope: Scope) -> Reply | None:
    """Yes to all that a browser asks in advance by OPTIONS; it compares the origin of the page itself.

    None where nothing is asked.
    """
    asked = {name.removeprefix(_ASKS): value for name, value in scope["headers"] if name.startswith(_ASKS)}
    if b"method" not in asked:
        return None
    allowed = [(b"access-control-allow-methods", asked[b"method"]), (b"access-control-max-age", b"600")]
    if b"headers" in asked:
        allowed.append((b"access-control-allow-headers", asked[b"headers"]))
    if b"private-network" in asked:
        allowed.append((b"access-control-allow-private-network", b"true"))
    return Reply(200, b"", allowed)
