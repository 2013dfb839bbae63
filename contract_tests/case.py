"""A case: one requirement on one operation, and what came of judging it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import TYPE_CHECKING

from letta_contract.spec import Level, Operation

from .exchange import Exchange
from .expectation import Kind
from .verdict import Verdict

if TYPE_CHECKING:
    from .bench import Bench

OUR_FAULT = "our own fault"  # the row of a case that we could not judge because of ourselves


class Need(Flag):
    """What a case asks of the run before it can judge."""

    NOTHING = 0
    STATE = auto()  # the server remembers what it was told
    AGENT_WRITES = auto()  # the agent itself may be changed
    MODEL = auto()  # a turn of the agent's model
    TOKEN = auto()  # a token that the server asks for


@dataclass(frozen=True)
class Tried:
    """What of the document a row tried: a constraint of the parameter or field at `place`, and which side of it."""

    place: str
    constraint: str
    kind: Kind


@dataclass(frozen=True)
class Row:
    """One value that a case tried: `name` says which; a failure also says what was expected and what came.

    `reason` says why a failure is none that counts: it is known, or did not happen again.
    """

    name: str
    verdict: Verdict
    expected: str = ""
    actual: str = ""
    rule: str = ""
    cause: str = ""
    exchanges: tuple[Exchange, ...] = ()
    reason: str = ""
    tried: Tried | None = None


@dataclass(frozen=True)
class Case:
    """One requirement on one operation; `run` yields a row for every value that it tries.

    `crowd` is how many conversations it needs beside each other: what earlier cases made stays until then.
    """

    operation: str
    slug: str
    requirement: str
    rule: str
    run: Callable[[Bench], Iterator[Row]] = field(repr=False)
    level: Level = "must"
    needs: Need = Need.NOTHING
    crowd: int = 0

    @property
    def id(self) -> str:
        """`operationId/slug`: the same in every report, filter and page."""
        return f"{self.operation}/{self.slug}"


class Collection:
    """The cases of one module: as a decorator, it makes a case of a function that yields its rows."""

    def __init__(self) -> None:
        self._cases: list[Case] = []

    def among(self, operations: Iterable[Operation]) -> Iterator[Case]:
        """The cases of the given operations, in the order in which they were made."""
        known = {operation.id for operation in operations}
        yield from (case for case in self._cases if case.operation in known)

    def __call__(
        self,
        operation: str,
        slug: str,
        rule: str,
        requirement: str,
        *,
        level: Level = "must",
        needs: Need = Need.NOTHING,
        crowd: int = 0,
    ) -> Callable[[Callable[[Bench], Iterator[Row]]], Callable[[Bench], Iterator[Row]]]:
        """Make a case; what is decorated may be so more than once, for several operations."""

        def collect(run: Callable[[Bench], Iterator[Row]]) -> Callable[[Bench], Iterator[Row]]:
            self._cases.append(Case(operation, slug, requirement, rule, run, level, needs, crowd))
            return run

        return collect


@dataclass(frozen=True)
class Result:
    """A judged case: as bad as its worst row; `reason` says why it was skipped or went wrong; `seconds` it took."""

    case: Case
    rows: tuple[Row, ...]
    seconds: float = 0.0
    reason: str = ""
    without_rows: Verdict = Verdict.ERROR

    @property
    def verdict(self) -> Verdict:
        """A case that tried nothing has not passed."""
        return max((row.verdict for row in self.rows), default=self.without_rows)

    @property
    def failures(self) -> list[list[Row]]:
        """The failed rows, those with one cause together."""
        return self.by_cause(Verdict.FAIL)

    def by_cause(self, *verdicts: Verdict) -> list[list[Row]]:
        """The rows of these verdicts, those with one cause together."""
        causes: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            if row.verdict in verdicts:
                causes.setdefault((row.rule, row.cause or row.expected), []).append(row)
        return list(causes.values())
