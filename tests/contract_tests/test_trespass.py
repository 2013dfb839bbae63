"""What a bench does not send: what would change what is not ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.contract_tests.agent import Agent
from letta_contract.contract_tests.belongings import Trespass
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.target import Target

if TYPE_CHECKING:
    from .server import Server

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"
OTHER_AGENT = "agent-c5924fae-9356-4d14-aac0-75b10d343913"
FOREIGN = "conv-6d1688e5-ab7a-454e-81fd-4f9acbd1e2a6"
DOCUMENTED = "conv-123e4567-e89b-42d3-8456-426614174000"


@pytest.fixture
def guest(target: Target, contract: Contract) -> Bench:
    """A bench with an agent that is not its own."""
    return Bench(target, contract, Agent(AGENT, writable=False, origin="given"), seed=0)


Sending = Callable[[Bench], Request]


def on(operation_id: str, id_: str | None = None, **more: Any) -> Sending:
    return lambda bench: bench.request(operation_id, id_, **more)


class TestTrespassing:
    @pytest.mark.parametrize(
        "sending",
        [
            pytest.param(on("update_conversation", FOREIGN, body={}), id="a listed conversation"),
            pytest.param(on("delete_conversation", FOREIGN), id="deleting it"),
            pytest.param(on("create_conversation", query={"agent_id": OTHER_AGENT}), id="its agent"),
            pytest.param(on("send_conversation_message", "default", body={"agent_id": OTHER_AGENT}), id="in the body"),
            pytest.param(
                lambda _: Request("DELETE", f"/v1/conversations/{FOREIGN.replace('-', '%2D')}"),
                id="in another spelling",
            ),
        ],
    )
    def test_what_a_list_showed_is_not_changed(self, bench: Bench, server: Server, sending: Sending) -> None:
        """Once a conversation of others was seen, nothing is sent that would change it or its agent."""
        bench.call("list_conversations")
        before = len(server.app.calls)
        with pytest.raises(Trespass):
            bench.send(sending(bench))
        assert len(server.app.calls) == before

    @pytest.mark.parametrize("path", [f"/v1/conversations/{DOCUMENTED}", "/v1/agents/AGENT/summarize"])
    def test_ids_of_the_documentation_may_be_someones(self, target: Target, contract: Contract, path: str) -> None:
        """The ids that examples name are not changed even where no list showed them."""
        bench = Bench(target, contract, Agent(OTHER_AGENT, writable=True, origin="given"), seed=0)
        with pytest.raises(Trespass):
            bench.send(Request("POST", path.replace("AGENT", AGENT)))

    @pytest.mark.parametrize(
        "sending",
        [
            pytest.param(on("summarize_messages", AGENT), id="summarize"),
            pytest.param(on("compact_conversation", AGENT), id="its id as a conversation's"),
            pytest.param(on("cancel_conversation", "default", query={"agent_id": AGENT}), id="default"),
            pytest.param(on("compact_conversation", "default", body={"agent_id": AGENT}), id="default in the body"),
        ],
    )
    def test_agent_itself_is_changed_only_where_it_may(self, bench: Bench, guest: Bench, sending: Sending) -> None:
        """A borrowed agent's own conversation is left alone; one's own agent's is not."""
        with pytest.raises(Trespass) as caught:
            guest.send(sending(guest))
        assert str(caught.value) == f"it would change {AGENT}, which is not ours: pass --allow-agent-writes"
        assert bench.send(sending(bench)).reply is not None

    def test_reading_is_no_trespass(self, guest: Bench) -> None:
        """What changes nothing may be asked about anything."""
        guest.call("list_conversations")
        assert guest.call("retrieve_conversation", FOREIGN).reply is not None
        assert guest.call("list_conversation_messages", AGENT).reply is not None

    @pytest.mark.parametrize(
        "sending",
        [
            pytest.param(on("fork_conversation", AGENT), id="fork"),
            pytest.param(on("fork_conversation", "default", query={"agent_id": AGENT}), id="fork of default"),
            pytest.param(on("retrieve_conversation_stream", AGENT), id="stream"),
            pytest.param(on("recompile_conversation", AGENT, query={"dry_run": True}), id="dry run"),
        ],
    )
    def test_what_leaves_an_agent_as_it_is_may_be_asked(self, guest: Bench, sending: Sending) -> None:
        """A fork, a look at a stream and a dry run change nothing of the agent that they are on."""
        assert guest.send(sending(guest)).reply is not None

    @pytest.mark.parametrize("query", ["", "dry_run=false", "dry_run=true&dry_run=false", "no_dry_run=true"])
    def test_what_may_be_no_dry_run_is_a_trespass(self, guest: Bench, query: str) -> None:
        """A recompile is let through only where no server can take it for one that counts."""
        with pytest.raises(Trespass):
            guest.send(guest.request("recompile_conversation", AGENT).with_query(query))

    def test_own_conversations_are_not_foreign(self, guest: Bench) -> None:
        """A list that shows the run's own conversations does not take them from it."""
        id_ = guest.conversation()
        guest.call("list_conversations")
        assert guest.call("delete_conversation", id_).reply is not None

    @pytest.mark.parametrize("body", [{"oops": 1}, [7], [{"id": "a"}], None])
    def test_broken_list_shows_nothing(self, bench: Bench, server: Server, body: Any) -> None:
        """A list that is none ends no run."""
        server.app.change = lambda _, answer: answer.but(json=body)
        assert bench.call("list_conversations").reply is not None
