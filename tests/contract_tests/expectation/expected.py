"""A request, and what the contract expects of its answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.expectation import Expectation
from letta_contract.contract_tests.request import Request

if TYPE_CHECKING:
    from letta_contract.spec import Operation

ID = "conv-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364"


def request(operation: Operation, query: str = "", body: Any = None, *, id_: str = ID, **more: Any) -> Request:
    path = operation.path.replace("{conversation_id}", id_).replace("{agent_id}", id_)
    content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    more.setdefault("headers", (("Content-Type", "application/json"),) if content else ())
    return Request(operation.method, path, query, body=content, **more)


def expected(contract: Contract, operation_id: str, *args: Any, **more: Any) -> Expectation:
    return contract.expect(operation_id, request(contract.operations[operation_id], *args, **more))
