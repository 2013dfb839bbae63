"""Sequences along the document's links: what one answer names, the next request asks for."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import hypothesis
import schemathesis
from hypothesis.errors import Flaky, Unsatisfiable
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import ensure_resource_availability, use_after_free

from .belongings import Trespass
from .bench import Bench
from .exchange import Exchange
from .expectation import MODELS
from .generator import wire
from .halt import Limited, TargetGone
from .problem import Problem, short

if TYPE_CHECKING:
    from .generator import Generator

_STEPS = 8
_OF_A_RUN = "retrieve_conversation_stream"
_ID = re.compile(r"(?:conv|agent)-[0-9a-f-]{36}")
_RULES = {"use_after_free": "STATE-19", "ensure_resource_availability": "STATE-1"}

Found = tuple[str, list[Problem], tuple[Exchange, ...]]  # operationId, what was wrong, and what led there


def explore(bench: Bench, generator: Generator, count: int) -> list[Found]:
    """Every step of `count` sequences, in order. Raises TargetGone or Limited where the server takes no more."""
    walk = _Walk(bench, count)
    machine = walk.recorded(generator.machine())
    hypothesis.seed(generator.seed)(machine)
    # Every sequence ended early, or a server's answers made one go another way the second time: what was found counts.
    with suppress(Unsatisfiable, Flaky, _End):
        machine.run(settings=generator.settings(count, stateful_step_count=_STEPS))
    if walk.gone is not None:
        raise walk.gone
    return walk.found


class _End(Exception):  # noqa: N818  # no error: it ends the walk
    """There is nothing to go on with."""


class _Walk:
    """Sends what the machine draws, and records instead of raising, so that nothing is shrunk or repeated."""

    def __init__(self, bench: Bench, count: int) -> None:
        self.bench = bench
        self.left = count  # sequences: one that ended early is not made up for, or a server that hangs would take hours
        self.found: list[Found] = []
        self.gone: TargetGone | Limited | None = None

    def recorded(self, machine: Any) -> Any:
        """The machine with its sending and its judging in our hands."""
        walk = self

        class Sequence(machine):  # type: ignore[misc]  # made from the document at run time
            def setup(self) -> None:
                self.exchanges: list[Exchange] = []
                walk.begin()

            def before_call(self, case: Any) -> None:
                walk.prepare(case)

            def call(self, case: Any, **_: Any) -> schemathesis.Response:
                return walk.send(case, self.exchanges)

            def validate_response(self, response: schemathesis.Response, case: Any, *_: Any, **__: Any) -> None:
                walk.judge(response, case, self.exchanges, self.recorder)

        return Sequence

    def begin(self) -> None:
        """Count a sequence. Raises _End where it is one too many."""
        self.left -= 1
        if self.left < 0 or self.gone is not None:
            raise _End

    def prepare(self, case: Any) -> None:
        """Let what is meant to succeed succeed: with the run's own agent, and with its own model."""
        if case.meta is None or not case.meta.generation.mode.is_positive:
            return
        if "agent_id" in (case.query or {}) and _operation_id(case) == "create_conversation":
            case.query["agent_id"] = self.bench.agent.id
        if isinstance(case.body, dict):
            for name in MODELS:  # which a later send would fail by
                case.body.pop(name, None)

    def send(self, case: Any, exchanges: list[Exchange]) -> schemathesis.Response:
        """One step; a sequence ends where there is no answer to go on from."""
        try:
            exchange = self.bench.send(wire(case))
        except Trespass:
            hypothesis.reject()
        except (TargetGone, Limited) as error:
            self.gone = error
            raise _End from error
        exchanges.append(exchange)
        if exchange.reply is None:
            self.found.append((_operation_id(case), self._problems(case, exchange), _story(exchanges)))
            hypothesis.reject()
        return schemathesis.Response.from_any(_as_httpx(exchange))

    def judge(self, response: schemathesis.Response, case: Any, exchanges: list[Exchange], recorder: Any) -> None:
        """The contract's own judgement, handed to schemathesis beside its checks of what went before."""
        problems: list[Problem] = []

        def contract(*_: Any) -> None:
            problems.extend(self._problems(case, exchanges[-1]))

        checks = _checks(case, exchanges[-1])
        try:
            case.validate_response(response, checks=checks, additional_checks=[contract], recorder=recorder)
        except FailureGroup as group:
            problems += [
                Problem(_RULES[failure.checks[0]], failure.title, short(" ".join(failure.message.split())))
                for failure in group.exceptions
            ]
        self.found.append((_operation_id(case), problems, _story(exchanges)))

    def _problems(self, case: Any, exchange: Exchange) -> list[Problem]:
        expectation = self.bench.contract.expect(_operation_id(case), exchange.request)
        return self.bench.contract.problems(_operation_id(case), exchange, expectation)


def _operation_id(case: Any) -> str:
    return str(case.operation.definition.raw["operationId"])


def _story(exchanges: list[Exchange]) -> tuple[Exchange, ...]:
    """Of all that was sent, what named the same conversation or agent as the last request, or answered with it."""
    last = exchanges[-1]
    names = set(_ID.findall(last.request.path))
    return (*(e for e in exchanges[:-1] if names & _names(e)), last)


def _names(exchange: Exchange) -> set[str]:
    answered = exchange.reply.content[:200].decode(errors="replace") if exchange.reply else ""
    made = answered if exchange.request.method == "POST" else ""
    return set(_ID.findall(exchange.request.path + made))


def _checks(case: Any, exchange: Exchange) -> list[Any]:
    """The checks that know of earlier steps.

    A 404 is no surprise where the request names more than the id, or asks for a stream that nobody started (STATUS-7).
    """
    bare = not exchange.request.query and exchange.request.body is None and _operation_id(case) != _OF_A_RUN
    return [use_after_free, ensure_resource_availability] if bare else [use_after_free]


def _as_httpx(exchange: Exchange) -> httpx.Response:
    assert exchange.reply is not None
    reply = exchange.reply
    coded = ("content-encoding", "content-length", "transfer-encoding")
    headers = [(name, value) for name, value in reply.headers if name not in coded]
    request = httpx.Request(exchange.request.method, exchange.base_url + exchange.request.target)
    response = httpx.Response(reply.status, headers=headers, content=reply.content, request=request)
    response.elapsed = timedelta(seconds=reply.seconds)
    return response
