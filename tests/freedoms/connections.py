"""Headers, and how the bytes of an answer are sent (LEVEL-11, TOL-14)."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from letta_contract.mock_server.refusal import Invalid, Refusal
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.mutants.mock import Mock

from .freedom import Theme
from .wire import Whole, answers, is_stream

freedom = Theme("connections")


def _headed(slug: str, what: str, change: Callable[[Message], None]) -> None:
    """Send other headers, with whole answers and streams."""

    @freedom(slug, what, "LEVEL-11")
    def _(mock: Mock) -> None:
        mock.heads(lambda _scope, message: change(message))


def _typed(write: Callable[[bytes], bytes]) -> Callable[[Message], None]:
    def change(message: Message) -> None:
        message["headers"] = [
            (name, write(value) if name == b"content-type" else value) for name, value in message["headers"]
        ]

    return change


def _cookies(message: Message) -> None:
    message["headers"] = [
        *message["headers"],
        *((b"set-cookie", b"session=%d; Path=/; HttpOnly" % number) for number in (1, 2)),
        (b"vary", b"Accept"),
        (b"vary", b"Accept-Encoding, Origin"),
        (b"etag", b'W/"1"'),
        (b"cache-control", b"private, max-age=3600"),
        (b"x-request-id", b"0"),
        (b"x-ratelimit-remaining", b"99"),
        (b"server", b"nginx/1.27"),
    ]


def _upper(message: Message) -> None:
    message["headers"] = [(name.title(), value) for name, value in message["headers"]]


_headed("charset", "Media types name the charset.", _typed(lambda value: value.split(b";")[0] + b'; charset="UTF-8"'))
_headed("upper-case-types", "Media types are written in capitals.", _typed(bytes.upper))
_headed("cookies", "Answers set cookies, and have headers that nobody asked for.", _cookies)
_headed("upper-case-names", "Headers' names begin with capitals.", _upper)
_headed("closes", "Each connection is closed behind its answer.", lambda message: message["headers"].append((b"connection", b"close")))  # fmt: skip


@freedom("chunked", "Answers come in chunks, without their length.", "LEVEL-11")
def _(mock: Mock) -> None:
    async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [one for one in message["headers"] if one[0].lower() != b"content-length"]
            elif not message.get("more_body"):
                body = message.get("body", b"")
                for part in (body[at : at + 100] for at in range(0, len(body), 100)):
                    await send({**message, "body": part, "more_body": True})
                message = {**message, "body": b""}
            await send(message)

        await app(scope, receive, sending if scope["method"] != "HEAD" else send)

    mock.routed(routed)


@freedom("gzip", "Answers are compressed for who accepts that.", "LEVEL-11")
def _(mock: Mock) -> None:
    mock.layer(lambda app: GZipMiddleware(app, minimum_size=1))


@freedom("gzip-streams", "Streams are compressed, event by event, for who accepts that.", "LEVEL-11")
def _(mock: Mock) -> None:
    async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        deflated: list[zlib._Compress] = []

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and is_stream(message["headers"]):
                deflated.append(zlib.compressobj(wbits=31))
                message["headers"] = [
                    *message["headers"],
                    (b"content-encoding", b"gzip"),
                    (b"vary", b"accept-encoding"),
                ]
            elif deflated:
                body = deflated[0].compress(message.get("body", b""))
                more = message.get("more_body", False)
                body += deflated[0].flush(zlib.Z_SYNC_FLUSH if more else zlib.Z_FINISH)
                message = {**message, "body": body}
            await send(message)

        accepts = b"gzip" in dict(scope["headers"]).get(b"accept-encoding", b"")
        await app(scope, receive, sending if accepts else send)

    mock.routed(routed)


@freedom("redirects", "The collection without its last slash is a redirect.", "OP-14")
def _(mock: Mock) -> None:
    def changed(whole: Whole) -> None:
        if whole.scope["path"] == "/v1/conversations":
            whole.status, whole.body = 307, b""
            whole.put(b"content-type", None)
            whole.put(b"location", b"/v1/conversations/?" + whole.scope["query_string"])

    answers(mock, changed)


@freedom("serves", "The collection without its last slash is the collection.", "OP-14")
def _(mock: Mock) -> None:
    async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        there = (
            {**scope, "path": path + "/", "raw_path": path.encode() + b"/"} if path == "/v1/conversations" else scope
        )
        await app(there, receive, send)

    mock.routed(routed)


@freedom("head-405", "HEAD is a method of no path.", "TOL-15")
def _(mock: Mock) -> None:
    def changed(whole: Whole) -> None:
        if whole.scope["method"] == "HEAD":
            whole.status = 405
            whole.put(b"allow", b"GET")

    answers(mock, changed)


@freedom("options-204", "OPTIONS is 204.", "TOL-15")
def _(mock: Mock) -> None:
    _options(mock, 204)


@freedom("options-405", "OPTIONS is 405.", "TOL-15")
def _(mock: Mock) -> None:
    _options(mock, 405)


def _options(mock: Mock, status: int) -> None:
    def changed(whole: Whole) -> None:
        if whole.scope["method"] == "OPTIONS":
            whole.status, whole.body = status, b""
            whole.put(b"content-type", None)
            whole.put(b"content-length", None)

    answers(mock, changed)


def _allows(slug: str, what: str, write: Callable[[list[bytes]], list[bytes]]) -> None:
    @freedom(slug, what, "STATUS-18")
    def _(mock: Mock) -> None:
        def changed(_scope: Scope, message: Message) -> None:
            held = [value for name, value in message["headers"] if name == b"allow"]
            if held:
                others = [header for header in message["headers"] if header[0] != b"allow"]
                lines = write(held[0].split(b", "))
                message["headers"] = [*others, *((b"allow", line) for line in lines)]

        mock.heads(changed)


_allows("allow-lines", "Allow has a line for each method.", lambda methods: methods)
_allows("allow-tight", "Allow names more methods, backwards and without blanks.", lambda methods: [b",".join([b"TRACE", b"HEAD", *reversed(methods)])])  # fmt: skip
_allows("allow-loose", "Allow has empty elements, tabs and blanks.", lambda methods: [b", ,\t" + b" \t,".join(methods) + b" ,"])  # fmt: skip


def _large(slug: str, what: str, status: int, size: Callable[[Scope], int], most: int) -> None:
    @freedom(slug, what, "TOL-14")
    def _(mock: Mock) -> None:
        refusal = Refusal(status, "That is too large. Send less.", [(b"connection", b"close")])
        mock.diverts(lambda scope: refusal.reply if size(scope) > most else None)


def _length(scope: Scope) -> int:
    return int(dict(scope["headers"]).get(b"content-length", b"0"))


def _line(scope: Scope) -> int:
    return len(scope["raw_path"]) + len(scope["query_string"])


def _head(scope: Scope) -> int:
    return sum(len(name) + len(value) for name, value in scope["headers"])


_large("413", "Bodies of more than 10 kB are 413.", 413, _length, 10_000)
_large("414", "Request lines of more than 8 kB are 414.", 414, _line, 8_000)
_large("431", "Headers of more than 2 kB are 431.", 431, _head, 2_000)


def _slashed(scope: Scope) -> bool:
    return b"%2f" in scope["raw_path"].lower()


@freedom("slash-404", "An escaped slash is a slash.", "ID-10")
def _(mock: Mock) -> None:
    mock.diverts(lambda scope: Refusal(404, "Not Found").reply if _slashed(scope) else None)


@freedom("slash-422", "An escaped slash is a character of an id.", "ID-10")
def _(mock: Mock) -> None:
    entry = {"loc": ["path", "conversation_id"], "msg": "No id", "type": "string_pattern_mismatch"}
    mock.diverts(lambda scope: Invalid([entry]).reply if _slashed(scope) else None)
