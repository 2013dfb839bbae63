from __future__ import annotations

import json
from typing import Any

import pytest
from letta_contract.contract_tests.agent import Agent, borrowed
from letta_contract.contract_tests.errors import TargetError, UsageError
from letta_contract.contract_tests.exchange import Exchange, Fault, Reply
from letta_contract.contract_tests.request import Request

AGENTS = "/v1/agents/"
CONVERSATIONS = "/v1/conversations/"
LISTED = {"id": "agent-a", "model": "free/tiny", "embedding": "free/embedding"}


class Scripted:
    """A target that answers from a table of `METHOD path` (without the query); what it lacks is 404."""

    base_url = "http://host"

    def __init__(self, answers: dict[str, tuple[int, Any]]) -> None:
        self.answers = answers
        self.sent: list[Request] = []

    def send(self, request: Request) -> Exchange:
        self.sent.append(request)
        status, body = self.answers.get(f"{request.method} {request.path}", (404, {"detail": "Not Found"}))
        if status == 0:
            return Exchange(request, None, Fault("the server was silent"))
        headers = (("content-type", "application/json"),)
        return Exchange(request, Reply(status, headers, body if isinstance(body, bytes) else json.dumps(body).encode()))

    @property
    def lines(self) -> list[str]:
        return [f"{request.method} {request.target}" for request in self.sent]


