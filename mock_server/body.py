"""Request bodies: read whole, and decoded as JSON that no later step chokes on."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from starlette.types import Receive

from .refusal import Invalid, Refusal
from .reply import JSON, LingeringReply, Reply
from .violations import violation

MAX_DEPTH = 200
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)
_JSON_MEDIA_TYPE = re.compile(rb"\s*application/(?:[\w.+-]+\+)?json\s*(?:;.*)?", re.IGNORECASE | re.DOTALL)
_EXACT = 2**53


class ClientLeftError(Exception):
    """The client hung up before its body was complete; nobody is there to answer."""


class TooLong(Refusal):
    """A body that is longer than is read."""

    def __init__(self, limit: int) -> None:
        detail = f"The body is longer than {limit} bytes. Send less, or start the mock server with a larger --max-body."
        super().__init__(413, detail, [(b"connection", b"close")])

    @property
    def reply(self) -> Reply:
        """The answer, which waits for the client to be through with what it sends."""
        return LingeringReply.json(self.body, self.status, self.headers)


def check_announced(headers: dict[bytes, bytes], limit: int) -> None:
    """Raises TooLong, before a client that asks first (`Expect: 100-continue`) has sent a byte."""
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length[:20]) > limit:
        raise TooLong(limit)


async def read(receive: Receive, limit: int) -> bytes:
    """The whole body. Raises TooLong past `limit` bytes, and ClientLeftError."""
    chunks: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeftError
        chunk = message.get("body", b"")
        length += len(chunk)
        if length > limit:
            raise TooLong(limit)
        chunks.append(chunk)
        if not message.get("more_body"):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def decode(raw: bytes, content_type: bytes | None) -> Any:
    """The JSON of a body that is not empty. Without a media type it counts as JSON (STATUS-15).

    Raises Invalid for another media type (STATUS-14), for what is no JSON (STATUS-13) or no text (STATUS-12), and for
    JSON that cannot be kept: not finite, not encodable, nested deeper than MAX_DEPTH.
    """
    if content_type and content_type != JSON and not _JSON_MEDIA_TYPE.fullmatch(content_type):
        shown = content_type.decode("latin-1")
        raise _invalid("content_type", f"Input should be application/json, not {shown}")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise _invalid("json_invalid", f"JSON decode error: not UTF-8 at byte {error.start}", error.start) from error
    if len(raw) > 2 * MAX_DEPTH and raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _depth(raw) > MAX_DEPTH:
        raise _invalid("json_invalid", f"JSON decode error: nested deeper than {MAX_DEPTH} levels")
    try:
        value = _DECODER.decode(text)
        if "\\u" in text and ("\\ud" in text or "\\uD" in text):
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise _invalid("json_invalid", f"JSON decode error: {error.msg}", error.pos) from error
    except UnicodeEncodeError as error:
        raise _invalid("json_invalid", "JSON decode error: half of a surrogate pair") from error
    except ValueError as error:  # from our own readers, or Python's against integers of thousands of digits
        raise _invalid("json_invalid", "JSON decode error: a number is not finite, or too long") from error
    return value


def _invalid(type_: str, message: str, *place: int) -> Invalid:
    return Invalid([violation(("body", *place), type_, message)])


def _constant(name: str) -> Any:
    raise ValueError(name)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    # 7.0 is an integer to the document, but not to every client that it comes back to.
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


_DECODER = json.JSONDecoder(parse_constant=_constant, parse_float=_number)


def _depth(raw: bytes) -> int:
    """How deep arrays and objects are nested, without recursion."""
    depth = deepest = 0
    for match in _BRACKETS.finditer(raw):
        first = raw[match.start()]
        if first in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif first in b"]}":
            depth -= 1
    return deepest
