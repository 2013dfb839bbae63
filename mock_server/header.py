"""Headers: those that are lists, `a=1; b="2", c`, as Accept and Prefer are (RFC 9110 §5.6); those of the document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from .reply import Headers

Part = tuple[str, str]
"""A name in lower case, and its value; a name alone has an empty one."""
Token = tuple[str, str, str]

# What is quoted ends with the text at the latest, so that no header takes long to read.
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"?|([^\s",;=]+)|([,;=])', re.DOTALL)
_LONGEST = 32 * 1024
_OF_THE_BODY = ("content-type", "content-length", "content-encoding", "transfer-encoding", "connection")


def elements(headers: list[tuple[bytes, bytes]], name: bytes) -> Iterator[list[Part]]:
    """The elements of every header of one name, each with its parameters behind it.

    Unreadable ones are left out, and those past 32 KiB.
    """
    text = ",".join(value.decode("latin-1") for header, value in headers if header == name)[:_LONGEST]
    for element in _split(list(_TOKEN.findall(text)), ","):
        first, *parameters = (_part(part) for part in _split(element, ";"))
        if first is not None:
            yield [first, *(part for part in parameters if part is not None)]


def documented(response: dict[str, Any]) -> Headers:
    """The headers of a documented response that it gives an example of, those of the body itself excepted."""
    found = ((name, _example(header)) for name, header in response.get("headers", {}).items())
    return [(name.lower().encode(), text.encode()) for name, text in found if text and name.lower() not in _OF_THE_BODY]


def _example(header: dict[str, Any]) -> str:
    """As one line of printable ASCII; empty where there is no such example."""
    for value in (
        header.get("example"),
        *(one.get("value") for one in header.get("examples", {}).values()),
        header.get("schema", {}).get("example"),
        header.get("schema", {}).get("default"),
    ):
        if value is not None:
            parts = value if isinstance(value, list) else [value]
            text = ",".join(part if isinstance(part, str) else json.dumps(part) for part in parts)
            return text if text.isascii() and text.isprintable() else ""
    return ""


def _split(tokens: list[Token], separator: str) -> Iterator[list[Token]]:
    part: list[Token] = []
    for token in tokens:
        if token[2] == separator:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _part(tokens: list[Token]) -> Part | None:
    match tokens:
        case [(_, str(name), "")] | [(_, str(name), ""), (_, _, "=")] if name:
            return name.lower(), ""
        case [(_, str(name), ""), (_, _, "="), (quoted, plain, "")] if name:
            return name.lower(), plain or re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
    return None
