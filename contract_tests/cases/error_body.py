"""The bodies of errors, once for each operation (CONTRACT.md, ERR-1 to ERR-6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from letta_contract.contract_tests.bench import Bench, failed
from letta_contract.contract_tests.case import Case, Need, Row
from letta_contract.contract_tests.cases import identifiers, path_id
from letta_contract.contract_tests.exchange import Exchange
from letta_contract.contract_tests.expectation import Expectation, Kind
from letta_contract.contract_tests.json_schema import is_should
from letta_contract.contract_tests.loc import holds, locs
from letta_contract.contract_tests.problem import Problem, short
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.verdict import Verdict
from letta_contract.spec import Operation

_LOOKED_UP = (
    "list_conversations",
    "update_conversation",
    "list_conversation_messages",
)  # whose values are tried on ids that exist
# What is wrong with a body, where a new conversation would be refused whatever the body says.
_IN_NO_STATE: dict[str, tuple[dict[str, Any], str]] = {
    "compact_conversation": ({"compaction_settings": {"mode": "no-such-mode"}}, "too short to compact"),
    "retrieve_conversation_stream": ({"starting_after": "abc"}, "with no run to read"),
}
_WRONG_TOGETHER = {"limit": "abc", "order": "no-such-value"}
_WITH_DEFAULT = (
    "list_conversation_messages",
    "send_conversation_message",
    "retrieve_conversation_stream",
    "recompile_conversation",
    "compact_conversation",
)


def cases(operations: Iterable[Operation]) -> Iterator[Case]:
    """One case for the 422 body and one for the 404 body of each operation, and the order of the two."""
    for operation in operations:
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
        if operation.id in _LOOKED_UP or operation.id in _WITH_DEFAULT:
            yield Case(
                operation.id,
                "order-of-judgement",
                "What is invalid is 422, also on an id that nothing has, and on default without an agent.",
                "ORDER-4",
                partial(_order, operation),
            )


def _validation_error(operation: Operation, bench: Bench) -> Iterator[Row]:
    for name in operation.parameters("path"):
        exchange = bench.send(path_id.request_with(bench, operation, "x" * 43))
        yield from _body("an over-long id", bench, operation, exchange, 422, ["path", name])
    for what, request, culprit in _invalid(operation, bench):
        yield from _body(what, bench, operation, bench.send(request), 422, culprit)


def _invalid(operation: Operation, bench: Bench) -> Iterator[tuple[str, Request, list[str]]]:
    """Requests on an id that nothing has, with a query or a body that no coercion saves."""
    request = _unknown(operation, bench)
    given = f"{request.query}&" if request.query else ""
    several = operation.parameters("query").keys() >= _WRONG_TOGETHER.keys()
    if several:
        yield "two faults in the query", request.with_query(f"{given}{urlencode(_WRONG_TOGETHER)}"), ["query"]
    for name, parameter in operation.parameters("query").items() if not several else ():
        schema = parameter["schema"]
        if not is_should(parameter) and not is_should(schema) and ("enum" in schema or schema["type"] == "integer"):
            yield "a faulty query", request.with_query(f"{given}{name}=no-such-value"), ["query", name]
            break
    if operation.body_schema is not None:
        yield "a faulty body", request.with_body(b"[]"), ["body"]
        yield "malformed JSON", request.with_body(b'{"agent_id": "a'), ["body"]


def _order(operation: Operation, bench: Bench) -> Iterator[Row]:
    for what, unknown, _ in _invalid(operation, bench):
        asked = [("an unknown id", unknown)] if operation.id in _LOOKED_UP else []
        if operation.id in _WITH_DEFAULT:
            asked.append(
                ("default", replace(unknown, path=unknown.path.replace(identifiers.UNKNOWN_CONVERSATION, "default")))
            )
        for whose, request in asked:
            expectation = bench.contract.expect(operation.id, request)
            yield from bench.judge_status(f"{what}, {whose}", operation.id, bench.send(request), expectation)
    if operation.id in _IN_NO_STATE:
        body, why = _IN_NO_STATE[operation.id]
        new = bench.request(operation.id, bench.shared("any", bench.conversation), body=body)
        expectation = bench.contract.expect(operation.id, new)
        yield from bench.judge_status(why, operation.id, bench.send(new), expectation)


def _unknown(operation: Operation, bench: Bench) -> Request:
    """A request that is valid, and names something that the server does not have."""
    if operation.id == "create_conversation":
        return bench.request(operation.id, query={"agent_id": identifiers.UNKNOWN_AGENT})
    if operation.id == "list_conversations":
        return bench.request(operation.id, query={"after": identifiers.UNKNOWN_CONVERSATION})
    agent = "agent_id" in operation.parameters("path")
    return path_id.request_with(
        bench, operation, identifiers.UNKNOWN_AGENT if agent else identifiers.UNKNOWN_CONVERSATION
    )


def _not_found(operation: Operation, bench: Bench) -> Iterator[Row]:
    exchange = bench.send(_unknown(operation, bench))
    yield from _body("an unknown id", bench, operation, exchange, 404, None)


def _body(
    name: str, bench: Bench, operation: Operation, exchange: Exchange, status: int, culprit: list[str] | None
) -> Iterator[Row]:
    """Judges the body where the status is the right one; the status itself has cases of its own."""
    reply = exchange.reply
    if reply is None or reply.status != status:
        yield Row(name, Verdict.SKIP, f"{status}", f"{reply.status}" if reply else "no answer")
        return
    right = Expectation(Kind.REFUSE, frozenset({status}), name, "ORDER-4")
    problems = bench.contract.status_problems(operation.id, exchange, right)
    problems += bench.contract.body_problems(operation.id, exchange)
    if not problems and culprit and not any(holds(loc, culprit) for loc in locs(exchange)):
        shown = short(", ".join(map(str, locs(exchange))), 120)
        problems = [Problem("ERR-3", f"a loc that holds {culprit}", shown)]
    yield from failed(name, problems, exchange) or [Row(name, Verdict.PASS, exchanges=(exchange,))]