def borrow(target: Scripted, **options: Any) -> Any:
    given = {"given": None, "writable": False, "model": None, "embedding": None} | options
    return borrowed(target, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("writable", [True, False])
def test_given_agent_is_taken(writable: bool) -> None:  # noqa: FBT001  # the expected value
    """An agent that is given is used, and may be changed only where the user says so; nothing is left of the probe."""
    target = Scripted({f"POST {CONVERSATIONS}": (200, {"id": "conv-1"})})
    with borrow(target, given="agent-x", writable=writable) as agent:
        assert agent == Agent("agent-x", writable, "given")
    assert target.lines == [f"POST {CONVERSATIONS}?agent_id=agent-x", f"DELETE {CONVERSATIONS}conv-1"]


def test_given_agent_that_nobody_knows_is_a_usage_error() -> None:
    """A slip in the agent's id is told at once, and not counted against the server."""
    with pytest.raises(UsageError) as caught, borrow(Scripted({}), given="agent-x"):
        pass
    message = "http://host knows no agent 'agent-x' (404). Check --agent-id or LETTA_AGENT_ID."
    assert str(caught.value) == message


@pytest.mark.parametrize("answer", [(500, {}), (422, {"detail": []}), (200, b"{"), (200, []), (0, None)])
def test_given_agent_is_taken_where_create_is_broken(answer: tuple[int, Any]) -> None:
    """What else may be wrong with create, the cases find out."""
    target = Scripted({f"POST {CONVERSATIONS}": answer})
    with borrow(target, given="agent-x") as agent:
        assert agent.id == "agent-x"
    assert len(target.sent) == 1


def test_agent_is_made_and_deleted() -> None:
    """Without a given one, an agent is made with the model of the first that is listed, and deleted at the end."""
    target = Scripted({f"GET {AGENTS}": (200, [LISTED]), f"POST {AGENTS}": (200, {"id": "agent-b"})})
    with borrow(target) as agent:
        assert agent == Agent("agent-b", writable=True, origin="made for this run")
        assert target.lines == [f"GET {AGENTS}?limit=1", f"POST {AGENTS}"]
        made = json.loads(target.sent[1].body or b"")
        assert made == {
            "name": "letta-contract",
            "model": "free/tiny",
            "embedding": "free/embedding",
            "include_base_tools": False,
        }
    assert target.lines[2:] == [f"DELETE {AGENTS}agent-b"]


def test_made_agent_is_deleted_whatever_happens() -> None:
    """An interruption does not leave the agent behind."""
    target = Scripted({f"GET {AGENTS}": (200, [LISTED]), f"POST {AGENTS}": (200, {"id": "agent-b"})})
    with pytest.raises(KeyboardInterrupt), borrow(target):
        raise KeyboardInterrupt
    assert target.lines[-1] == f"DELETE {AGENTS}agent-b"


def test_given_handles_come_first() -> None:
    """Handles that the user gives are used instead of those of a listed agent."""
    target = Scripted({f"GET {AGENTS}": (200, [LISTED]), f"POST {AGENTS}": (200, {"id": "agent-b"})})
    with borrow(target, model="m", embedding="e"):
        made = json.loads(target.sent[1].body or b"")
    assert (made["model"], made["embedding"]) == ("m", "e")


def test_handles_may_stand_in_configurations() -> None:
    """Older servers name an agent's handles in its configurations; one without an embedding has none."""
    listed = {"id": "agent-a", "model": None, "llm_config": {"handle": "m"}, "embedding_config": None}
    target = Scripted({f"GET {AGENTS}": (200, [listed]), f"POST {AGENTS}": (200, {"id": "agent-b"})})
    with borrow(target):
        made = json.loads(target.sent[1].body or b"")
    assert made == {"name": "letta-contract", "model": "m", "include_base_tools": False}


@pytest.mark.parametrize("listed", [(200, []), (200, [{}]), (200, [7]), (405, {"detail": "Method Not Allowed"})])
def test_default_model_is_the_servers(listed: tuple[int, Any]) -> None:
    """Where no listed agent says which model it has, and where agents are made and not listed, the server chooses."""
    target = Scripted({f"GET {AGENTS}": listed, f"POST {AGENTS}": (200, {"id": "agent-b"})})
    with borrow(target) as agent:
        assert agent == Agent("agent-b", writable=True, origin="made for this run")
    assert json.loads(target.sent[1].body or b"") == {"name": "letta-contract", "include_base_tools": False}


@pytest.mark.parametrize("listed", [[], [{}], [7]])
def test_no_model_is_guessed(listed: list[Any]) -> None:
    """Where a server has no default, the way out is told, and no model is made up."""
    target = Scripted({f"GET {AGENTS}": (200, listed), f"POST {AGENTS}": (422, {"detail": []})})
    with pytest.raises(TargetError, match=r"Pass --model and --embedding, or --agent-id\.$"), borrow(target):
        pass
    assert target.lines == [f"GET {AGENTS}?limit=1", f"POST {AGENTS}"]


@pytest.mark.parametrize(
    "agents",
    [
        pytest.param({}, id="no agents API"),
        pytest.param({f"GET {AGENTS}": (200, {"agents": []})}, id="another agents API"),
        pytest.param({f"GET {AGENTS}": (200, b"<p>")}, id="no JSON"),
        pytest.param({f"GET {AGENTS}": (0, None)}, id="no answer"),
        pytest.param({f"GET {AGENTS}": (200, [LISTED]), f"POST {AGENTS}": (403, {})}, id="none may be made"),
        pytest.param({f"GET {AGENTS}": (200, [LISTED]), f"POST {AGENTS}": (200, {"id": 7})}, id="no id"),
    ],
)
def test_agent_of_a_listed_conversation_is_the_last_resort(agents: dict[str, tuple[int, Any]]) -> None:
    """Where none can be made, the agent of the first listed conversation is borrowed, and not changed."""
    target = Scripted(agents | {f"GET {CONVERSATIONS}": (200, [{"id": "conv-1", "agent_id": "agent-c"}])})
    with borrow(target) as agent:
        assert agent == Agent("agent-c", writable=False, origin="that of the first listed conversation")
    assert not [line for line in target.lines if line.startswith("DELETE")]


@pytest.mark.parametrize("listed", [(200, []), (200, {}), (200, [7]), (200, [{"id": "conv-1"}]), (500, {}), (0, None)])
def test_no_agent_to_be_had_ends_the_run(listed: tuple[int, Any]) -> None:
    """Without any agent there is nothing to judge on, and the message says what to pass."""
    with pytest.raises(TargetError) as caught, borrow(Scripted({f"GET {CONVERSATIONS}": listed})):
        pass
    message = "http://host has no agent to work with, and none could be made."
    assert str(caught.value) == f"{message} Pass --agent-id (or LETTA_AGENT_ID) with an agent of that server."
