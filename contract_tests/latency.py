"""How long a server takes to begin its answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from statistics import median
from typing import TYPE_CHECKING

from .case import Case, Result, Row
from .verdict import Verdict

if TYPE_CHECKING:
    from .bench import Bench
    from .exchange import Exchange

SLUG = "response-time"
_ENOUGH = 3  # answers; the median of fewer says nothing


class Latency:
    """Listens to a bench's target, beside the bench itself.

    `seconds` are those until the first byte of each accepted request, by operation.
    """

    def __init__(self, bench: Bench) -> None:
        self.seconds: dict[str, list[float]] = {}
        self._contract = bench.contract
        self._next = bench.target.listener
        bench.target.listener = self._heard

    def _heard(self, exchange: Exchange) -> None:
        reply = exchange.reply
        if reply is not None and reply.status < 300:
            operation_id = self._contract.operation_of(exchange.request)
            if operation_id is not None:
                self.seconds.setdefault(operation_id, []).append(reply.first_byte)
        self._next(exchange)


def medians(seconds: Mapping[str, Iterable[float]]) -> dict[str, float]:
    """The median of each operation that has answered often enough for it to say something."""
    return {name: median(several) for name, several in seconds.items() if len(list(several)) >= _ENOUGH}


def cases(operations: Iterable[str], limit: str) -> Iterator[Case]:
    """A case for every operation, which is judged when all others were."""
    for operation in operations:
        requirement = f"The median answer begins within {limit} s (--max-response-time)."
        yield Case(operation, SLUG, requirement, "", lambda _: iter(()))


def judged(operations: Iterable[str], medians: Mapping[str, float], limit: float) -> Iterator[Result]:
    """A result for every operation, by the most seconds that its median may be."""
    for case in cases(operations, f"{limit:g}"):
        if case.operation not in medians:
            yield Result(case, (), reason=f"fewer than {_ENOUGH} answers", without_rows=Verdict.SKIP)
            continue
        seconds = medians[case.operation]
        within = seconds <= limit
        row = Row(
            "median",
            Verdict.PASS if within else Verdict.FAIL,
            f"at most {limit:g} s until the first byte",
            f"{seconds:.3f} s",
            cause="it is too slow",
        )
        yield Result(case, (row,))
