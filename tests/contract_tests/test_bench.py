"""What a case does at its bench: makes, clears away, and judges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from letta_contract.contract_tests.agent import Agent
from letta_contract.contract_tests.belongings import Trespass
from letta_contract.contract_tests.bench import Bench, BrokenFixture, Refused
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.exchange import Exchange, Reply
from letta_contract.contract_tests.expectation import Expectation, Kind
from letta_contract.contract_tests.halt import TargetGone
from letta_contract.contract_tests.request import request
from letta_contract.contract_tests.target import Target
from letta_contract.contract_tests.verdict import Verdict

if TYPE_CHECKING:
    from .server import Server
    from .tampered import Answer, Call

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"
FOREIGN = "conv-6d1688e5-ab7a-454e-81fd-4f9acbd1e2a6"
DOCUMENTED = "conv-123e4567-e89b-42d3-8456-426614174000"


def asked(server: Server, method: str) -> list[str]:
    return [call.path for call in server.app.calls if call.method == method]


class TestMaking:
    def test_conversation_is_made_with_the_agent(self, bench: Bench, server: Server) -> None:
        """A conversation of the run belongs to the run's agent and has the wanted fields."""
        id_ = bench.conversation(summary="A trip")
        shown = bench.ok("retrieve_conversation", id_)
        assert (shown["id"], shown["agent_id"], shown["summary"]) == (id_, AGENT, "A trip")
        assert server.app.calls[0].query == f"agent_id={AGENT}"

    def test_no_conversation_is_told_by_what_is_wrong(self, bench: Bench, server: Server) -> None:
        """Where the server makes none, the breach of its answer is the problem of the case."""
        server.app.change = lambda _, answer: answer.but(status=500, json={"detail": "Oops"})
        with pytest.raises(BrokenFixture) as caught:
            bench.conversation()
        assert caught.value.problem.rule == "STATE-48"
        assert caught.value.exchange.request.method == "POST"

    def test_documented_refusal_is_no_conversation(self, bench: Bench, server: Server) -> None:
        """A refusal that the document knows still leaves the case without what it needs."""
        server.app.change = lambda _, answer: answer.but(status=404, json={"detail": "No agent"})
        with pytest.raises(BrokenFixture) as caught:
            bench.conversation()
        assert (caught.value.problem.expected, caught.value.problem.actual) == ("200 with a Conversation", "404")

    @pytest.mark.parametrize(("status", "raised"), [(502, Refused), (503, Refused), (500, BrokenFixture)])
    def test_failure_behind_the_server_is_none_of_its_own(
        self, bench: Bench, server: Server, status: int, raised: type[Exception]
    ) -> None:
        """Where a model behind the server is down, what needs one is not judged; a 500 may be the server's own."""
        id_ = bench.conversation()
        server.app.change = lambda _, answer: answer.but(status=status, json={"detail": "No model"})
        with pytest.raises(raised):
            bench.ok("send_conversation_message", id_, body={"input": "Say hello.", "streaming": False})

    def test_answer_must_be_200_and_as_documented(self, bench: Bench, server: Server) -> None:
        """What a case builds on is checked before it does."""
        id_ = bench.conversation()
        assert bench.ok("list_conversation_messages", id_, query={"limit": 1})
        with pytest.raises(BrokenFixture):
            bench.ok("retrieve_conversation", DOCUMENTED[:-1] + "1")
        server.app.change = lambda _, answer: answer.but(json={"id": 7})
        with pytest.raises(BrokenFixture) as caught:
            bench.ok("retrieve_conversation", id_)
        assert caught.value.problem.rule == "OP-3"

    def test_what_a_case_builds_on_must_be_there(self, bench: Bench) -> None:
        """Where an answer lacks what the case goes on with, it fails by that answer; else it is handed on."""
        id_ = bench.conversation()
        assert bench.needed([id_], "STATE-39", "what was sent") == [id_]
        with pytest.raises(BrokenFixture) as caught:
            bench.needed([], "STATE-39", "what was sent")
        assert (caught.value.problem.rule, caught.value.problem.expected) == ("STATE-39", "what was sent")
        assert caught.value.exchange is bench.last


