"""Ids of other forms than the mock's, of all that the contract leaves to servers: messages, runs, steps, calls (ID-1)."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

from tests.mutants.mock import EVERY, Mock

from .freedom import Theme
from .wire import Whole, answers, chunks

freedom = Theme("ids")
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class _Renamed:
    """The ids of one kind by other names; every name leads back."""

    def __init__(self, kind: str, name: Callable[[bytes], bytes]) -> None:
        self._own = re.compile(rb"\b%s-([0-9a-f-]{36})\b" % kind.encode())
        self._name = name
        self._back: dict[bytes, bytes] = {}

    def out(self, content: bytes) -> bytes:
        return self._own.sub(self._renamed, content)

    def back(self, content: bytes) -> bytes:
        for name, own in self._back.items():
            content = content.replace(b'"%s"' % name, b'"%s"' % own)
        return content

    def query(self, query: bytes) -> bytes:
        given = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
        meant = [(name, self._back.get(value.encode(), value.encode())) for name, value in given]
        return urlencode(meant).encode() if [value.encode() for _, value in given] != [v for _, v in meant] else query

    def _renamed(self, found: re.Match[bytes]) -> bytes:
        name = self._name(found[1])
        self._back[name] = found[0]
        return name


def _named(slug: str, what: str, kind: str, name: Callable[[bytes], bytes]) -> None:
    @freedom(slug, what, "MSG-1")
    def _(mock: Mock) -> None:
        renamed = _Renamed(kind, name)

        def changed(whole: Whole) -> None:
            whole.body = renamed.out(whole.body)

        async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "query_string": renamed.query(scope["query_string"])}, receive, send)

        mock.sent(EVERY, renamed.back)
        mock.routed(routed)
        answers(mock, changed)
        chunks(mock, lambda chunk: [renamed.out(chunk)])


def _number(uuid: bytes) -> int:
    return int(uuid.replace(b"-", b""), 16)


def _ulid(uuid: bytes) -> bytes:
    number = _number(uuid)
    return "".join(_BASE32[number >> 5 * place & 31] for place in reversed(range(26))).encode()


_named("upper-case", "Ids of messages are in capitals.", "message", lambda uuid: b"MESSAGE-" + uuid.upper())
_named("ulids", "Ids of messages are ULIDs.", "message", _ulid)
_named("digits", "Ids of messages are digits.", "message", lambda uuid: str(_number(uuid)).encode())
_named("reserved", "Ids of messages have characters that a query must escape.", "message", lambda uuid: b"msg/" + uuid + b"?a=1&b=%25#+")  # fmt: skip
_named("umlauts", "Ids of messages have characters beyond ASCII.", "message", lambda uuid: "nächste ".encode() + uuid)
_named("long", "Ids of messages are long.", "message", lambda uuid: b"m" * 300 + uuid)
_named("numbers-of-runs", "Ids of runs are digits.", "run", lambda uuid: str(_number(uuid)).encode())
_named("names-of-steps", "Ids of steps have another form.", "step", lambda uuid: b"step:" + sha256(uuid).hexdigest().encode())  # fmt: skip


@freedom("calls", "Ids of tool calls have another form.", "MSG-18")
def _(mock: Mock) -> None:
    own = re.compile(rb"\bcall_([0-9a-f]{20})\b")
    other = re.compile(rb"\btoolu_01([0-9a-f]{20})Z\b")

    def changed(whole: Whole) -> None:
        whole.body = own.sub(rb"toolu_01\1Z", whole.body)

    mock.sent(EVERY, lambda body: other.sub(rb"call_\1", body))
    answers(mock, changed)
    chunks(mock, lambda chunk: [own.sub(rb"toolu_01\1Z", chunk)])
