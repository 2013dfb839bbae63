"""What the contract expects of the answer to a request, read off the request itself as it goes over the wire.

Judging what was sent, not what was meant, is what keeps a generated request that happens to be valid from being
reported as an accepted error.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote

from letta_contract.spec import Operation

from . import odd
from .json_schema import Reading, is_should, validator
from .request import Request

REFUSALS = frozenset({400, 402, 404, 409, 410, 429})  # how state may refuse a valid request (TOL-12, TOL-13)
MODELS = ("model", "model_settings", "override_model")  # fields that name what a server may not have (TOL-12)
HTTP_OWN = frozenset({406, 413, 414, 415, 431})  # TOL-14, TOL-16
_UNJUDGED = {"list_conversation_messages": ("before", "after")}  # cursors that may name no message (STATE-37)
_SMALL = 8192  # bytes of a body; a larger one may be too large for a server (TOL-14)
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,16})")


class Kind(Enum):
    """What a request deserves."""

    ACCEPT = "accepted"
    REFUSE = "refused"
    FREE = "either"


@dataclass(frozen=True)
class Expectation:
    """The statuses that are right, and why; `oddity` is what of the request a server may stumble over, if anything."""

    kind: Kind
    statuses: frozenset[int]
    why: str
    rule: str
    oddity: str = ""


@dataclass(frozen=True)
class _Part:
    """The judgement of one parameter or of the body."""

    kind: Kind
    why: str = ""
    undecodable: bool = False
    media: bool = False
    oddity: str = ""


_FINE = _Part(Kind.ACCEPT)


class Expecting:
    """Knows one operation's parameters and body, compiled once."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        documented = frozenset(operation.statuses)
        self._accepting = (documented & REFUSALS) | {200}
        self._any = (frozenset(s for s in documented if s < 500) | HTTP_OWN | {400, 404, 405}) - {401}

    def expect(self, request: Request, segments: dict[str, str]) -> Expectation:
        """What to expect of a request whose percent-encoded path parameters are `segments` (ORDER-4, TOL)."""
        path = list(self._path(segments))
        rest = [*self._query(request.query), self._body(request)]
        free = [part.why for part in (*path, *rest) if part.kind is Kind.FREE]
        oddity = odd.likeliest(part.oddity for part in (*path, *rest))
        refused = [part for part in (*path, *rest) if part.kind is Kind.REFUSE]
        if any(part.kind is Kind.FREE for part in path) or (free and not refused):
            return Expectation(Kind.FREE, self._any, "; ".join(free), "TOL-1", oddity)
        if refused:
            statuses = {422}
            if free or any(part.undecodable for part in refused):
                statuses.add(400)
            if any(part.media for part in refused):
                statuses.add(415)
            why = "; ".join(part.why for part in refused)
            return Expectation(Kind.REFUSE, frozenset(statuses), why, "ORDER-4", oddity)
        size = {413} if len(request.body or b"") > _SMALL else set()
        return Expectation(Kind.ACCEPT, frozenset(self._accepting | size), "the request is valid", "TOL-11")

    def _path(self, segments: dict[str, str]) -> Iterator[_Part]:
        for name, check in self._path_checks.items():
            segment = segments[name]
            oddity = odd.odd_escapes(segment)
            if oddity or "%2f" in segment.lower() or unquote(segment) in ("", ".", ".."):
                yield _Part(Kind.FREE, f"{name} is an odd path segment", oddity=oddity)
            elif not check.is_valid(unquote(segment)):
                yield _Part(Kind.REFUSE, f"path {name} does not match its schema")

    def _query(self, query: str) -> Iterator[_Part]:
        oddity = odd.odd_escapes(query)
        if oddity:
            yield _Part(Kind.FREE, f"the query has {oddity}", oddity=oddity)
            return
        given: dict[str, list[str]] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            given.setdefault(name, []).append(value)
        for name, parameter in self.operation.parameters("query").items():
            values = given.get(name)
            if values is None:
                if parameter.get("required"):
                    yield _Part(Kind.REFUSE, f"query {name} is missing")
            elif name in _UNJUDGED.get(self.operation.id, ()):
                yield _Part(Kind.FREE, f"query {name} may name no message")
            elif is_should(parameter) or is_should(parameter["schema"]):
                yield _Part(Kind.FREE, f"query {name} may be unknown to the server")
            else:
                yield self._query_checks[name].judge(values)

    def _body(self, request: Request) -> _Part:
        schema = self.operation.body_schema
        if schema is None:
            return _FINE
        if not request.body:
            return _Part(Kind.REFUSE, "the body is missing") if self.operation.body_required else _FINE
        media = next((v for k, v in request.headers if k.lower() == "content-type"), None)
        if media is None:
            return _Part(Kind.FREE, "the body has no Content-Type")
        if media.split(";")[0].strip().lower() != "application/json":
            return _Part(Kind.REFUSE, f"the body is {media}, not JSON", media=True)
        return self._json(request.body)

    def _json(self, body: bytes) -> _Part:
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return _Part(Kind.REFUSE, "the body is not UTF-8", undecodable=True)
        try:
            value = json.loads(text.removeprefix("\ufeff"), parse_int=_integer)
        except ValueError:
            return _Part(Kind.REFUSE, "the body is not JSON")
        except RecursionError:
            return _Part(Kind.FREE, "the body is nested past any sense", oddity=odd.DEEP)
        if text.startswith("\ufeff"):
            return _Part(Kind.FREE, "the body begins with a byte order mark")
        oddity = odd.odd_value(value)
        if oddity:
            return _Part(Kind.FREE, f"the body holds {oddity}", oddity=oddity)
        if self._valid_body.is_valid(value):
            return _FINE
        if self._possible_body.is_valid(value):
            return _Part(Kind.FREE, "the body holds a value that a server may coerce or not know")
        error = next(iter(self._possible_body.iter_errors(value)))
        at = ".".join(str(step) for step in error.instance_path)
        return _Part(Kind.REFUSE, f"body{'.' + at if at else ''}: {_short(error.message)}")

    @cached_property
    def _path_checks(self) -> dict[str, Any]:
        return {n: validator(p["schema"], Reading.REPLY) for n, p in self.operation.parameters("path").items()}

    @cached_property
    def _query_checks(self) -> dict[str, _Query]:
        return {name: _Query(name, p["schema"]) for name, p in self.operation.parameters("query").items()}

    @cached_property
    def _valid_body(self) -> Any:
        return validator(self.operation.body_schema or {}, Reading.VALID)

    @cached_property
    def _possible_body(self) -> Any:
        return validator(self.operation.body_schema or {}, Reading.POSSIBLE)


