"""How one mock server behaves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from letta_contract.spec import ROOT, LettaContractError

_ORIGIN = re.compile(r"\*|null|[a-z][a-z0-9+.-]*://[!-.0->@-~]+", re.ASCII)
_TOKEN = re.compile(r"[!-~]+", re.ASCII)


class SettingsError(LettaContractError):
    """The mock server was told something that cannot be."""


@dataclass(frozen=True)
class Settings:
    """What `letta-contract mock` can be told; the defaults are its own. Raises SettingsError."""

    host: str = "127.0.0.1"
    port: int = 8284
    """0 takes a free one."""
    stateful: bool = False
    """Whether conversations are remembered; else every answer is a documented example."""
    state: str | None = field(default=None, repr=False)  # an address may hold a password
    """Where they are kept: a SQLite file or redis://…; None is the memory of the process. Implies `stateful`."""
    world: str = "default"
    """What there is in the beginning: the name of a seed. Any but the default implies `stateful`."""
    workers: int = 1
    """Processes that answer; with `stateful`, more than one need a `state` to share."""
    token: str | None = field(default=None, repr=False)
    """The only bearer token that is let in; None lets everyone in."""
    cors: str | None = "*"
    """The origin whose pages may call, `*` for all of them; None sends no CORS headers."""
    spec: Path = ROOT
    """The document to serve."""
    fixtures: Path | None = None
    """A folder whose examples, streams and seeds stand before those of the same name that are shipped."""
    seed: int = 0
    """What values that are drawn for `dynamic` begin from."""
    max_body: int = 16 * 1024 * 1024
    """The longest request body that is read, in bytes; a longer one is 413."""
    delay: int = 0
    """Milliseconds before each operation answers."""
    chunk_delay: int = 0
    """Milliseconds between two events of a stream."""
    reload: bool = False
    """Whether the document and the fixtures are read again when one of their files changes."""

    def __post_init__(self) -> None:
        if not self.host:  # which the system would take for every network
            raise SettingsError("--host is empty. Give 127.0.0.1, or 0.0.0.0 to be reached from other machines.")
        if self.state is not None and not self.state.strip():
            raise SettingsError("--state is empty. Give a file or redis://HOST:PORT/0, or leave it out.")
        if self.token is not None and not _TOKEN.fullmatch(self.token):
            raise SettingsError("--token is no word of visible ASCII. Give one, or leave it out to let everyone in.")
        if self.cors is not None and not _ORIGIN.fullmatch(self.cors):
            raise SettingsError(
                f"--cors {self.cors!r} is no origin. Give one like http://localhost:3000, or --no-cors."
            )
        if self.state is not None or self.world != "default":
            object.__setattr__(self, "stateful", True)