class TestClearing:
    def test_what_was_made_is_deleted(self, bench: Bench, server: Server) -> None:
        """Created and forked conversations are gone after clearing, once each; nothing is left."""
        made = [bench.conversation(), bench.conversation()]
        made.append(bench.ok("fork_conversation", made[0])["id"])
        assert bench.clear() == []
        assert asked(server, "DELETE") == [f"/v1/conversations/{id_}" for id_ in made]
        assert bench.clear() == []
        assert len(asked(server, "DELETE")) == 3

    def test_what_the_case_deleted_is_not_deleted_again(self, bench: Bench, server: Server) -> None:
        """Only what is still there is cleared away."""
        bench.ok("delete_conversation", bench.conversation())
        bench.clear()
        assert len(asked(server, "DELETE")) == 1

    @pytest.mark.parametrize("status", [300, 307, 400])
    def test_only_success_deletes(self, bench: Bench, server: Server, status: int) -> None:
        """Whatever else a delete answers, the conversation is still there."""
        id_ = bench.conversation()
        server.app.change = lambda _, answer: answer.but(status=status)
        assert bench.clear() == [id_]

    def test_what_will_not_go_is_told_and_tried_again(self, bench: Bench, server: Server) -> None:
        """An id that could not be deleted is answered; one that is gone already counts as deleted."""
        stays, goes = bench.conversation(), bench.conversation()

        def change(call: Call, answer: Answer) -> Answer:
            refused = answer.but(status=500 if stays in call.path else 404, json={"detail": "No"})
            return refused if call.method == "DELETE" else answer

        server.app.change = change
        assert bench.clear() == [stays]
        server.app.change = lambda _, answer: answer
        assert bench.clear() == []
        assert [path.rsplit("/", 1)[1] for path in asked(server, "DELETE")] == [stays, goes, stays]

    def test_shared_things_stay_until_the_end(self, bench: Bench, server: Server) -> None:
        """What several cases read is made once, and cleared with everything."""
        shared = bench.shared("one", bench.conversation)
        own = bench.conversation()
        assert bench.shared("one", bench.conversation) == shared
        assert bench.shared("another", bench.conversation) != shared
        bench.clear()
        assert asked(server, "DELETE") == [f"/v1/conversations/{own}"]
        assert bench.clear(everything=True) == []
        assert len(asked(server, "DELETE")) == 3

    def test_the_newest_may_stay_for_a_while(self, bench: Bench, server: Server) -> None:
        """As many conversations as a later case needs are spared: the newest, until the end."""
        made = [bench.conversation() for _ in range(5)]
        bench.clear(spare=3)
        assert asked(server, "DELETE") == [f"/v1/conversations/{id_}" for id_ in made[:2]]
        bench.clear(spare=7)
        assert len(asked(server, "DELETE")) == 2
        bench.clear(everything=True)
        assert len(asked(server, "DELETE")) == 5

    def test_what_was_there_before_was_not_made(self, bench: Bench, server: Server) -> None:
        """A create that answers someone's conversation does not make it the run's, to be deleted in the end."""
        bench.call("list_conversations")
        known = {"id": FOREIGN, "agent_id": AGENT}
        server.app.change = lambda call, answer: answer.but(json=known) if call.method == "POST" else answer
        assert bench.conversation() == FOREIGN
        assert bench.clear(everything=True) == []
        assert asked(server, "DELETE") == []
        with pytest.raises(Trespass):
            bench.call("update_conversation", FOREIGN, body={})

    def test_one_example_is_everybodys_without_memory(self, target: Target, contract: Contract) -> None:
        """A server that answers the documentation's conversation to every create is judged on it."""
        agent = Agent(AGENT, writable=True, origin="given")
        bench = Bench(target, contract, agent, seed=0, stateless=True)
        exchange = Exchange(bench.request("create_conversation"), Reply(200, (), b'{"id": "%s"}' % DOCUMENTED.encode()))
        bench.target.listener(exchange)
        assert bench.call("cancel_conversation", DOCUMENTED).reply is not None

    def test_any_2xx_of_create_makes_something(self, bench: Bench, server: Server) -> None:
        """A conversation that came with a wrong status is cleared away as well."""
        server.app.change = lambda call, answer: answer.but(status=201) if call.method == "POST" else answer
        id_ = bench.conversation()
        bench.clear()
        assert asked(server, "DELETE") == [f"/v1/conversations/{id_}"]


