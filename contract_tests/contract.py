"""The contract as the judge asks it: which operation a request is, what it deserves, what is wrong with its answer."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from letta_contract.spec import Operation, load, operations

from .exchange import Exchange
from .expectation import Expectation, Expecting
from .odd import odd_escapes
from .problem import Problem
from .reply import Replies
from .request import Request


class Contract:
    """The loaded document, with what each operation needs compiled on first use."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = load()
        self.operations: dict[str, Operation] = {operation.id: operation for operation in operations(self.document)}
        self._expecting: dict[str, Expecting] = {}
        self._replies: dict[str, Replies] = {}

    def expect(self, operation_id: str, request: Request) -> Expectation:
        """What to expect of the answer to a request of that operation."""
        if operation_id not in self._expecting:
            self._expecting[operation_id] = Expecting(self.operations[operation_id])
        return self._expecting[operation_id].expect(request, self.segments(operation_id, request))

    def problems(self, operation_id: str, exchange: Exchange, expectation: Expectation) -> list[Problem]:
        """What is wrong with an answer, its body included, to a request of which `expectation` was expected.

        The bodies of 404 and 422 have cases of their own, so that one wrong shape is one failure an operation. That of
        a 400 is not judged where a proxy may refuse the request line, for a NUL or a broken escape (TOL-7, TOL-9).
        """
        problems = self.status_problems(operation_id, exchange, expectation)
        reply = exchange.reply
        if reply is None or reply.status in (404, 422):
            return problems
        if reply.status == 400 and odd_escapes(exchange.request.target):
            return problems
        return [*problems, *self.body_problems(operation_id, exchange)]

    def status_problems(self, operation_id: str, exchange: Exchange, expectation: Expectation) -> list[Problem]:
        """What is wrong with the status of an answer."""
        return list(self._replies_of(operation_id).status(exchange, expectation))

    def body_problems(self, operation_id: str, exchange: Exchange) -> list[Problem]:
        """What is wrong with the media type and the body of an answer."""
        return list(self._replies_of(operation_id).body(exchange))

    def _replies_of(self, operation_id: str) -> Replies:
        if operation_id not in self._replies:
            self._replies[operation_id] = Replies(self.operations[operation_id])
        return self._replies[operation_id]

    def operation_of(self, request: Request) -> str | None:
        """The operationId of a request; None where its path is none of the contract's, or has another method."""
        for operation_id, operation in self.operations.items():
            if operation.method == request.method and self._templates[operation_id].fullmatch(request.path):
                return operation_id
        return None

    def segments(self, operation_id: str, request: Request) -> dict[str, str]:
        """The path parameters of a request, percent-encoded as they were sent."""
        match = self._templates[operation_id].fullmatch(request.path)
        return match.groupdict() if match else {}

    @cached_property
    def _templates(self) -> dict[str, re.Pattern[str]]:
        return {
            operation_id: re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]*)", re.escape(operation.path)))
            for operation_id, operation in self.operations.items()
        }
