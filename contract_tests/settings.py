"""What a run is told: flag before environment before `letta-contract.toml` before default."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .errors import UsageError
from .prompts import Prompts

FILE = Path("letta-contract.toml")
FORMATS = ("rich", "plain", "json", "github")
_ENVIRONMENT = {
    "url": "LETTA_BASE_URL",
    "token": "LETTA_API_KEY",
    "agent_id": "LETTA_AGENT_ID",
}  # the official client's
_SECRET = ("token", "header")
_LONGEST_WAIT = 24 * 60 * 60  # seconds; more is a slip of the hand
_MOST_JOBS = 64
_SHARD = re.compile(r"([1-9]\d{0,3})/([1-9]\d{0,3})")
_FLOATS = ("max_response_time",)  # numbers without a default
_HEADER_NAME = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
_HEADER_VALUE = re.compile(r"[ -~]*")


@dataclass(frozen=True)
class Settings:
    """One run's settings; times are seconds. The token is in no representation of it."""

    url: str | None = None
    cases: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    token: str | None = field(default=None, repr=False)
    agent_id: str | None = None
    allow_agent_writes: bool = False
    model: str | None = None
    embedding: str | None = None
    stateless: bool = False
    strict: bool = False
    exitfirst: bool = False
    fail_flaky: bool = False
    baseline: str | None = None
    update_baseline: bool = False
    no_llm: bool = False
    read_only: bool = False
    jobs: int = 1
    shard: str | None = None
    max_response_time: float | None = None
    wait: float = 0.0
    timeout: float = 30.0
    stream_timeout: float = 60.0
    header: tuple[str, ...] = field(default=(), repr=False)
    ca: str | None = None
    cert: str | None = None
    key: str | None = None
    prompt_slow: str = Prompts.slow
    prompt_fail: str = Prompts.fail
    prompt_tool: str = Prompts.tool
    seed: int = 0
    out: str = "contract-report"
    format: str = "rich"

    @property
    def prompts(self) -> Prompts:
        """What makes the model behave in a way of its own."""
        return Prompts(self.prompt_slow, self.prompt_fail, self.prompt_tool)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The extra headers, as pairs."""
        pairs = [text.partition(":") for text in self.header]
        return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def settings(flags: Mapping[str, Any], environment: Mapping[str, str] = os.environ, file: Path = FILE) -> Settings:
    """The settings of a run; a flag that was not given is None (or empty, where it can be given often).

    Raises UsageError for a settings file that cannot be read, an unknown setting, a value of the wrong type or out of
    its range, an address that is no HTTP URL, and what no header can carry.
    """
    known = {f.name: f for f in fields(Settings)}
    merged: dict[str, Any] = _from_file(file, known)
    merged |= {name: environment[variable] for name, variable in _ENVIRONMENT.items() if environment.get(variable)}
    merged |= {name: value for name, value in flags.items() if name in known and _given(value)}
    chosen = Settings(**merged)
    _check(chosen)
    return chosen


def _given(value: Any) -> bool:
    return value is not None and value is not False and value != ()


def _from_file(file: Path, known: Mapping[str, Any]) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        given = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}. Mend it, or take it away.") from error
    plain = {name.replace("-", "_"): tuple(v) if isinstance(v, list) else v for name, v in given.items()}
    defaults = Settings()
    for name, value in plain.items():
        if name not in known:
            raise UsageError(f"{file}: unknown setting {name!r}. Known are: {', '.join(sorted(known))}.")
        default = 0.0 if name in _FLOATS else getattr(defaults, name)
        wanted = (int, float) if isinstance(default, float) else str if default is None else type(default)
        right = isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))
        if not right or (isinstance(value, tuple) and not all(isinstance(item, str) for item in value)):
            shown = name if name in _SECRET else f"{name} = {value!r}"
            raise UsageError(f"{file}: {shown} is of the wrong type. Give {_shape(default)}.")
    return plain


def _shape(default: Any) -> str:
    return {bool: "true or false", int: "a whole number", float: "a number", tuple: "a list of strings"}.get(
        type(default), "a string"
    )


def _check(chosen: Settings) -> None:
    if chosen.url is not None:
        _check_url(chosen.url)
    if chosen.token is not None and not _HEADER_VALUE.fullmatch(chosen.token):
        raise UsageError("The token has a character that no header can carry. Check --token or LETTA_API_KEY.")
    for text in chosen.header:
        _check_header(text)
    for option, seconds in (("timeout", chosen.timeout), ("stream-timeout", chosen.stream_timeout)):
        if not 0 < seconds <= _LONGEST_WAIT:
            raise UsageError(f"--{option} {seconds:g} is no time to wait. Give seconds, more than 0.")
    if not 0 <= chosen.wait <= _LONGEST_WAIT:
        raise UsageError(f"--wait {chosen.wait:g} is no time to wait. Give seconds, 0 for not at all.")
    if chosen.format not in FORMATS:
        raise UsageError(f"format = {chosen.format!r} is unknown. Give one of: {', '.join(FORMATS)}.")
    _check_run(chosen)
    if chosen.key and not chosen.cert:
        raise UsageError("--key is the key of a certificate. Pass --cert, too.")


def _check_run(chosen: Settings) -> None:
    if chosen.max_response_time is not None and not 0 < chosen.max_response_time <= _LONGEST_WAIT:
        raise UsageError(f"--max-response-time {chosen.max_response_time:g} is no time. Give seconds, more than 0.")
    if not 1 <= chosen.jobs <= _MOST_JOBS:
        raise UsageError(f"-j {chosen.jobs} is no number of processes. Give 1 to {_MOST_JOBS}, such as 4.")
    part = _SHARD.fullmatch(chosen.shard or "1/1")
    if part is None or not 1 <= int(part[1]) <= int(part[2]):
        raise UsageError(f"--shard {chosen.shard!r} is no part of a whole. Give it as I/N, such as 2/4.")
    if chosen.update_baseline and not chosen.baseline:
        raise UsageError("--update-baseline does not know which file to write. Pass --baseline FILE, too.")


def _check_header(text: str) -> None:
    name, colon, value = text.partition(":")
    if not colon:
        raise UsageError("A --header has no colon. Give each as 'Name: value'.")
    if not _HEADER_NAME.fullmatch(name.strip()) or not _HEADER_VALUE.fullmatch(value.strip()):
        raise UsageError(f"--header {name!r} is no HTTP header. Give it as 'Name: value', in printable ASCII.")


def _check_url(url: str) -> None:
    example = "Give one such as http://localhost:8283."
    try:
        parts = urlsplit(url)
        secret = parts.username is not None
        known = not secret and parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise UsageError(f"{url!r} is no address of a server: {error}. {example}") from error
    if secret:
        raise UsageError("The address holds a name or a password. Pass it as --header 'Authorization: …' instead.")
    if not known or not url.isascii() or not url.isprintable() or " " in url:
        raise UsageError(f"{url!r} is no address of a server. {example}")
    if parts.query or parts.fragment:
        raise UsageError(f"{url!r} has a query or a fragment, which no base address has. {example}")
