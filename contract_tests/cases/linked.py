"""Sequences that schemathesis draws along the document's links, judged step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from letta_contract.contract_tests.bench import Bench, failed
from letta_contract.contract_tests.case import Case, Need, Row
from letta_contract.contract_tests.verdict import Verdict
from letta_contract.spec import Operation


def cases(operations: Iterable[Operation]) -> Iterator[Case]:
    """One case for every operation that a link leads to or from."""
    for operation in operations:
        yield Case(
            operation.id,
            "linked-sequences",
            "What one answer names, the next request finds, until it is deleted; and each answer is as documented.",
            "STATE-19",
            partial(_steps, operation),
            needs=Need.STATE,
        )


def _steps(operation: Operation, bench: Bench) -> Iterator[Row]:
    number = 0
    for operation_id, problems, exchanges in bench.sequences:
        if operation_id == operation.id:
            number += 1
            yield from failed(f"sequence step {number}", problems, *exchanges)
            if not problems:
                yield Row(f"sequence step {number}", Verdict.PASS)
    if not number:
        yield Row("no sequence came here", Verdict.SKIP)
