import re
from pathlib import Path
from typing import Any

import pytest
from letta_contract import mock_server

AGENT = "agent-00000000-0000-4000-8000-000000000001"
CONVERSATION = "/v1/conversations/conv-123e4567-e89b-42d3-8456-426614174000"


def test_calls_of_the_manual_work(own: Any) -> None:
    """Each as it stands there, in that order."""
    manual = (Path(mock_server.__file__).parent / "README.md").read_text()
    calls = re.findall(r"^    (GET|POST|PUT|DELETE) (/_mock\S+)(?: (\{.*\}))?$", manual, re.MULTILINE)
    assert len(calls) == 13
    for method, path, content in calls:
        response = own.request(method, path, content=content or None)
        assert response.status_code in (200, 201), (path, response.text)
        assert response.json().get("verified", True)


def test_state_tells_what_there_is(own: Any) -> None:
    """Agents, the newest conversations, and who is busy."""
    state = own.get("/_mock/state").json()
    assert state["mode"] == "stateful"
    assert [agent["name"] for agent in state["agents"]] == ["Marlow", "Quill"]
    shown = {one["id"]: one for one in state["conversations"]}
    assert shown[CONVERSATION.rpartition("/")[2]]["summary"] == "Order 20817 has not arrived"
    assert {one["active_run"] for one in shown.values()} == {None}


def test_agent_can_be_added(own: Any) -> None:
    """The contract has no operation for it; one can talk to it at once."""
    assert own.post("/_mock/agents", json={"id": AGENT, "name": "Ada"}).status_code == 201
    assert own.post("/_mock/agents", json={"id": AGENT}).status_code == 409
    created = own.post(f"/v1/conversations/?agent_id={AGENT}", json={})
    assert created.status_code == 200
    default = own.post(f"/v1/conversations/{AGENT}/messages", json={"input": "hi", "streaming": False})
    assert default.status_code == 200
    another = own.post("/_mock/agents").json()["id"]
    assert [one["id"] for one in own.get("/_mock/state").json()["agents"]].count(another) == 1


def test_agent_needs_an_id_as_the_contract_has_it(own: Any) -> None:
    """Or none, for one of ours."""
    assert own.post("/_mock/agents", json={"id": "ada"}).status_code == 422


def test_examples_mode_needs_no_agents(examples: Any) -> None:
    """Every agent is known there."""
    response = examples.post("/_mock/agents", json={})
    assert response.status_code == 409
    assert "--stateful" in response.text
    assert examples.get("/_mock/state").json()["mode"] == "examples"


@pytest.mark.parametrize("path", ["/_mock/", "/_mock", "/_mock/state", "/_mock/journal", "/docs", "/openapi.json"])
def test_own_pages_need_no_token(guarded: Any, path: str) -> None:
    """They tell nothing that a token would guard."""
    assert guarded.get(path).status_code == 200
    assert guarded.head(path).status_code == 200
    assert guarded.head(path).content == b""


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("GET", "/_mock/nothing", 404, None),
        ("GET", "/_mock/state/1", 404, None),
        ("GET", "/_mockery", 404, None),
        ("GET", "/_mock/reset", 405, "OPTIONS, POST"),
        ("POST", "/_mock/state", 405, "GET, HEAD, OPTIONS"),
        ("DELETE", "/_mock/", 405, "GET, HEAD, OPTIONS"),
        ("OPTIONS", "/_mock/journal", 200, "DELETE, GET, HEAD, OPTIONS"),
    ],
)
def test_paths_and_methods_are_judged(own: Any, method: str, path: str, status: int, allowed: str | None) -> None:
    """With what there is, in place of what there is not."""
    response = own.request(method, path)
    assert (response.status_code, response.headers.get("allow")) == (status, allowed)


@pytest.mark.parametrize("content", [{"delay": -1}, {"delay": 1.5}, {"delay": "1"}, {"wait": 1}, []])
def test_latency_that_is_none_is_refused(own: Any, content: Any) -> None:
    """Nothing changes."""
    assert own.put("/_mock/latency", json=content).status_code == 422
    assert own.get("/_mock/latency").json() == {"delay": 0, "chunk_delay": 0}


@pytest.mark.parametrize(
    ("query", "known"),
    [("verdict=bogus", "valid, invalid, unauthorized"), ("operationId=nope", "create_conversation, ")],
)
def test_journal_of_what_there_is_not(own: Any, query: str, known: str) -> None:
    """A slip in a filter is told, with what there is, instead of being an empty list."""
    response = own.get(f"/_mock/journal?{query}")
    assert response.status_code == 422
    assert f"Take one of: {known}" in response.json()["detail"]


def test_several_workers_have_no_common_journal(serving: Any) -> None:
    """What one process knows is not shown as if it were all."""
    from letta_contract.mock_server import Settings

    with serving(Settings(workers=2)) as api:
        assert api.get("/_mock/state").json()["workers"] == 2
        assert api.post("/_mock/reset").status_code == 200
        response = api.get("/_mock/journal")
        assert response.status_code == 409
        assert "--workers 1" in response.text


def test_body_that_is_too_long_is_refused(own: Any) -> None:
    """Nobody arranges megabytes."""
    assert own.post("/_mock/verify", content=b" " * 2_000_000).status_code == 413
