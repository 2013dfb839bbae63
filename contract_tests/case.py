"""A case: one requirement on one operation, and what came of judging it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import TYPE_CHECKING

from letta_contract.spec import Level

from .exchange import Exchange
from .verdict import Verdict

if TYPE_CHECKING:
    from .bench import Bench


class Need(Flag):
    """What a case asks of the run before it can judge."""

    NOTHING = 0
    STATE = auto()  # the server remembers what it was told
    AGENT_WRITES = auto()  # the agent itself may be changed
    MODEL = auto()  # a turn of the agent's model


@dataclass(frozen=True)
class Row:
    """One value that a case tried: `name` says which; a failure also says what was expected and what came."""

    name: str
    verdict: Verdict
    expected: str = ""
    actual: str = ""
    rule: str = ""
    cause: str = ""
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True)
class Case:
    """One requirement on one operation; `run` yields a row for every value that it tries."""

    operation: str
    slug: str
    requirement: str
    rule: str
    run: Callable[[Bench], Iterator[Row]] = field(repr=False)
    level: Level = "must"
    needs: Need = Need.NOTHING

    @property
    def id(self) -> str:
        """`operationId/slug`: the same in every report, filter and page."""
        return f"{self.operation}/{self.slug}"


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
        causes: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            if row.verdict is Verdict.FAIL:
                causes.setdefault((row.rule, row.cause or row.expected), []).append(row)
        return list(causes.values())
