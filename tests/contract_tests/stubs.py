"""Cases that are made up, for the runner to run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Case, Result, Row
from letta_contract.contract_tests.verdict import Verdict

PASS = Row("fine", Verdict.PASS)
FAIL = Row("wrong", Verdict.FAIL, "this", "that", "OP-2")


def case(slug: str, run: Callable[[Bench], Iterator[Row]], **more: Any) -> Case:
    return Case("list_conversations", slug, "It must.", "OP-2", run, **more)


def yielding(*rows: Row) -> Callable[[Bench], Iterator[Row]]:
    return lambda _: iter(rows)


def asking(bench: Bench) -> Iterator[Row]:
    """Passes when the server answers."""
    bench.call("list_conversations")
    yield PASS


def verdicts(results: list[Result]) -> list[str]:
    return [f"{result.case.slug} {result.verdict.word}" for result in results]
