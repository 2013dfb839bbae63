"""A request as one line for any POSIX shell, which repeats it byte for byte."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from .request import Request

TOKEN = "${LETTA_API_KEY}"  # noqa: S105  # what stands for the token, wherever a request is shown
CUT = "${LETTA_API_KEY%?}"  # the token without its last character
_VARIABLE = re.compile(r"(\$\{LETTA_API_KEY(?:%\?)?\})")
_ALL_BUT_PLAIN = re.compile(rb"[^ !\"#$&(-,./-\[\]-~]")


@dataclass(frozen=True)
class Extra:
    """What all of a run's requests have besides: headers, of which only the name is told, and curl's own options."""

    headers: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


NO_EXTRA = Extra()


def variable(header: str) -> str:
    """The shell variable that stands for the value of an extra header."""
    return "${HEADER_" + re.sub(r"\W", "_", header).upper() + "}"


def curl(request: Request, base_url: str, *, token: bool, stream: bool = False, extra: Extra = NO_EXTRA) -> str:
    """The command; with `token`, it takes the token from its variable, with `stream`, it shows bytes as they come."""
    words = [shlex.quote(word) for word in (*_words(request, base_url, stream=stream), *extra.options)]
    if token and request.authorized:
        words += ["-H", '"Authorization: Bearer $LETTA_API_KEY"']
    given = {name.lower() for name, _ in request.headers}
    for name in extra.headers:
        if name.lower() not in given:
            words += ["-H", f'"{name}: {variable(name)}"']
    for name, value in request.headers:
        words += ["-H", _header(name, value)]
    body = request.body
    if body is None:
        return " ".join(words)
    if all(name.lower() != "content-type" for name, _ in request.headers):
        words += ["-H", "Content-Type:"]  # else curl makes one up
    text = body.decode(errors="replace")
    if text.isprintable() and "\ufffd" not in text:
        return " ".join([*words, "--data-raw", shlex.quote(text)])
    return " ".join(["printf", _printf(body), "|", *words, "--data-binary", "@-"])


def _words(request: Request, base_url: str, *, stream: bool) -> Iterator[str]:
    yield from ("curl", "-sS", "-i")
    if stream:
        yield "-N"
    if "//" in request.path or "/." in request.path:
        yield "--path-as-is"
    if any(character in request.target for character in "[]{}"):
        yield "-g"
    if request.method == "HEAD":
        yield "-I"
    elif request.method != "GET" or request.body is not None:
        yield from ("-X", request.method)
    yield base_url.rstrip("/") + request.target


def _header(name: str, value: str) -> str:
    text = f"{name}: {value}" if value else f"{name};"  # a header without a value is left out otherwise
    parts = _VARIABLE.split(text)
    if len(parts) == 1:
        return shlex.quote(text)
    parts[::2] = [re.sub(r'([\\"`$])', r"\\\1", part) for part in parts[::2]]
    return f'"{"".join(parts)}"'


def _printf(body: bytes) -> str:
    octal = _ALL_BUT_PLAIN.sub(lambda match: b"\\%03o" % ord(match[0]), body)
    return f"'{octal.decode()}'"
