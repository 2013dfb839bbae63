"""One request as it goes over the wire."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

_SAFE = "-._~!$&'()*+,;=:@"  # what RFC 3986 allows in a path segment as it is


@dataclass(frozen=True)
class Request:
    """What is sent: `path` and `query` are percent-encoded already, `body` is bytes or no body at all.

    `authorized` says whether the target adds its token; headers given here win over the target's own.
    """

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    authorized: bool = True

    @property
    def target(self) -> str:
        """Path and query, as the request line has them."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def with_query(self, query: str) -> Request:
        """The same request with another (encoded) query."""
        return replace(self, query=query)

    def with_body(self, body: bytes | None, media_type: str | None = "application/json") -> Request:
        """The same request with another body; no media type where it is None, or where there is no body."""
        others = tuple(pair for pair in self.headers if pair[0].lower() != "content-type")
        typed = (("Content-Type", media_type),) if media_type is not None and body is not None else ()
        return replace(self, headers=(*others, *typed), body=body)


def request(
    method: str,
    template: str,
    *,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
    body: Any = None,
) -> Request:
    """A request to a path template: `path` holds raw segments, which are encoded; `body` any JSON value but None."""
    for name, segment in (path or {}).items():
        template = template.replace("{" + name + "}", quote(segment, safe=_SAFE, errors="surrogatepass"))
    pairs = list(query.items() if isinstance(query, Mapping) else query)
    return Request(
        method,
        template,
        urlencode([(name, _query_value(value)) for name, value in pairs]),
        (("Content-Type", "application/json"),) if body is not None else (),
        json.dumps(body).encode() if body is not None else None,
    )


def _query_value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
