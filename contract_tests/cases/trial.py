"""Trials: values on both sides of a constraint, sent together as far as an answer tells of each (TOL-10, ERR-3)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from letta_contract.contract_tests.bench import Bench, failed
from letta_contract.contract_tests.case import Row, Tried
from letta_contract.contract_tests.cases.identifiers import UNKNOWN_AGENT, UNKNOWN_CONVERSATION
from letta_contract.contract_tests.coverage import place
from letta_contract.contract_tests.exchange import Exchange
from letta_contract.contract_tests.expectation import Expectation, Kind
from letta_contract.contract_tests.loc import holds, locs, names
from letta_contract.contract_tests.minimal import tags
from letta_contract.contract_tests.packing import Pointer, crowds, packs
from letta_contract.contract_tests.problem import Problem, short
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.values import Variation
from letta_contract.contract_tests.verdict import Verdict
from letta_contract.spec import Operation


@dataclass(frozen=True)
class Trial:
    """One place (`query` or `body`) of an operation's requests that is varied: `asking` puts a value there.

    `expect` says what a request deserves.
    """

    operation: Operation
    bench: Bench
    where: str
    asking: Callable[[Any], Request]
    expect: Callable[[Request], Expectation]

    def rows(self, tries: Iterable[Variation]) -> Iterator[Row]:
        """A row for each variation.

        What a server must take, or may, is sent together, and alone where that went wrong. What it must refuse is sent
        together, too, but for the first of each place: an answer that names it shows that it is looked at, and what an
        answer does not name is sent again, until it is alone.
        """
        unions = tags(self.operation.body_schema or {})
        sorts: dict[Kind, list[Variation]] = {}
        for variation in tries:
            sort = self.kind(variation.value)
            if sort is Kind.REFUSE or not variation.again:
                sorts.setdefault(sort, []).append(variation)
        singles, others = _first_of_each(sorts.pop(Kind.REFUSE, []))
        singles += yield from self._refused_together(others, unions)
        for sort, alike in sorts.items():
            for value, members in packs(alike, _value, lambda value: self.kind(value) is sort, unions):  # noqa: B023  # used at once
                if len(members) > 1 and self._taken(value, sort):
                    yield from (self._passed(one, sort) for one in members)
                else:
                    singles += members
        for one in singles:
            yield from self.judged(one.label, self.asking(one.value), one.pointer, one.constraint)

    def kind(self, value: Any) -> Kind:
        """What a request with that value deserves."""
        return self.expect(self.asking(value)).kind

    def judged(self, name: str, request: Request, pointer: Pointer, constraint: str = "") -> Iterator[Row]:
        """Judge the status; and of a 422, whether it names what was wrong. `constraint` is the one that was tried."""
        exchange = self.bench.send(request)
        expectation = self.expect(request)
        culprit = [self.where, *pointer]
        problems = self.bench.contract.status_problems(self.operation.id, exchange, expectation)
        if not problems and expectation.kind is Kind.REFUSE:
            problems = self._wrong_loc(exchange, expectation, culprit)
        tried = _tried(culprit, constraint, expectation.kind)
        for row in failed(name, problems, exchange) or [Row(name, Verdict.PASS)]:
            yield replace(row, tried=tried)

    def _passed(self, one: Variation, sort: Kind) -> Row:
        return Row(one.label, Verdict.PASS, tried=_tried([self.where, *one.pointer], one.constraint, sort))

    def _refused_together(
        self, tries: list[Variation], unions: Collection[str]
    ) -> Generator[Row, None, list[Variation]]:
        """A row for each that an answer names among others; returns those that none does."""
        unnamed: list[Variation] = []
        for whole, members in crowds(tries, _value, _pointer, unions):
            told = locs(self.bench.send(self.asking(whole))) if len(members) > 1 else []
            left = [one for one in members if not any(holds(loc, [self.where, *one.pointer]) for loc in told)]
            yield from (self._passed(one, Kind.REFUSE) for one in members if one not in left)
            if len(left) < len(members):
                left = yield from self._refused_together(left, unions)
            unnamed += left
        return unnamed

    def _taken(self, value: Any, sort: Kind) -> bool:
        """Whether several values at once were taken; and not refused by their state, where that may not be."""
        request = self.asking(value)
        exchange = self.bench.send(request)
        if exchange.reply is None or self.bench.contract.status_problems(
            self.operation.id, exchange, self.expect(request)
        ):
            return False
        unknown = UNKNOWN_CONVERSATION in request.target or UNKNOWN_AGENT in request.target
        return sort is Kind.FREE or exchange.reply.status == 200 or (unknown and exchange.reply.status == 404)

    def _wrong_loc(self, exchange: Exchange, expectation: Expectation, culprit: list[str | int]) -> list[Problem]:
        """Whether a 422 of the right shape tells of the culprit or of its nearest parent (ERR-3, TOL-17)."""
        found = locs(exchange)
        if not found or any(names(loc, culprit, self.operation.body_schema) for loc in found):
            return []
        shown = short(", ".join(map(str, found)), 160)
        return [Problem("ERR-3", f"a loc that names {culprit}: {expectation.why}", shown, "loc names another culprit")]


def _first_of_each(tries: list[Variation]) -> tuple[list[Variation], list[Variation]]:
    """What is wrong at a place for the first time; and all else that is wrong."""
    firsts: dict[Pointer, Variation] = {}
    for one in tries:
        if not one.again and one.constraint != "required":
            firsts.setdefault(one.pointer, one)
    return list(firsts.values()), [one for one in tries if firsts.get(one.pointer) is not one]


def _tried(steps: list[str | int], constraint: str, sort: Kind) -> Tried | None:
    return Tried(place(steps), constraint, sort) if constraint else None


def _value(variation: Variation) -> Any:
    return variation.value


def _pointer(variation: Variation) -> Pointer:
    return variation.pointer
