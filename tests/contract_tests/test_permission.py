from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from letta_contract.contract_tests.cases.identifiers import UNKNOWN_AGENT, UNKNOWN_CONVERSATION
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.permission import Permission
from letta_contract.contract_tests.request import Request, request

pytestmark = pytest.mark.slow

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"
KNOWN = "/v1/conversations/conv-123e4567-e89b-42d3-8456-426614174000"
NEVER, READ_ONLY, NO_LLM = Permission(), Permission(read_only=True), Permission(no_llm=True)
CREATE = request("POST", "/v1/conversations/", query={"agent_id": AGENT})
SEND = request("POST", f"{KNOWN}/messages", body={"input": "hello"})


@pytest.mark.parametrize("sent", [CREATE, SEND, Request("DELETE", KNOWN)])
def test_everything_may_be_sent_unless_the_user_says_otherwise(contract: Contract, sent: Request) -> None:
    """Without either flag nothing is held back."""
    assert NEVER.refusal(sent, contract) == ""


@pytest.mark.parametrize("sent", [CREATE, SEND, Request("DELETE", KNOWN), Request("POST", f"{KNOWN}/fork")])
def test_read_only_changes_nothing(contract: Contract, sent: Request) -> None:
    """What a server would accept, and change something by, is not sent."""
    assert "--read-only" in READ_ONLY.refusal(sent, contract)


@pytest.mark.parametrize(
    "sent",
    [
        Request("GET", KNOWN),
        Request("PUT", KNOWN),
        Request("DELETE", f"/v1/conversations/{UNKNOWN_CONVERSATION}"),
        Request("DELETE", "/v1/conversations/nonsense"),
        Request("POST", "/v1/conversations//fork"),
        Request("POST", "/v1/conversations/default/fork"),
        Request("DELETE", KNOWN, authorized=False),
        request("POST", "/v1/conversations/", query={"agent_id": UNKNOWN_AGENT}),
        Request("POST", "/v1/conversations/"),
        request("POST", f"{KNOWN}/messages", body={"input": 7}),
    ],
)
def test_what_is_refused_anyway_may_be_sent(contract: Contract, sent: Request) -> None:
    """Reading, unknown ids, a missing token and invalid requests change nothing and start no turn."""
    assert Permission(read_only=True, no_llm=True).refusal(sent, contract) == ""


def test_no_llm_asks_no_model(contract: Contract) -> None:
    """A turn, a compaction and a summary are not asked for; everything else is."""
    compact = Request("POST", f"{KNOWN}/compact")
    summarize = Request("POST", f"/v1/agents/{AGENT}/summarize")
    assert all("--no-llm" in NO_LLM.refusal(sent, contract) for sent in (SEND, compact, summarize))
    assert NO_LLM.refusal(CREATE, contract) == ""


MODEL = ("messages", "compact", "summarize")


@pytest.mark.parametrize("flag", ["--read-only", "--no-llm"])
def test_gate_keeps_to_it(command: Callable[..., Any], server: Any, flag: str) -> None:
    """Over the whole gate no such request is accepted, and enough is left to judge."""
    accepted: list[str] = []

    def watch(call: Any, answer: Any) -> Any:
        asks = call.path.endswith(MODEL) if flag == "--no-llm" else True
        if call.method != "GET" and answer.status < 400 and asks:
            accepted.append(f"{call.method} {call.path}")
        return answer

    server.app.change = watch
    outcome = command("test", server.url, flag, "--agent-id", AGENT)
    assert accepted == []
    assert outcome.code == 0, outcome.out
    assert outcome.results["counts"]["pass"] > 80
    assert outcome.results["counts"]["skip"] > 20
