"""Identifiers in paths, on every operation that has one (CONTRACT.md, ID-1 to ID-16)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from letta_contract.contract_tests.bench import Bench, failed
from letta_contract.contract_tests.case import Case, Need, Row
from letta_contract.contract_tests.cases import identifiers
from letta_contract.contract_tests.cases.identifiers import Form, Segment
from letta_contract.contract_tests.exchange import Exchange
from letta_contract.contract_tests.expectation import Expectation, Kind
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.rotation import share
from letta_contract.spec import Operation

BODIES: dict[str, dict[str, Any]] = {
    "update_conversation": {"summary": "a summary"},
    "send_conversation_message": {"input": "Say hello.", "streaming": False},
}
_BODY_CARRIES_AGENT = (
    "send_conversation_message",
    "retrieve_conversation_stream",
    "recompile_conversation",
    "compact_conversation",
)

_HARMLESS = (  # on an agent that is not ours
    "list_conversation_messages",
    "retrieve_conversation_stream",
    "fork_conversation",
    "recompile_conversation",  # as a dry run
)
_EVERYWHERE = (
    *("40 characters", "41 characters", "41 characters, off the pattern", "41 characters, well-formed"),
    *("42 characters", "42 characters, well-formed", "43 characters"),
    *("upper-case hex", "uuid of version 1", "uuid of another variant", "a letter beyond f", "no dashes"),
    *("trailing newline", "trailing space", "NUL", "single quote"),
    *("default without agent_id", "default with an unknown agent_id", "a bare uuid", "another prefix"),
    *("conv- and a uuid", "agent- and a uuid"),
    "full-width digits",
    "41 × U+1D538 (82 UTF-16 units)",
)

_TABLES: tuple[tuple[str, str, str, Callable[[Form], Iterator[Segment]]], ...] = (
    (
        "length",
        "An id of any other length than its form has is 422; a well-formed one that nothing has is 404.",
        "ID-7",
        identifiers.lengths,
    ),
    ("form", "An id that is not exactly of one of its forms is 422.", "ID-7", identifiers.forms),
    (
        "characters",
        "An id with a character out of place is 422, a newline at its end included.",
        "ID-6",
        identifiers.characters,
    ),
    (
        "code-points",
        "The length of an id is counted in code points, and no other script's digits count as hex.",
        "ID-5",
        identifiers.code_points,
    ),
)


def cases(operations: Iterable[Operation]) -> Iterator[Case]:
    """Every case on the identifier in a path, for each operation that has one.

    A table is tried in full on the first operation of each form; on the others what is `_EVERYWHERE`, the rest in turn.
    """
    places: Counter[Form] = Counter()
    for operation in operations:
        names = list(operation.parameters("path"))
        if not names:
            continue
        stem, form = names[0].replace("_", "-"), _form(operation)
        for slug, requirement, rule, table in _TABLES:
            trying = partial(_try, operation, form, table, places[form])
            yield Case(operation.id, f"{stem}-{slug}", requirement, rule, trying)
        places[form] += 1
        yield Case(
            operation.id,
            f"{stem}-empty",
            *_EMPTY[form != "agent" and operation.path.endswith("}")],
            partial(_empty, operation),
        )
        if form != "agent":
            yield Case(
                operation.id,
                f"{stem}-known",
                "A conversation that exists is served under its id.",
                "TOL-11",
                partial(_known, operation),
                needs=Need.STATE,
            )
        if form != "strict conversation":
            yield Case(
                operation.id,
                f"{stem}-agent",
                "An agent that exists is served under its forms of the id.",
                "ID-13",
                partial(_agent_forms, operation, form),
                needs=Need.STATE if operation.id in _HARMLESS else Need.STATE | Need.AGENT_WRITES,
            )


_EMPTY = {
    True: ("With nothing after the last slash the path is the collection.", "ID-9"),
    False: ("An empty segment is no conversation: 404.", "ID-8"),
}


def _form(operation: Operation) -> Form:
    parameters = operation.parameters("path")
    if "agent_id" in parameters:
        return "agent"
    return "strict conversation" if parameters["conversation_id"]["schema"]["maxLength"] == 41 else "conversation"


def _try(
    operation: Operation, form: Form, table: Callable[[Form], Iterator[Segment]], place: int, bench: Bench
) -> Iterator[Row]:
    for segment in share(table(form), place, bench.seed, _essential):
        exchange = bench.send(request_with(bench, operation, segment.raw, segment.agent_id))
        known_to_all = segment.well_formed and bench.stateless
        expectation = (
            bench.contract.expect(operation.id, exchange.request)
            if known_to_all
            else Expectation(Kind.REFUSE, segment.statuses, segment.name, segment.rule)
        )
        rows = bench.judge_status(segment.name, operation.id, exchange, expectation)
        if segment.well_formed and exchange.status == 404:  # `not-found-body` is of another kind of id
            rows += failed(f"{segment.name}: its body", bench.contract.body_problems(operation.id, exchange), exchange)
        yield from rows


def _essential(segment: Segment) -> bool:
    return segment.name in _EVERYWHERE


def _empty(operation: Operation, bench: Bench) -> Iterator[Row]:
    request = request_with(bench, operation, "")
    statuses = {404}
    if request.path.endswith("/conversations/"):
        statuses = {200} if operation.method == "GET" else {405}
    exchange = bench.send(request)
    rule = "ID-9" if request.path.endswith("/") else "ID-8"
    why = "an empty id" if request.path.endswith("/") else "an empty id (a proxy must keep both slashes)"
    expectation = Expectation(Kind.REFUSE, frozenset(statuses), why, rule)
    rows = bench.judge_status("empty", operation.id, exchange, expectation)
    if exchange.status == 404 and statuses == {404}:
        rows += failed("its body", bench.contract.body_problems(operation.id, exchange), exchange)
    yield from rows


def _known(operation: Operation, bench: Bench) -> Iterator[Row]:
    exchange = bench.send(request_with(bench, operation, bench.conversation_for(operation.id)))
    served = _served(operation, exchange, bench)
    yield from bench.judge("a conversation made just now", operation.id, exchange, served)


def _agent_forms(operation: Operation, form: Form, bench: Bench) -> Iterator[Row]:
    forms: list[tuple[str, str, str | None]] = [("the agent's own id", bench.agent.id, None)]
    if form == "conversation":
        forms.append(("default with agent_id", "default", bench.agent.id))
    for name, segment, agent_id in forms:
        request = request_with(bench, operation, segment, agent_id)
        if operation.id == "recompile_conversation" and not bench.agent.writable:
            request = request.with_query("dry_run=true")
        exchange = bench.send(request)
        yield from bench.judge(name, operation.id, exchange, _served(operation, exchange, bench))
        if operation.id == "fork_conversation" and exchange.status == 200 and exchange.reply is not None:
            own, given = bench.agent.id, exchange.reply.json["agent_id"]
            yield bench.check(f"{name}: agent_id", given == own, "STATE-10", own, given)


def _served(operation: Operation, exchange: Exchange, bench: Bench) -> Expectation:
    """What something that exists deserves: no 404, but where it may be of a stream that is not kept."""
    expectation = bench.contract.expect(operation.id, exchange.request)
    unknown = frozenset[int]() if operation.id == "retrieve_conversation_stream" else identifiers.UNKNOWN
    return replace(expectation, statuses=expectation.statuses - unknown)


def request_with(bench: Bench, operation: Operation, segment: str, agent_id: str | None = None) -> Request:
    """A request on one raw path segment, valid in all else; `agent_id` goes where ID-14 and ID-15 say."""
    body = BODIES.get(operation.id)
    query = {}
    if agent_id is not None and operation.id in _BODY_CARRIES_AGENT:
        body = {**(body or {}), "agent_id": agent_id}
    elif agent_id is not None:
        query["agent_id"] = agent_id
    return bench.request(operation.id, segment, query=query, body=body)