class _Query:
    """One query parameter, whose values are text that spells its type."""

    def __init__(self, name: str, schema: dict[str, Any]) -> None:
        self.name = name
        self.array = schema.get("type") == "array"
        self.item = schema["items"] if self.array else schema
        self.valid = validator(self.item, Reading.VALID)
        self.possible = validator(self.item, Reading.POSSIBLE)

    def judge(self, values: list[str]) -> _Part:
        if "" in values or (len(values) > 1 and not self.array):
            return _Part(Kind.FREE, f"query {self.name} is empty or given twice")
        kinds = {self._kind(value) for value in values}
        why = f"query {self.name} is {', '.join(map(repr, values))}"
        oddity = odd.likeliest(map(self._oddity, values))
        return next((_Part(kind, why, oddity=oddity) for kind in (Kind.REFUSE, Kind.FREE) if kind in kinds), _FINE)

    def _oddity(self, text: str) -> str:
        if self.item.get("type") != "integer" or not re.fullmatch("-?[0-9]+", text):
            return ""
        number = _integer(text)
        return odd.HUGE if abs(number) > odd.LARGEST else odd.LOW if self.name == "limit" and number <= 0 else ""

    def _kind(self, text: str) -> Kind:
        value = self._spelt(text)
        if self.name == "limit" and isinstance(value, int) and value <= 0:
            return Kind.FREE  # STATE-47
        if self.valid.is_valid(value):
            return Kind.ACCEPT
        if self.item.get("nullable") and text.lower() in ("null", "none"):
            return Kind.FREE
        return Kind.FREE if self.possible.is_valid(text) else Kind.REFUSE

    def _spelt(self, text: str) -> Any:
        match self.item.get("type"):
            case "integer" if _WHOLE.fullmatch(text):
                return int(text) if abs(int(text)) <= odd.LARGEST else text
            case "boolean" if text in ("true", "false"):
                return text == "true"
        return text


def _integer(digits: str) -> int | float:
    """An integer; one beyond all measure as infinity, since Python reads no more than some thousand digits."""
    return int(digits) if len(digits) < 400 else math.inf


def _short(message: str, length: int = 160) -> str:
    return message if len(message) <= length else message[: length - 1] + "…"
