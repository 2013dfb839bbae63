from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Case, Row
from letta_contract.contract_tests.cases import generated, linked
from letta_contract.contract_tests.exchange import Exchange
from letta_contract.contract_tests.fuzzing import hunt
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.verdict import Verdict

if TYPE_CHECKING:
    from .server import Server
    from .tampered import Answer, Call

Rows = Callable[[Bench], Iterator[Row]]


@pytest.fixture
def hunting(monkeypatch: pytest.MonkeyPatch) -> Callable[[Rows, Rows], None]:
    """Puts one case in place of those of each of the generating modules."""

    def stub(first: Rows, second: Rows) -> None:
        for module, slug, rows in ((generated, "generated", first), (linked, "linked", second)):
            case = Case("list_conversations", slug, "It must.", "OP-2", rows)
            monkeypatch.setattr(module, "cases", lambda _operations, case=case: iter([case]))

    return stub


def passing(_: Bench) -> Iterator[Row]:
    yield Row("a", Verdict.PASS)


def failed(text: str, cause: str, rule: str = "OP-2") -> Row:
    request = Request("POST", "/", body=text.encode())
    return Row(text, Verdict.FAIL, "this", "that", rule, cause, (Exchange(request, None),))


def test_one_round_is_whole_however_short_the_time(bench: Bench, hunting: Any) -> None:
    """Every case is run at least once, and announced."""
    announced: list[str] = []
    hunting(passing, passing)
    results = list(hunt(bench, 0, lambda case: announced.append(case.slug)))
    assert [(result.case.slug, result.verdict) for result in results] == [
        ("generated", Verdict.PASS),
        ("linked", Verdict.PASS),
    ]
    assert announced == ["generated", "linked"]


def test_rounds_go_on_with_other_seeds(bench: Bench, hunting: Any) -> None:
    """Each round draws from the next seed, and what all of them found is one result."""
    seeds: list[int] = []

    def noting(bench: Bench) -> Iterator[Row]:
        seeds.append(bench.seed)
        yield failed(f"seed {bench.seed}", f"cause {bench.seed}")

    hunting(noting, passing)
    first, second = hunt(bench, 0.5)
    assert len(seeds) > 1
    assert seeds == list(range(len(seeds)))
    assert {row.cause for row in first.rows} == {f"cause {seed}" for seed in seeds}
    assert [row.verdict for row in second.rows] == [Verdict.PASS]
    assert first.seconds > 0


def test_each_failure_is_kept_once_and_small(bench: Bench, hunting: Any) -> None:
    """Of failures with one cause, the one with the smallest request is told; another rule is another failure."""
    rounds = iter([[failed("long one", "x")], [failed("short", "x"), failed("short", "x", "OP-1")]])

    def finding(_: Bench) -> Iterator[Row]:
        yield from next(rounds, [failed("the longest of them", "x"), failed("another", "y")])
        yield Row("a", Verdict.PASS)

    hunting(finding, passing)
    first, _ = hunt(bench, 0.1)
    found = {(row.rule, row.cause, row.name) for row in first.rows if row.verdict is Verdict.FAIL}
    assert found == {("OP-2", "x", "short"), ("OP-1", "x", "short"), ("OP-2", "y", "another")}
    assert sum(row.verdict is Verdict.PASS for row in first.rows) == 1


def test_dead_server_ends_the_hunt(bench: Bench, server: Server, hunting: Any) -> None:
    """Where the server has died there is nothing to go on with, however much time is left."""
    url = bench.target._url

    def change(_: Call, answer: Answer) -> Answer:
        bench.target._url = url.copy_with(port=1)
        return answer

    def asking(bench: Bench) -> Iterator[Row]:
        bench.call("list_conversations")
        yield Row("a", Verdict.PASS)

    server.app.change = change
    hunting(asking, asking)
    first, second = hunt(bench, 3600)
    bench.target._url = url
    assert (first.verdict, first.rows[-1].name) == (Verdict.FAIL, "the last request")
    assert (second.verdict, second.reason) == (Verdict.SKIP, "the server is gone")


def test_interruption_tells_what_was_found(bench: Bench, hunting: Any) -> None:
    """Whoever has seen enough of an hour's hunt loses nothing of it."""
    rounds = iter([passing, passing])

    def tired(_: Bench) -> Iterator[Row]:
        if next(rounds, None) is None:
            raise KeyboardInterrupt
        yield failed("a", "x")

    hunting(tired, passing)
    first, second = hunt(bench, 3600)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS)


def test_cases_are_those_that_draw(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawn requests and sequences of every operation are hunted with, nothing else."""
    ran: list[str] = []
    monkeypatch.setattr("letta_contract.contract_tests.fuzzing.run", lambda cases, *_, **__: ran.extend(cases) or [])
    assert list(hunt(bench, 0)) == []
    slugs = {case.slug for case in ran}  # type: ignore[attr-defined]
    assert {"generated-requests", "linked-sequences"} <= slugs
    assert {case.operation for case in ran} == set(bench.contract.operations)  # type: ignore[attr-defined]
