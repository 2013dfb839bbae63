"""Every parameter and every field on both sides of its constraints (CONTRACT.md, OP, BODY, MODEL, ORDER-4, TOL-10)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache, partial
from itertools import count
from typing import Any
from urllib.parse import urlencode

from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Case, Row
from letta_contract.contract_tests.cases.identifiers import UNKNOWN_AGENT, UNKNOWN_CONVERSATION
from letta_contract.contract_tests.cases.trial import Trial
from letta_contract.contract_tests.expectation import Kind
from letta_contract.contract_tests.minimal import minimal
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.rotation import share
from letta_contract.contract_tests.values import Variation
from letta_contract.contract_tests.variation import Variations
from letta_contract.spec import Operation
from letta_contract.spec.rules import operation_rule

_ON_ITS_OWN = ("update_conversation", "list_conversation_messages")  # cheap on a conversation that exists
_CURSORS = ("after", "before")  # whose values may be judged together
_DEEP = 2000  # levels: past any sense, and no stack's end
_LEAST = b"?"  # stands for a body that would be taken, were it said to be JSON
_FORMS: tuple[tuple[str, bytes | None, str | None], ...] = (
    ("no body", None, None),
    ("an empty body", b"", "application/json"),
    ("an empty body as text", b"", "text/plain"),
    ("null", b"null", "application/json"),
    ("a list", b"[]", "application/json"),
    ("a string", b'"text"', "application/json"),
    ("a number", b"7", "application/json"),
    ("true", b"true", "application/json"),
    ("cut short", b'{"summary": "a', "application/json"),
    ("a trailing comma", b'{"summary": "a",}', "application/json"),
    ("two objects", b"{} {}", "application/json"),
    ("single quotes", b"{'summary': 'a'}", "application/json"),
    ("not UTF-8", b'{"summary": "\xff\xfe"}', "application/json"),
    ("nested past any sense", b"[" * _DEEP + b"]" * _DEEP, "application/json"),
    ("form data", b"summary=a", "application/x-www-form-urlencoded"),
    ("plain text", _LEAST, "text/plain"),
    ("XML", _LEAST, "application/xml"),
    ("an unknown media type", _LEAST, "application/x-no-such-thing"),
)
_FORMS_EVERYWHERE = (
    "no body",
    "an empty body",
    "an empty body as text",
    "null",
    "a list",
    "cut short",
    "not UTF-8",
    "nested past any sense",
    "form data",
    "plain text",
)


def cases(operations: Iterable[Operation]) -> Iterator[Case]:
    """Cases on the query, the body's fields and the body as such, for every operation that has them.

    A schema that several operations share is tried in full on the first of them; on the others each field gets what
    fits and something wrong, and each union every variant.
    """
    operations = list(operations)
    tries = cache(partial(_tries, operations))  # not before a body is tried: to list the cases takes no values
    bodies = count()
    for operation in operations:
        if operation.parameters("query"):
            yield Case(
                operation.id,
                "query-values",
                "A query value of its type is accepted, any other is 422.",
                operation_rule(operation.id),
                partial(_query, operation),
            )
        if operation.body_schema is None:
            continue
        yield Case(
            operation.id,
            "body-values",
            "A body by its schema is accepted, one that breaks it anywhere is 422 and told where.",
            operation_rule(operation.id),
            partial(_body, operation, tries),
        )
        yield Case(
            operation.id,
            "body-form",
            "A body that is no JSON, or JSON of another kind, is 422.",
            "STATUS-13",
            partial(_form, operation, next(bodies)),
        )


def _tries(operations: Iterable[Operation]) -> dict[str, list[Variation]]:
    """What is tried of each operation's body: what one has tried, the next ones need not.

    What answers may say, but a body may not, is among what must be refused.
    """
    variations = Variations()
    operations = list(operations)
    for operation in operations:
        for content in operation.statuses[200].get("content", {}).values():
            variations.learn(content.get("schema", {}))
    return {one.id: list(variations.of(one.body_schema)) for one in operations if one.body_schema is not None}


def _query(operation: Operation, bench: Bench) -> Iterator[Row]:
    request = base(bench, operation)
    kept = _required(operation, bench)
    tries = [*_spelt(operation.parameters("query")), Variation(("no_such",), "an unknown one", {"no_such": "1"}, "")]
    trial = _trial(operation, bench, "query", partial(_asking, request, kept))
    yield from trial.rows(_beside(tries, trial))
    for name in kept:
        others = {other: value for other, value in kept.items() if other != name}
        sent = _asking(request, others, {})
        yield from trial.judged(f"without {name}", sent, (name,), "required")


def _beside(tries: Iterable[Variation], trial: Trial) -> Iterator[Variation]:
    """What is wrong, beside what fits of all others but cursors: a server may look no further than at those."""
    tries = list(tries)
    sorts = [trial.kind(one.value) for one in tries]
    fitting: dict[Any, Any] = {}
    for one, sort in zip(tries, sorts, strict=True):
        if sort is Kind.ACCEPT and one.constraint and one.pointer[0] not in _CURSORS:
            fitting.setdefault(one.pointer[0], one.value)
    for one, sort in zip(tries, sorts, strict=True):
        others = [value for name, value in fitting.items() if name != one.pointer[0]] if sort is Kind.REFUSE else []
        yield replace(one, value=dict(item for value in (*others, one.value) for item in value.items()))


def _spelt(parameters: dict[str, dict[str, Any]]) -> Iterator[Variation]:
    """What each parameter may be given as text."""
    for name, parameter in parameters.items():
        schema = parameter["schema"]
        item = schema["items"] if schema.get("type") == "array" else schema
        for text in _texts(item):
            yield Variation((name,), repr(text), {name: text}, "enum" if "enum" in item else "type")
        if item is not schema:
            yield Variation((name,), "two", {name: item["enum"][:2]}, "")
            yield Variation((name,), "the second unknown", {name: [item["enum"][0], "ping"]}, "enum")
            yield Variation((name,), "the first unknown", {name: ["no-such-value", item["enum"][0]]}, "enum")


def _asking(request: Request, kept: dict[str, Any], query: dict[str, Any]) -> Request:
    return request.with_query(urlencode({**kept, **query}, doseq=True))


def _body(operation: Operation, tries: Callable[[], dict[str, list[Variation]]], bench: Bench) -> Iterator[Row]:
    request = base(bench, operation)
    # To make a conversation for each detail takes long: past the first level, one of an agent that nobody has would do.
    nobody = request.with_query(request.query.replace(bench.agent.id, UNKNOWN_AGENT))
    for whose, deep in ((request, False), (nobody, True)):
        some = [one for one in tries()[operation.id] if (len(one.pointer) > 1 and not bench.stateless) is deep]
        yield from _trial(operation, bench, "body", partial(with_body, whose)).rows(some)


def _trial(operation: Operation, bench: Bench, where: str, asking: Callable[[Any], Request]) -> Trial:
    return Trial(operation, bench, where, asking, partial(bench.contract.expect, operation.id))


def with_body(request: Request, value: Any) -> Request:
    """The request with a JSON body."""
    return request.with_body(json.dumps(value).encode())


def _form(operation: Operation, turn: int, bench: Bench) -> Iterator[Row]:
    request = base(bench, operation)
    trial = _trial(operation, bench, "body", partial(with_body, request))
    least = json.dumps(minimal(operation.body_schema or {})).encode()
    for name, body, media_type in share(_FORMS, turn, bench.seed, lambda form: form[0] in _FORMS_EVERYWHERE):
        yield from trial.judged(name, request.with_body(least if body is _LEAST else body, media_type), ())
    spelt = request.with_body(least, "Application/JSON; charset=utf-8")
    yield from trial.judged("with a charset", spelt, ())


def base(bench: Bench, operation: Operation) -> Request:
    """A valid request to vary; where it would start a turn, on a conversation that nobody has."""
    if "agent_id" in operation.parameters("path"):
        id_ = UNKNOWN_AGENT
    elif not operation.parameters("path"):
        return bench.request(operation.id, query=_required(operation, bench))
    elif operation.id in _ON_ITS_OWN and not bench.stateless:
        id_ = bench.conversation()
    else:
        id_ = UNKNOWN_CONVERSATION
    return bench.request(
        operation.id, id_, body=minimal(operation.body_schema or {}) if operation.body_required else None
    )


def _required(operation: Operation, bench: Bench) -> dict[str, Any]:
    return {"agent_id": bench.agent.id} if operation.parameters("query").get("agent_id", {}).get("required") else {}


def _texts(schema: dict[str, Any]) -> Iterator[str]:
    """Query texts of a schema's type, and of others."""
    if "enum" in schema:
        yield from (str(value) for value in schema["enum"] if value is not None)
        yield from ("no-such-value", str(schema["enum"][0]).upper())
    elif schema.get("type") == "integer":
        yield from ("1", "100", "0", "-1", "abc", "1.5", "1e2", "10abc", "")
    elif schema.get("type") == "boolean":
        yield from ("true", "false", "maybe", "2", "[]", "")
    else:
        yield from ("text", "with space & sign", "ünïcödé", "null", "%", "'", '"')
