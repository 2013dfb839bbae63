"""Headers that are lists: `a=1; b="2", c`, as Accept and Prefer are (RFC 9110 §5.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator

Part = tuple[str, str]
"""A name in lower case, and its value; a name alone has an empty one."""
Token = tuple[str, str, str]

# What is quoted ends with the text at the latest, so that no header takes long to read.
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"?|([^\s",;=]+)|([,;=])', re.DOTALL)


def elements(headers: list[tuple[bytes, bytes]], name: bytes) -> Iterator[list[Part]]:
    """The elements of every header of one name, each with its parameters behind it; unreadable ones are left out."""
    text = ",".join(value.decode("latin-1") for header, value in headers if header == name)
    for element in _split(list(_TOKEN.findall(text)), ","):
        first, *parameters = (_part(part) for part in _split(element, ";"))
        if first is not None:
            yield [first, *(part for part in parameters if part is not None)]


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
