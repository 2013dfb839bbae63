"""The bodies of errors, once for each operation (CONTRACT.md, ERR-1 to ERR-6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from letta_contract.contract_tests.bench import Bench, failed
from letta_contract.contract_tests.case import Case, Need, Row
from letta_contract.contract_tests.cases import identifiers, path_id
from letta_contract.contract_tests.exchange import Exchange
from letta_contract.contract_tests.problem import Problem, short
from letta_contract.contract_tests.verdict import Verdict
from letta_contract.spec import Operation


def cases(operations: Iterable[Operation]) -> Iterator[Case]:
    """One case for the 422 body and one for the 404 body of each operation with an identifier in its path."""
    for operation in operations:
        if not operation.parameters("path"):
            continue
        yield Case(
            operation.id,
            "validation-error-body",
            "A 422 has `detail`: entries with loc, msg and type, and a loc that names the culprit.",
            "ERR-2",
            partial(_validation_error, operation),
        )
        yield Case(
            operation.id,
            "not-found-body",
            "A 404 has a JSON body whose `detail` is a string.",
            "ERR-4",
            partial(_not_found, operation),
            needs=Need.STATE,
        )


def _validation_error(operation: Operation, bench: Bench) -> Iterator[Row]:
    name = next(iter(operation.parameters("path")))
    exchange = bench.send(path_id.request_with(bench, operation, "x" * 43))
    yield from _body("an over-long id", bench, operation, exchange, 422, ["path", name])


def _not_found(operation: Operation, bench: Bench) -> Iterator[Row]:
    agent = "agent_id" in operation.parameters("path")
    unknown = identifiers.UNKNOWN_AGENT if agent else identifiers.UNKNOWN_CONVERSATION
    exchange = bench.send(path_id.request_with(bench, operation, unknown))
    yield from _body("an unknown id", bench, operation, exchange, 404, None)


def _body(
    name: str, bench: Bench, operation: Operation, exchange: Exchange, status: int, culprit: list[str] | None
) -> Iterator[Row]:
    """Judges the body where the status is the right one; the status itself has cases of its own."""
    reply = exchange.reply
    if reply is None or reply.status != status:
        yield Row(name, Verdict.SKIP, f"{status}", f"{reply.status}" if reply else "no answer")
        return
    problems = bench.contract.body_problems(operation.id, exchange)
    if not problems and culprit and not any(_contains(entry["loc"], culprit) for entry in reply.json["detail"]):
        locs = short(", ".join(str(entry["loc"]) for entry in reply.json["detail"]), 120)
        problems = [Problem("ERR-3", f"a loc that holds {culprit}", locs)]
    yield from failed(name, problems, exchange) or [Row(name, Verdict.PASS, exchanges=(exchange,))]


def _contains(loc: list[str | int], culprit: list[str]) -> bool:
    """Whether the culprit's steps, or those of its nearest parent, stand in `loc` in order (TOL-17)."""
    rest = iter(loc)
    return all(any(step == wanted for step in rest) for wanted in culprit)
