"""What a server must refuse once it has what it may lack (CONTRACT.md, TOL-10, ERR-3)."""

from __future__ import annotations

from letta_contract.contract_tests.bench import Bench, verdict_on
from letta_contract.contract_tests.case import Row
from letta_contract.contract_tests.exchange import Exchange
from letta_contract.contract_tests.expectation import Expectation, Kind
from letta_contract.contract_tests.loc import locs
from letta_contract.contract_tests.problem import Problem, short


def refused(bench: Bench, name: str, operation_id: str, exchange: Exchange, where: str) -> list[Row]:
    """Rows on a wrong value of something that has an effect here: it is 422, and one loc begins with `where`."""
    expectation = Expectation(Kind.REFUSE, frozenset({422}), f"{name}, which no coercion saves", "TOL-10")
    problems = bench.contract.status_problems(operation_id, exchange, expectation)
    told = locs(exchange)
    if not problems and told and not any(loc[:1] == [where] for loc in told):
        problems = [Problem("ERR-3", f"a loc that begins with {where}", short(str(told), 120))]
    return verdict_on(name, problems, exchange)
