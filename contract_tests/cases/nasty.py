"""Values that break careless servers: taken or refused, but never a 5xx (CONTRACT.md, STATE-48, TOL-1 to TOL-14)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any
from urllib.parse import quote

from letta_contract.contract_tests.bench import MADE_UP, Bench, verdict_on
from letta_contract.contract_tests.case import Case, Row
from letta_contract.contract_tests.cases.boundaries import base
from letta_contract.contract_tests.minimal import minimal
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.rotation import share
from letta_contract.contract_tests.verdict import Verdict
from letta_contract.spec import Operation, Schema

_MIXED = {
    "newline": "a\nb",
    "quotes": "'; drop table conversations; --\"",
    "percent": "100%_%s%n",
    "non-ASCII": "naïve 東京 مرحبا",
    "non-BMP": "🧪🦜",
    "markup": "<script>alert(1)</script>{{7*7}}${7*7}",
    "path": "../../etc/passwd",
    "pattern": ":-( [ *{ \\",
}  # harmless together: what falls over one of them falls over all
_MIXTURE = "odd characters"
_TEXTS = {
    "empty": '""',
    "very long": json.dumps("long " * 20_000),
    "NUL": '"a\\u0000b"',
    "lone surrogate": '"\\ud800"',
    _MIXTURE: json.dumps(" ".join(_MIXED.values()), ensure_ascii=False),
}
_NUMBERS = {
    "2^31": str(2**31),
    "2^53": str(2**53),
    "2^63": str(2**63),
    "2^64": str(2**64),
    "a hundred digits": "9" * 100,
    "negative": "-1",
    "below -2^63": str(-(2**63) - 1),
    "1e400": "1e400",
    "minus zero": "-0.0",
    "7.0": "7.0",
}
_DATES = {
    "year 1": '"0001-01-01T00:00:00Z"',
    "year 0": '"0000-01-01T00:00:00Z"',
    "year 9999": '"9999-12-31T23:59:59Z"',
    "leap second": '"2016-12-31T23:59:60Z"',
    "without offset": '"2026-02-03T04:05:06"',
    "far offset": '"2026-02-03T04:05:06+23:59"',
}
_DEEP = {"nested deep": '{"a":' * 60 + "1" + "}" * 60, "NaN": "NaN"}
_ALL = {**_TEXTS, **_NUMBERS, **_DATES, **_DEEP}
_IN_TURN = {
    "2^53",
    "2^64",
    "a hundred digits",
    "year 0",
    "below -2^63",
    "minus zero",
    "7.0",
    "leap second",
    "without offset",
    "far offset",
}
_ALONE_TOO = ("NUL", "2^63")  # what one field may take and another fall over
_FOR_ONE = ("empty", "very long", "lone surrogate")  # what falls over in how any query is read
_LONGEST_QUERY = 2000  # characters; servers bound the request line, and may (TOL-14)
_ACCEPTS = (
    "",
    "*/*",
    "application/json",
    "application/json;q=0",
    "text/html",
    "image/png, */*;q=0.1",
    "nonsense",
)
_KINDS = {"string": _TEXTS, "integer": _NUMBERS, "number": _NUMBERS}


def cases(operations: Iterable[Operation]) -> Iterator[Case]:
    """One case for every operation that takes values, and one on the Accept header for each."""
    for place, operation in enumerate(operations):
        if operation.body_schema is not None or operation.parameters("query"):
            yield Case(
                operation.id,
                "nasty-values",
                "An odd value is taken or refused, and never makes a 5xx.",
                "STATE-48",
                partial(_values, operation, place),
            )
        yield Case(
            operation.id,
            "accept-header",
            "Whatever Accept says, the answer is a documented one, or 406.",
            "TOL-14",
            partial(_accepts, operation, place),
        )


def _values(operation: Operation, place: int, bench: Bench) -> Iterator[Row]:
    request = base(bench, operation)
    values = list(share(_ALL, place, bench.seed, lambda what: what not in _IN_TURN))
    draw = Random(bench.seed)  # noqa: S311  # to try other parameters with other seeds
    for what in values:
        fitting = [name for name, known in operation.parameters("query").items() if what in _for(known["schema"])]
        for name in draw.sample(fitting, min(1, len(fitting))) if what in _FOR_ONE else fitting:
            yield from _tried(name, what, operation, bench, partial(_querying, request, name))
    if operation.body_schema is not None:
        yield from _in_body(operation, bench, request, values)


def _querying(request: Request, name: str, text: str) -> Request:
    value = str(json.loads(text) if text.startswith('"') else text)[:_LONGEST_QUERY]
    others = [pair for pair in request.query.split("&") if pair and not pair.startswith(f"{name}=")]
    return request.with_query("&".join([*others, f"{name}={quote(value, errors='surrogatepass')}"]))


def _in_body(operation: Operation, bench: Bench, request: Request, values: Iterable[str]) -> Iterator[Row]:
    """Every value in all fields that take it at once, and where that goes wrong, or may hide one, in one by one."""
    whole = minimal(operation.body_schema or {}) or {}
    fields = _fields(operation.body_schema or {})
    draw = Random(bench.seed)  # noqa: S311  # to try other fields with other seeds
    for what in values:
        fitting = [name for name, part in fields.items() if what in _for(part)]
        together = [name for name in fitting if name not in MADE_UP]
        if what in _DEEP or (what in _ALONE_TOO and not fitting):
            fitting = list(fields)
        if together:
            joint = _tried("all", what, operation, bench, partial(_telling, request, whole, together))
            singles = [
                row
                for name in (together if joint[0].verdict is Verdict.FAIL and len(together) > 1 else ())
                for row in _tried(name, what, operation, bench, partial(_telling, request, whole, [name]))
            ]
            yield from singles if any(row.verdict is Verdict.FAIL for row in singles) else joint
        if fitting and (what in _ALONE_TOO or not together):
            name = draw.choice(fitting)
            yield from _tried(name, what, operation, bench, partial(_telling, request, whole, [name]))


def _telling(request: Request, whole: dict[str, Any], names: list[str], text: str) -> Request:
    """A body with some fields written as given, which need not be JSON that a library would write."""
    others = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in whole.items() if key not in names]
    fields = ", ".join([*others, *(f"{json.dumps(name)}: {text}" for name in names)])
    return request.with_body(f"{{{fields}}}".encode())


def _tried(where: str, what: str, operation: Operation, bench: Bench, asking: Callable[[str], Request]) -> list[Row]:
    """Rows on one value; where a mixture goes wrong, on what of it does."""
    rows = list(_judged(f"{where}: {what}", operation, bench, asking(_ALL[what])))
    if what == _MIXTURE and rows[0].verdict is Verdict.FAIL:
        parts = [
            row
            for name, text in _MIXED.items()
            for row in _judged(f"{where}: {name}", operation, bench, asking(json.dumps(text, ensure_ascii=False)))
        ]
        return parts if any(row.verdict is Verdict.FAIL for row in parts) else rows
    return rows


def _accepts(operation: Operation, place: int, bench: Bench) -> Iterator[Row]:
    request = base(bench, operation)
    for accept in share(_ACCEPTS, place, bench.seed, lambda accept: accept == "text/html"):
        headed = replace(request, headers=(*request.headers, ("Accept", accept)))
        yield from _judged(f"Accept: {accept}", operation, bench, headed, and_also=406)


def _judged(
    name: str, operation: Operation, bench: Bench, request: Request, and_also: int | None = None
) -> Iterator[Row]:
    exchange = bench.send(request)
    expectation = bench.contract.expect(operation.id, request)
    if and_also is not None:
        expectation = replace(expectation, statuses=expectation.statuses | {and_also})
    yield from verdict_on(name, bench.contract.status_problems(operation.id, exchange, expectation), exchange)


def _for(schema: dict[str, Any]) -> dict[str, str]:
    if schema.get("format") == "date-time":
        return _DATES
    return {} if "enum" in schema else _KINDS.get(schema.get("type", ""), {})


def _fields(schema: Schema) -> dict[str, Schema]:
    """The fields of a body; of its first form, where it has several."""
    while "properties" not in schema:
        schema = schema["anyOf"][0]
    fields: dict[str, Schema] = schema["properties"]
    return fields
