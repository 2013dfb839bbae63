"""What a run is told: flag before environment before `letta-contract.toml` before default."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .errors import UsageError

FILE = Path("letta-contract.toml")
_ENVIRONMENT = {
    "url": "LETTA_BASE_URL",
    "token": "LETTA_API_KEY",
    "agent_id": "LETTA_AGENT_ID",
}  # the official client's


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
    wait: float = 0.0
    timeout: float = 30.0
    stream_timeout: float = 60.0
    header: tuple[str, ...] = field(default=(), repr=False)
    ca: str | None = None
    cert: str | None = None
    key: str | None = None
    seed: int = 0
    out: str = "contract-report"
    format: str = "rich"

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The extra headers, as pairs."""
        pairs = [text.partition(":") for text in self.header]
        return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def settings(flags: Mapping[str, Any], environment: Mapping[str, str] = os.environ, file: Path = FILE) -> Settings:
    """The settings of a run; a flag that was not given is None (or empty, where it can be given often).

    Raises UsageError for a settings file that cannot be read, an unknown setting, a value of the wrong type, an address
    that is no HTTP URL, or a header without a colon.
    """
    known = {f.name: f for f in fields(Settings)}
    merged: dict[str, Any] = _from_file(file, known)
    merged |= {name: environment[variable] for name, variable in _ENVIRONMENT.items() if environment.get(variable)}
    merged |= {name: value for name, value in flags.items() if name in known and value not in (None, (), False)}
    chosen = Settings(**merged)
    _check(chosen)
    return chosen


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
        default = getattr(defaults, name)
        wanted = (int, float) if isinstance(default, float) else str if default is None else type(default)
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise UsageError(f"{file}: {name} = {value!r} is of the wrong type. Give {_shape(default)}.")
    return plain


def _shape(default: Any) -> str:
    return {bool: "true or false", int: "a whole number", float: "a number", tuple: "a list of strings"}.get(
        type(default), "a string"
    )


def _check(chosen: Settings) -> None:
    if chosen.url is not None:
        parts = urlsplit(chosen.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"{chosen.url!r} is no address of a server. Give one such as http://localhost:8283.")
    for text in chosen.header:
        if ":" not in text:
            raise UsageError(f"--header {text!r} has no colon. Give it as 'Name: value'.")
    if chosen.key and not chosen.cert:
        raise UsageError("--key is the key of a certificate. Pass --cert, too.")
