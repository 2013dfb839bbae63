"""Methods that a path does not have (CONTRACT.md, STATUS-17 to STATUS-19)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from letta_contract.contract_tests.bench import Bench, failed
from letta_contract.contract_tests.case import Case, Row
from letta_contract.contract_tests.cases.identifiers import UNKNOWN_AGENT, UNKNOWN_CONVERSATION
from letta_contract.contract_tests.exchange import Reply
from letta_contract.contract_tests.problem import Problem
from letta_contract.contract_tests.reply import JSON, said
from letta_contract.contract_tests.request import request
from letta_contract.contract_tests.verdict import Verdict
from letta_contract.spec import Operation

_JUDGED = ("GET", "POST", "PUT", "PATCH", "DELETE")


def cases(operations: Iterable[Operation]) -> Iterator[Case]:
    """One case a path, under the first of its operations."""
    paths: dict[str, list[Operation]] = {}
    for operation in operations:
        paths.setdefault(operation.path, []).append(operation)
    for of_path in paths.values():
        yield Case(
            of_path[0].id,
            "other-methods",
            "A method that the path does not have is 405, with an Allow header that names every method that it has.",
            "STATUS-18",
            partial(_other_methods, of_path),
        )


def _other_methods(operations: list[Operation], bench: Bench) -> Iterator[Row]:
    known = {operation.method for operation in operations}
    ids = {"conversation_id": UNKNOWN_CONVERSATION, "agent_id": UNKNOWN_AGENT}
    path = {name: ids[name] for name in operations[0].parameters("path")}
    for method in _JUDGED:
        if method in known:
            continue
        exchange = bench.send(request(method, operations[0].path, path=path))
        reply = exchange.reply
        problems = []
        if reply is None or reply.status != 405:
            problems.append(Problem("STATUS-17", "405", str(reply.status) if reply else "no answer"))
        else:
            allowed = reply.listed("allow")
            if not known <= {name.upper() for name in allowed}:
                wanted, told = ", ".join(sorted(known)), ", ".join(allowed) or "no Allow"
                problems.append(Problem("STATUS-18", f"Allow: {wanted}", f"Allow: {told}" if allowed else told))
            if not _is_error_body(reply):
                problems.append(Problem("ERR-4", "a JSON body whose detail is a string", said(reply)))
        yield from failed(method, problems, exchange) or [Row(method, Verdict.PASS)]


def _is_error_body(reply: Reply) -> bool:
    try:
        return reply.media_type == JSON and isinstance(reply.json["detail"], str)
    except (ValueError, KeyError, TypeError):
        return False
