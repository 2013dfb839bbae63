"""What a case works with: the target, the contract, the agent, and conversations that are cleared away afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from . import halt
from .agent import Agent
from .belongings import FOREIGN, Belongings, Trespass
from .case import Row
from .contract import Contract
from .exchange import Exchange
from .expectation import MODELS, REFUSALS, Expectation, Kind
from .interruption import Interruption
from .problem import Problem, short
from .prompts import Prompts
from .reply import EVENT_STREAM
from .request import Request, request
from .target import Target
from .verdict import Verdict

if TYPE_CHECKING:
    from .generator import Generator
    from .linked import Found
    from .permission import Permission

T = TypeVar("T")
SEQUENCES = 13
ACCEPTED = Expectation(Kind.ACCEPT, frozenset({200}), "the request is valid", "TOL-11")
MADE_UP = {*MODELS, "context_window_limit"}  # what a server may not have
_BEHIND = frozenset({502, 503, 504})  # a 500 may be the server's own
_UNPAID = "nobody pays for the model: 402"
_SHOWN = 4  # requests of a case that a failure shows
_CHANGING = ("update_conversation", "delete_conversation", "send_conversation_message")
_MAKERS = ("create_conversation", "fork_conversation")


class Refused(Exception):  # noqa: N818  # not an error of ours: what it was needed for is not judged
    """The server refused a valid request for what it names, as it may (TOL-12, TOL-13)."""


class BrokenFixture(Exception):  # noqa: N818  # not an error of ours: it fails the case
    """The server did not make what a case needs before it can judge."""

    def __init__(self, problem: Problem, exchange: Exchange) -> None:
        super().__init__(problem.actual)
        self.problem = problem
        self.exchange = exchange

    @property
    def status(self) -> int:
        """The status that came instead; 0 without an answer."""
        return self.exchange.status


class Bench:
    """One run's workplace. Everything that the run makes on the target is known here, and cleared at its end."""

    def __init__(
        self,
        target: Target,
        contract: Contract,
        agent: Agent,
        *,
        seed: int,
        stateless: bool = False,
        prompts: Prompts | None = None,
        permission: Permission | None = None,
    ) -> None:
        self.permission = permission
        self.prompts = prompts or Prompts()
        self.target = target
        self.contract = contract
        self.agent = agent
        self.seed = seed
        self.stateless = stateless
        self.answered = 0
        self.last: Exchange | None = None
        self.trail: list[Exchange] = []  # what the present case has sent, for its failures to show
        self.attempt = 0  # a case that is repeated finds nothing of what earlier attempts shared
        self.interruption = Interruption()
        self._made: dict[str, None] = {}
        self._shared: dict[tuple[int, str], Any] = {}
        self._sequences: dict[int, list[Found]] = {}
        self._kept: set[str] = set()
        self._belongings = Belongings(agent, contract)
        target.listener = self._heard

    @cached_property
    def generator(self) -> Generator:
        """Requests drawn from the document by the run's seed."""
        from .generator import Generator

        return Generator(self.contract.document, self.seed)

    def reseed(self, seed: int) -> None:
        """Draw from another seed from now on."""
        self.seed = self.generator.seed = seed
        self._sequences.clear()

    @property
    def sequences(self) -> list[Found]:
        """What the run's sequences along the document's links found; they run once an attempt, for all operations."""
        from .linked import explore

        if self.attempt not in self._sequences:
            self._sequences[self.attempt] = explore(self, self.generator, SEQUENCES)
        return self._sequences[self.attempt]

    def send(self, request: Request) -> Exchange:
        """One round trip.

        Raises Trespass, and sends nothing, where it would change what is not ours; TargetGone where the server takes
        no connection; Limited where a rate limit does not end; KeyboardInterrupt where the run was interrupted, however
        little came of it.
        """
        self.interruption.check()
        self._permit(request)
        with self.interruption.postponed() if self.contract.operation_of(request) in _MAKERS else nullcontext():
            exchange = self.target.send(request)
        halt.check(exchange, self.target, self.contract)
        return exchange

    def call(
        self,
        operation_id: str,
        conversation_id: str | None = None,
        *,
        query: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
        body: Any = None,
    ) -> Exchange:
        """One request of an operation, on a conversation (or agent, for summarize) where it has one in its path."""
        return self.send(self.request(operation_id, conversation_id, query=query, body=body))

    def request(
        self,
        operation_id: str,
        id: str | None = None,  # noqa: A002  # what the path has
        *,
        query: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
        body: Any = None,
    ) -> Request:
        """The request that `call` would send."""
        operation = self.contract.operations[operation_id]
        path = {} if id is None else dict.fromkeys(operation.parameters("path"), id)
        return request(operation.method, operation.path, path=path, query=query, body=body)

    def conversation(self, **fields: Any) -> str:
        """The id of a conversation made just now. Raises BrokenFixture where the server makes none."""
        exchange = self.call("create_conversation", query={"agent_id": self.agent.id}, body=fields or None)
        id_ = _made_id(exchange)
        if id_ is None:
            expectation = self.contract.expect("create_conversation", exchange.request)
            problems = self.contract.problems("create_conversation", exchange, expectation)
            reply = exchange.reply
            fallback = Problem("OP-1", "200 with a Conversation", str(reply.status) if reply else "no answer")
            raise BrokenFixture(problems[0] if problems else fallback, exchange)
        return id_

    def ok(
        self,
        operation_id: str,
        conversation_id: str | None = None,
        *,
        query: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
        body: Any = None,
    ) -> Any:
        """The JSON of an answer that must be 200 and as documented; None of an event stream.

        Raises Refused where the body names a model or a size of its context, which a server may not have, and the
        answer is a documented refusal, where what is behind the server failed, and where nobody pays for its model;
        BrokenFixture where the answer is anything else.
        """
        exchange = self.call(operation_id, conversation_id, query=query, body=body)
        documented = REFUSALS & set(self.contract.operations[operation_id].statuses)
        if exchange.status in documented and MADE_UP & set(body or ()):
            raise Refused(f"{', '.join(sorted(MADE_UP & set(body)))} refused with {exchange.status}")
        if self._unpaid(operation_id, exchange):
            raise Refused(_UNPAID)
        problems = self.contract.problems(operation_id, exchange, ACCEPTED)
        if problems:
            raise BrokenFixture(problems[0], exchange)
        assert exchange.reply is not None
        if exchange.status in _BEHIND:
            raise Refused(f"what is behind the server failed: {exchange.status}")
        if exchange.status != 200:
            raise BrokenFixture(Problem("STATE-48", f"200: {ACCEPTED.why}", str(exchange.status)), exchange)
        return None if exchange.reply.media_type == EVENT_STREAM else exchange.reply.json

    def needed(self, found: T, rule: str, expected: str) -> T:
        """What a case found in the last answer and builds on. Raises BrokenFixture where that is nothing."""
        if found or self.last is None:
            return found
        raise BrokenFixture(Problem(rule, expected, "nothing of it"), self.last)

    def check(self, name: str, holds: object, rule: str, expected: object, actual: object) -> Row:
        """A row that passes where `holds` is true; one that failed shows all that the case has sent."""
        if holds:
            return Row(name, Verdict.PASS)
        return Row(name, Verdict.FAIL, short(str(expected)), short(str(actual)), rule, exchanges=self._story())

    def judge(
        self, name: str, operation_id: str, exchange: Exchange, expectation: Expectation | None = None
    ) -> list[Row]:
        """Rows of what is wrong with an answer; one row that passes where nothing is."""
        if expectation is ACCEPTED and self._unpaid(operation_id, exchange):
            return [Row(name, Verdict.UNSUPPORTED, actual=_UNPAID)]
        expectation = expectation or self.contract.expect(operation_id, exchange.request)
        return verdict_on(name, self.contract.problems(operation_id, exchange, expectation), exchange)

    def judge_status(
        self, name: str, operation_id: str, exchange: Exchange, expectation: Expectation, *, story: bool = False
    ) -> list[Row]:
        """The same for the status alone, as bodies have cases of their own; with `story`, what led there shows too."""
        problems = self.contract.status_problems(operation_id, exchange, expectation)
        return verdict_on(name, problems, *(self._story() if story else [exchange]))

    def _unpaid(self, operation_id: str, exchange: Exchange) -> bool:
        """Whether the server asks no model for want of credit, as it may (STATUS-8, TOL-13)."""
        documented = 402 in self.contract.operations[operation_id].statuses
        return exchange.status == 402 and documented and not self.contract.body_problems(operation_id, exchange)

    def _story(self) -> tuple[Exchange, ...]:
        """What the case has sent last, each request once."""
        return tuple({exchange.request: exchange for exchange in self.trail[-_SHOWN:]}.values())

    def conversation_for(self, operation_id: str) -> str:
        """A conversation of its own for an operation that would change it for others; for any other, one of all."""
        if operation_id in _CHANGING:
            return self.conversation()
        return self.shared("any", self.conversation)

    def shared(self, name: str, make: Callable[[], T]) -> T:
        """Something that several cases only read, made once; its conversations stay until the run's end."""
        key = (self.attempt, name)
        if key not in self._shared:
            before = set(self._made)
            self._shared[key] = make()
            self._kept |= set(self._made) - before
        found: T = self._shared[key]
        return found

    def clear(self, *, spare: int = 0, everything: bool = False) -> list[str]:
        """Delete what was made (at the end, what is shared, too), but for the newest `spare` conversations.

        Answers the ids that would not go.
        """
        left = []
        doomed = [id_ for id_ in self._made if everything or id_ not in self._kept]
        for id_ in doomed[: max(0, len(doomed) - spare)]:
            exchange = self.target.send(self.request("delete_conversation", id_))
            if exchange.status == 404 or 0 < exchange.status < 300:
                self._made.pop(id_, None)
            else:
                left.append(id_)
        return left

    def _permit(self, request: Request) -> None:
        reason = self.permission.refusal(request, self.contract) if self.permission else ""
        if not reason and self._belongings.trespass(request, self.agent):
            reason = FOREIGN.format(self.agent.id)
        if reason:
            raise Trespass(reason)

    def _heard(self, exchange: Exchange) -> None:
        if exchange.fault is not None and exchange.fault.refused:
            return
        self.answered += 1
        self.last = exchange
        self.trail.append(exchange)
        operation_id = self.contract.operation_of(exchange.request)
        if operation_id in _MAKERS:
            id_ = _made_id(exchange)
            if id_ is not None and self._belongings.add(id_, everybodys=self.stateless):
                self._made[id_] = None
        elif operation_id == "list_conversations":
            self._belongings.see(exchange)
        elif operation_id == "delete_conversation" and exchange.reply is not None and exchange.reply.status < 300:
            self._made.pop(exchange.request.path.rsplit("/", 1)[1], None)


def verdict_on(name: str, problems: Iterable[Problem], *exchanges: Exchange) -> list[Row]:
    """A failed row for every problem; one row that passes where there is none."""
    return failed(name, problems, *exchanges) or [Row(name, Verdict.PASS)]


def failed(name: str, problems: Iterable[Problem], *exchanges: Exchange) -> list[Row]:
    """A failed row for every problem."""
    return [Row(name, Verdict.FAIL, p.expected, p.actual, p.rule, p.cause, exchanges) for p in problems]


def _made_id(exchange: Exchange) -> str | None:
    if exchange.reply is None or exchange.reply.status >= 300:
        return None
    with suppress(ValueError, KeyError, TypeError):
        id_ = exchange.reply.json["id"]
        return id_ if isinstance(id_, str) else None
    return None
