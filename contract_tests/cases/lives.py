"""Random lives of conversations beside a model of them (CONTRACT.md, STATE-1 to STATE-20)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from letta_contract.contract_tests.bench import Bench, failed
from letta_contract.contract_tests.case import Case, Need, Row
from letta_contract.contract_tests.verdict import Verdict
from letta_contract.spec import Operation


def cases(operations: Iterable[Operation]) -> Iterator[Case]:
    """One case, under retrieve: it is what shows a life."""
    for operation in operations:
        if operation.id == "retrieve_conversation":
            yield Case(
                operation.id,
                "random-lives",
                "After each step of any life, the server shows what it answered last, and lists what is there.",
                "STATE-1",
                _lives,
                needs=Need.STATE,
            )


def _lives(bench: Bench) -> Iterator[Row]:
    from letta_contract.contract_tests.model import live

    steps, difference = live(bench, bench.seed)
    if difference is None:
        yield Row(f"{steps} requests", Verdict.PASS)
    else:
        yield from failed("the shortest life found", [difference.problem], *difference.exchanges)
