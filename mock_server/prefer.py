"""What a client asks of the mock itself: by `Prefer` (RFC 7240), or by `__` keys in the query of a page's address."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .header import elements
from .refusal import Refusal
from .reply import Headers

NAMES = ("code", "example", "dynamic", "seed", "delay")
LONGEST_DELAY = 600_000
"""Milliseconds."""
_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_BOOLEANS = {"": True, "true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Preferences:
    """What is asked for; None where nothing is."""

    code: str | None = None
    example: str | None = None
    dynamic: bool = False
    seed: int | None = None
    delay: int | None = None
    """Milliseconds."""

    @classmethod
    def of(cls, scope: Scope) -> Preferences:
        """Those of a request, the query's before the headers'. Raises Refusal for a value that is none.

        Of a preference that is given twice, the first counts (RFC 7240 §2); what is not ours is ignored.
        """
        given: dict[str, str] = {}
        for name, value in (*_in_query(scope["query_string"]), *_in_headers(scope["headers"])):
            given.setdefault(name, value)
        return cls(
            code=given.get("code"),
            example=given.get("example"),
            dynamic=_boolean(given, "dynamic"),
            seed=_integer(given, "seed", -(10**18), 10**18),
            delay=_integer(given, "delay", 0, LONGEST_DELAY),
        )

    @classmethod
    async def heeded(cls, scope: Scope, honoured: dict[str, Any]) -> Preferences:
        """Those of a request, `delay` done, which `honoured` then tells. Raises Refusal."""
        asked = cls.of(scope)
        if asked.delay is not None:
            await asyncio.sleep(asked.delay / 1000)
            honoured["delay"] = asked.delay
        return asked

    @property
    def picks(self) -> bool:
        """Whether they say what to answer."""
        return self.code is not None or self.example is not None or self.dynamic


def telling(answer: ASGIApp, honoured: dict[str, Any]) -> ASGIApp:
    """The same answer, telling which preferences it honours (RFC 7240 §3); those that are None were not given."""
    text = ", ".join(f"{name}={_shown(value)}" for name, value in honoured.items() if value is not None)
    header = (b"preference-applied", text.encode())

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"].append(header)
            await send(message)

        await answer(scope, receive, tell)

    return told


def _in_query(query: bytes) -> Iterator[tuple[str, str]]:
    if b"__" in query:
        for key, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
            if key.startswith("__") and key[2:] in NAMES:
                yield key[2:], value


def _in_headers(headers: Headers) -> Iterator[tuple[str, str]]:
    """Ours; also as parameters of one of ours, as in `code=404; example=busy`."""
    for parts in elements(headers, b"prefer"):
        if parts[0][0] in NAMES:
            yield from (part for part in parts if part[0] in NAMES)


def _integer(given: dict[str, str], name: str, least: int, most: int) -> int | None:
    text = given.get(name)
    if text is None:
        return None
    if not _INTEGER.fullmatch(text) or not least <= int(text) <= most:
        raise Refusal(400, f"The preference `{name}` is an integer from {least} to {most}. Mend it or leave it out.")
    return int(text)


def _boolean(given: dict[str, str], name: str) -> bool:
    value = _BOOLEANS.get(given.get(name, "false").lower())
    if value is None:
        raise Refusal(400, f"The preference `{name}` is true or false. Mend it or leave it out.")
    return value


def _shown(value: str | int) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if re.fullmatch(r"[\w.-]+", text, re.ASCII) else '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
