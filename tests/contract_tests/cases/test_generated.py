from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from letta_contract.contract_tests.belongings import Trespass
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Row
from letta_contract.contract_tests.cases import generated
from letta_contract.contract_tests.exchange import Exchange
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.verdict import Verdict

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from tests.contract_tests.server import Server

EXAMPLES = "update_conversation/documented-examples"
DOCUMENTED = "conv-123e4567-e89b-42d3-8456-426614174000"
Tried = Callable[[str], list[Row]]


@pytest.fixture
def drawn(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Row]]:
    """Rows of a few drawn requests."""
    monkeypatch.setattr(generated, "_COUNT", 10)
    operation = bench.contract.operations["update_conversation"]
    _, case = generated.cases([operation])
    assert case.id == "update_conversation/generated-requests"
    return lambda: list(case.run(bench))


def test_unbroken_server_passes(drawn: Callable[[], list[Row]]) -> None:
    """Whatever is drawn, the mock answers it rightly."""
    rows = drawn()
    assert len(rows) > 5
    assert {row.verdict for row in rows} == {Verdict.PASS}


def test_wrong_status_of_a_drawn_request_is_found(drawn: Callable[[], list[Row]], server: Server) -> None:
    """A server that fails on what it is sent is found, with a request that shows it."""
    server.app.change = lambda call, answer: answer.but(status=500) if call.method == "PATCH" else answer
    rows = [row for row in drawn() if row.verdict is Verdict.FAIL]
    assert rows
    assert {row.rule for row in rows} == {"STATE-48"}
    assert all(row.exchanges[0].request.method == "PATCH" for row in rows)


def test_server_that_accepts_anything_is_found(drawn: Callable[[], list[Row]], server: Server) -> None:
    """What breaks the document and is accepted all the same is found; what is valid is not blamed."""
    known = {"id": DOCUMENTED, "agent_id": "a"}
    server.app.change = lambda call, answer: answer.but(status=200, json=known) if call.method == "PATCH" else answer
    rows = drawn()
    assert {row.rule for row in rows if row.verdict is Verdict.FAIL} == {"ORDER-4"}
    assert any(row.verdict is Verdict.PASS for row in rows)


def test_ids_of_the_documentation_become_ones_own(tried: Tried, server: Server) -> None:
    """An example that names a conversation is sent for one of the run's own, so that it does not end at a 404."""
    rows = tried(EXAMPLES)
    assert rows
    assert {row.verdict for row in rows} == {Verdict.PASS}
    patched = [call for call in server.app.calls if call.method == "PATCH"]
    assert len(patched) == len(rows)
    assert {call.of_one_conversation for call in patched} == {True}
    assert DOCUMENTED not in {call.path.rsplit("/", 1)[1] for call in patched}


def test_refused_example_is_found(tried: Tried, server: Server) -> None:
    """An example of the document is valid, and a server that refuses it is wrong."""
    server.app.change = lambda call, answer: answer.but(status=422) if call.method == "PATCH" else answer
    assert {row.rule for row in tried(EXAMPLES) if row.verdict is Verdict.FAIL} == {"TOL-11"}


def test_operation_without_examples_is_skipped(tried: Tried, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the document gives none, there is nothing to send."""
    monkeypatch.setattr(bench.generator, "examples", lambda _: [])
    assert [row.verdict for row in tried("list_conversations/documented-examples")] == [Verdict.SKIP]


def test_trespass_is_skipped_request_by_request(bench: Bench, tried: Tried, monkeypatch: pytest.MonkeyPatch) -> None:
    """A drawn request that would change what is not ours is left out, and the others are sent."""
    send = bench.send

    def guarded(request: Request) -> Exchange:
        if b"summary" in (request.body or b""):
            raise Trespass("someone else's")
        return send(request)

    monkeypatch.setattr(bench, "send", guarded)
    assert {row.verdict for row in tried(EXAMPLES)} == {Verdict.PASS, Verdict.SKIP}
