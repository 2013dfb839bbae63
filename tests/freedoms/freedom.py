"""One thing that the contract leaves open: how a server may be otherwise than the mock, and which rule lets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.mutants.mock import Mock

Take = Callable[[Mock], None]
FREEDOMS: dict[str, Freedom] = {}


@dataclass(frozen=True)
class Freedom:
    """A mock server that does one thing otherwise, and no less right; no case may find anything wrong with it."""

    id: str
    what: str
    rule: str
    take: Take = field(repr=False)
    token: str | None = None
    """The token that the server asks for."""


_HELD_BACK = "comes-as-it-is-made wants the first event of a slow turn before its end; no rule says when events come"
FALSE_ALARMS: dict[str, str] = {
    "streams/at-once": _HELD_BACK,
    "streams/whole-tokens": _HELD_BACK,
    "lacking/archive_status": "archive-status-filters wants it of whoever archives, which are two SHOULDs (LEVEL-2, LEVEL-3)",
    "turns/fails-as-500": "Bench.ok takes an answer of 500 for the server's own error, though send lists it with an error body",
    "turns/fails-sometimes": "answers-what-was-asked, flags-together and goes-on want a turn to go well that a model let fail",
    "lists/one-date": "default-page and others take the order in which conversations were made for that of their dates",
}
"""Freedoms that a case takes for a violation, and which one; one that no case does must be taken out."""


class Theme:
    """Collects the freedoms of one module, under ids that begin with its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, slug: str, what: str, rule: str, *, token: str | None = None) -> Callable[[Take], Take]:
        """Make a freedom of a function that changes a mock."""

        def collect(take: Take) -> Take:
            id_ = f"{self.name}/{slug}"
            if id_ in FREEDOMS:
                raise ValueError(f"There are two freedoms {id_}. Rename one.")
            FREEDOMS[id_] = Freedom(id_, what, rule, take, token)
            return take

        return collect
