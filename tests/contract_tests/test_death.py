"""Servers that go down in the middle of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Row
from letta_contract.contract_tests.runner import run

from .stubs import PASS, asking, case, verdicts

if TYPE_CHECKING:
    from .server import Server
    from .tampered import Answer, Call


class TestDeath:
    """A server that goes down midway has failed the case whose request it answered last."""

    @pytest.fixture
    def mortal(self, bench: Bench, server: Server) -> Iterator[Callable[[str], None]]:
        """Makes the server refuse connections after the request with this query."""
        base_url = bench.target._url

        def mortal(query: str) -> None:
            def change(call: Call, answer: Answer) -> Answer:
                if call.query == query:
                    bench.target._url = base_url.copy_with(port=1)
                return answer

            server.app.change = change

        yield mortal
        bench.target._url = base_url

    def killing(self, query: str) -> Callable[[Bench], Iterator[Row]]:
        def kill(bench: Bench) -> Iterator[Row]:
            bench.call("list_conversations")
            bench.call("list_conversations", query=[tuple(query.split("="))])
            yield PASS

        return kill

    def test_case_before_the_silence_is_named(self, bench: Bench, mortal: Callable[[str], None]) -> None:
        """Where the next case gets no connection at all, the one before it killed the server."""
        mortal("limit=7")
        cases = [case("a", asking), case("b", self.killing("limit=7")), case("c", asking), case("d", asking)]
        results = list(run(cases, bench))
        assert verdicts(results) == ["a pass", "b fail", "c skip", "d skip"]
        assert results[2].reason == results[3].reason == "the server is gone"
        *_, row = results[1].rows
        assert (row.name, row.rule) == ("the last request", "STATE-48")
        assert [exchange.request.query for exchange in row.exchanges] == ["limit=7"]

    def test_case_that_goes_on_after_it_is_named(self, bench: Bench, mortal: Callable[[str], None]) -> None:
        """Where a case had answers before the connection was refused, it is that case."""

        def twice(bench: Bench) -> Iterator[Row]:
            yield PASS
            bench.call("list_conversations", query={"limit": 7})
            bench.call("list_conversations")

        mortal("limit=7")
        results = list(run([case("a", asking), case("b", twice), case("c", asking)], bench))
        assert verdicts(results) == ["a pass", "b fail", "c skip"]
        assert results[1].rows[-1].exchanges[0].request.query == "limit=7"

    def test_last_case_can_be_the_one(self, bench: Bench, mortal: Callable[[str], None]) -> None:
        """Where nothing comes after the last request, the server is asked whether it is still there."""
        mortal("limit=7")
        results = list(run([case("a", asking), case("b", self.killing("limit=7"))], bench))
        assert verdicts(results) == ["a pass", "b fail"]
        assert results[1].rows[-1].exchanges[0].request.query == "limit=7"

    def test_server_that_was_gone_from_the_start(self, bench: Bench) -> None:
        """Where no case was before, the first is named, without a request."""
        bench.target._url = bench.target._url.copy_with(port=1)
        results = list(run([case("a", asking), case("b", asking)], bench))
        assert verdicts(results) == ["a fail", "b skip"]
        assert results[0].rows[0].exchanges == ()
