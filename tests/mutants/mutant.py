"""One violation of the contract: what is broken, which rule that breaks, and which cases are to find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .mock import Mock

Break = Callable[[Mock], None]
MUTANTS: dict[str, Mutant] = {}


@dataclass(frozen=True)
class Mutant:
    """A mock server with one thing wrong; each of `cases` (globs of case ids) must have a case that fails on it."""

    id: str
    section: str
    what: str
    rule: str
    cases: tuple[str, ...]
    breaks: Break = field(repr=False)
    token: str | None = None
    """The token that the server asks for."""
    patience: float = 4.0
    """Seconds of silence, and half of those of a whole answer, after which the judge gives it up."""


MISSED: dict[str, str] = {
    "turns/approval-goes-on": "no rule says that a client's tool must wait for the client",
}
"""Mutants that no case finds, and why; one that is found must be taken out."""


class Section:
    """Collects mutants, of one module or several, under ids that begin with its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(
        self, slug: str, what: str, rule: str, *cases: str, token: str | None = None, patience: float = 4.0
    ) -> Callable[[Break], Break]:
        """Make a mutant of a function that breaks a mock."""

        def collect(breaks: Break) -> Break:
            id_ = f"{self.name}/{slug}"
            if id_ in MUTANTS:
                raise ValueError(f"There are two mutants {id_}. Rename one.")
            MUTANTS[id_] = Mutant(id_, self.name, what, rule, cases, breaks, token, patience)
            return breaks

        return collect


subtle = Section("subtle")
"""Servers that do right where one looks first: each is wrong under one condition more, as bugs are."""
