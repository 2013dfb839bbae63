"""How long a server takes to begin its answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from statistics import median

from letta_contract.spec import Operation

from .bench import Bench
from .case import Case, Result, Row
from .exchange import Exchange
from .verdict import Verdict

_ENOUGH = 3  # answers; the median of fewer says nothing


class Latency:
    """Listens to a bench's target, beside the bench itself."""

    def __init__(self, bench: Bench) -> None:
        self._contract = bench.contract
        self._next = bench.target.listener
        self._seconds: dict[str, list[float]] = {}
        bench.target.listener = self._heard

    def medians(self) -> dict[str, float]:
        """Seconds until the first byte of an accepted request, by operation: the median of its answers."""
        return {name: median(seconds) for name, seconds in self._seconds.items() if len(seconds) >= _ENOUGH}

    def _heard(self, exchange: Exchange) -> None:
        reply = exchange.reply
        if reply is not None and reply.status < 300:
            operation_id = self._contract.operation_of(exchange.request)
            if operation_id is not None:
                self._seconds.setdefault(operation_id, []).append(reply.first_byte)
        self._next(exchange)


def judged(operations: Iterable[Operation], medians: dict[str, float], limit: float) -> Iterator[Result]:
    """A result for every operation, by the most seconds that its median may be."""
    for operation in operations:
        case = Case(
            operation.id,
            "response-time",
            f"The median answer begins within {limit:g} s (--max-response-time).",
            "",
            lambda _: iter(()),
        )
        if operation.id not in medians:
            yield Result(case, (), reason=f"fewer than {_ENOUGH} answers", without_rows=Verdict.SKIP)
            continue
        seconds = medians[operation.id]
        within = seconds <= limit
        row = Row(
            "median",
            Verdict.PASS if within else Verdict.FAIL,
            f"at most {limit:g} s until the first byte",
            f"{seconds:.3f} s",
            cause="it is too slow",
        )
        yield Result(case, (row,))