class TestJudging:
    def test_one_row_passes_where_nothing_is_wrong(self, bench: Bench) -> None:
        """A value that was answered rightly is one row."""
        (row,) = bench.judge("a list", "list_conversations", bench.call("list_conversations"))
        assert (row.name, row.verdict) == ("a list", Verdict.PASS)

    def test_every_problem_is_a_row(self, bench: Bench, server: Server) -> None:
        """Each thing that is wrong is told with what was sent."""
        server.app.change = lambda _, answer: answer.but(status=401, body=b"", media="text/plain")
        exchange = bench.call("list_conversations")
        rows = bench.judge("a list", "list_conversations", exchange)
        assert [(row.rule, row.verdict, row.exchanges) for row in rows] == [
            ("TOL-11", Verdict.FAIL, (exchange,)),
            ("STATUS-11", Verdict.FAIL, (exchange,)),
        ]

    def test_status_is_judged_alone(self, bench: Bench, server: Server) -> None:
        """Where the body has a case of its own, it is not looked at."""
        server.app.change = lambda _, answer: answer.but(body=b"", media="text/plain")
        expectation = Expectation(Kind.ACCEPT, frozenset({200}), "why", "TOL-11")
        exchange = bench.call("list_conversations")
        (row,) = bench.judge_status("a list", "list_conversations", exchange, expectation)
        assert row.verdict is Verdict.PASS

    def test_check_shows_what_led_there(self, bench: Bench) -> None:
        """A rule that does not hold is shown with the last requests of the case, each once."""
        assert bench.check("ids", holds=True, rule="R", expected=1, actual=1).exchanges == ()
        for limit in (1, 2, 3, 4, 5, 5):
            bench.call("list_conversations", query={"limit": limit})
        row = bench.check("ids", holds=[], rule="STATE-21", expected=[1], actual=[2])
        assert (row.verdict, row.rule, row.expected, row.actual) == (Verdict.FAIL, "STATE-21", "[1]", "[2]")
        assert [exchange.request.query for exchange in row.exchanges] == ["limit=3", "limit=4", "limit=5"]

    def test_server_that_is_gone_ends_the_run(self, contract: Contract) -> None:
        """A refused connection is no answer to judge, and not counted as one."""
        with Target("http://127.0.0.1:1") as target:
            bench = Bench(target, contract, Agent(AGENT, writable=True, origin="given"), seed=0)
            with pytest.raises(TargetGone):
                bench.call("list_conversations")
        assert (bench.answered, bench.last) == (0, None)

    def test_answers_are_counted(self, bench: Bench) -> None:
        """How many requests were answered, and the last of them, is known."""
        exchange = [bench.call("list_conversations") for _ in range(3)][-1]
        assert (bench.answered, bench.last) == (3, exchange)


def test_path_takes_the_id_of_its_operation(bench: Bench) -> None:
    """One raw id fills the path, whichever it asks for, encoded."""
    assert bench.request("summarize_messages", "a b").path == "/v1/agents/a%20b/summarize"
    assert bench.request("retrieve_conversation", "a/b") == request("GET", "/v1/conversations/a%2Fb")
    assert bench.request("list_conversations", query=[("a", 1)]).target == "/v1/conversations/?a=1"


def test_another_seed_draws_anew(bench: Bench) -> None:
    """What is drawn belongs to the seed that was set last."""
    assert bench.generator.seed == 0
    bench.reseed(7)
    assert (bench.generator.seed, bench.seed) == (7, 7)
