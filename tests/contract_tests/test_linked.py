from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.halt import TargetGone
from letta_contract.contract_tests.linked import Found, explore

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from .server import Server
    from .tampered import Answer, Call

SEQUENCES = 12


def walk(bench: Bench) -> list[Found]:
    return explore(bench, bench.generator, SEQUENCES)


def rules(found: list[Found]) -> Counter[str]:
    return Counter(problem.rule for _, problems, _ in found for problem in problems)


def test_sequences_follow_what_was_made(bench: Bench, server: Server) -> None:
    """What create answered, later steps ask for; on an unbroken server all is right."""
    found = walk(bench)
    assert rules(found) == Counter()
    operations = [operation for operation, _, _ in found]
    assert len(operations) > SEQUENCES
    assert len(set(operations)) > 3
    assert any(id_ in call.path for call in server.app.calls for id_ in bench._made)


def test_same_seed_walks_the_same_ways(bench: Bench, server: Server) -> None:
    """Twice the same requests, up to the ids that the server made."""
    walks = []
    for _ in range(2):
        server.app.calls = []
        walk(bench)
        walks.append(with_numbers("\n".join(f"{c.method} {c.path}?{c.query} {c.body!r}" for c in server.app.calls)))
        bench.clear(everything=True)
    assert walks[0] == walks[1]


def with_numbers(text: str) -> str:
    """The text with each id replaced by the place of its first appearance."""
    seen: dict[str, str] = {}
    return re.sub(r"(conv|run|message)-[0-9a-f-]{36}", lambda match: seen.setdefault(match[0], f"#{len(seen)}"), text)


def test_each_step_shows_what_led_to_it(bench: Bench) -> None:
    """A step comes with the requests before it that name the same conversation, its own last."""
    stories = [exchanges for _, _, exchanges in walk(bench) if len(exchanges) > 1]
    assert stories
    for *before, last in stories:
        id_ = last.request.path.split("/")[3]
        assert all(id_ in e.request.path or id_ in e.reply.content.decode() for e in before if e.reply)


def found_by_some_seed(bench: Bench, rule: str) -> bool:
    """Whether one of some walks breaks the rule; which of them does, changes with the document and what is made."""
    for seed in range(16):
        bench.reseed(seed)
        if rules(walk(bench))[rule]:
            return True
    return False


def test_server_that_forgets_is_found(bench: Bench, server: Server) -> None:
    """What was made a moment ago must be there (STATE-1)."""

    def forgets(call: Call, answer: Answer) -> Answer:
        return answer.but(status=404, json={"detail": "No"}) if call.of_one_conversation else answer

    server.app.change = forgets
    assert found_by_some_seed(bench, "STATE-1")


def test_server_that_keeps_what_was_deleted_is_found(bench: Bench, server: Server) -> None:
    """What was deleted must not be there any more (STATE-19)."""

    def keeps(call: Call, answer: Answer) -> Answer:
        body = {"id": call.path.split("/")[3], "agent_id": bench.agent.id} if call.of_one_conversation else None
        return answer.but(status=200, json=body) if body and answer.status == 404 else answer

    server.app.change = keeps
    assert found_by_some_seed(bench, "STATE-19")


def test_wrong_answers_on_the_way_are_found(bench: Bench, server: Server) -> None:
    """Every step is judged as any other request is."""
    server.app.change = lambda call, answer: answer.but(status=500) if call.method == "PATCH" else answer
    found = walk(bench)
    assert {operation for operation, problems, _ in found if problems} == {"update_conversation"}
    assert set(rules(found)) == {"STATE-48"}


def test_step_without_an_answer_is_a_problem(bench: Bench, server: Server) -> None:
    """A connection that is closed midway fails the step, and the sequence ends there."""
    server.app.change = lambda call, answer: answer.but(kept=0) if call.method == "POST" else answer
    found = walk(bench)
    assert found
    assert {problem.expected for _, problems, _ in found for problem in problems} == {"a whole answer"}


def test_server_that_goes_ends_the_walk(bench: Bench) -> None:
    """Where no connection is taken any more, there is nothing to go on with."""
    bench.target._url = bench.target._url.copy_with(port=1)
    with pytest.raises(TargetGone):
        walk(bench)


def test_nothing_of_others_is_changed(bench: Bench, server: Server) -> None:
    """What a list shows is not written to, whatever is drawn."""
    listed = {item["id"] for item in bench.ok("list_conversations", query={"limit": 1000})}
    server.app.calls = []
    walk(bench)
    written = {call.path.split("/")[3] for call in server.app.calls if call.method not in ("GET", "PUT")}
    assert not written & listed
