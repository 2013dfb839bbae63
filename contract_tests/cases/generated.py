"""Requests that schemathesis draws from the document, each judged by what it turned out to be on the wire."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from letta_contract.contract_tests.belongings import DOCUMENTED, Trespass
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Case, Row
from letta_contract.contract_tests.cases.identifiers import UNKNOWN_CONVERSATION
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.verdict import Verdict
from letta_contract.spec import Operation

_FETCHES = re.compile(rb'"url"\s*:')
_COUNT = 2  # requests an operation; `fuzz` draws more


def cases(operations: Iterable[Operation]) -> Iterator[Case]:
    """Two cases for every operation: the document's own examples, and what is drawn from its schemas."""
    for operation in operations:
        yield Case(
            operation.id,
            "documented-examples",
            "A request that the document gives as an example is accepted and answered as documented.",
            "TOL-11",
            partial(_examples, operation),
        )
        yield Case(
            operation.id,
            "generated-requests",
            "Whatever is asked, the answer has the status that the request deserves, and a body as documented.",
            "STATUS-1",
            partial(_generated, operation, _COUNT),
        )


def _examples(operation: Operation, bench: Bench) -> Iterator[Row]:
    requests = bench.generator.examples(operation.id)
    yield from _judged(operation, bench, requests)
    if not requests:
        yield Row("the document has none", Verdict.SKIP)


def _generated(operation: Operation, count: int, bench: Bench) -> Iterator[Row]:
    requests: list[Request] = []
    pinned = {name: DOCUMENTED[name] for name in operation.parameters("path")}
    bench.generator.requests(operation.id, count, requests.append, pinned)
    yield from _judged(operation, bench, requests)


def _judged(operation: Operation, bench: Bench, requests: Iterable[Request]) -> Iterator[Row]:
    """Send each request once; the ids of the documentation stand for the run's own, so that not all ends at a 404."""
    own = {DOCUMENTED["agent_id"]: bench.agent.id}
    if "conversation_id" in operation.parameters("path"):
        own[DOCUMENTED["conversation_id"]] = bench.conversation_for(operation.id)
    for number, request in enumerate(dict.fromkeys(requests), 1):
        # No turn is started that would make the server fetch something from another host.
        ids = (
            {**own, DOCUMENTED["conversation_id"]: UNKNOWN_CONVERSATION}
            if _FETCHES.search(request.body or b"")
            else own
        )
        try:
            exchange = bench.send(_with_ids(request, ids))
        except Trespass as trespass:
            yield Row(f"request {number}", Verdict.SKIP, actual=str(trespass))
            continue
        for row in bench.judge(f"request {number}", operation.id, exchange):
            yield row if row.verdict is Verdict.FAIL else Row(row.name, row.verdict)


def _with_ids(request: Request, ids: dict[str, str]) -> Request:
    for documented, own in ids.items():
        body = request.body.replace(documented.encode(), own.encode()) if request.body else request.body
        request = replace(
            request, path=request.path.replace(documented, own), query=request.query.replace(documented, own), body=body
        )
    return request
