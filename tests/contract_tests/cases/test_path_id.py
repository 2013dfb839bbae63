from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Need, Row
from letta_contract.contract_tests.cases import path_id
from letta_contract.contract_tests.verdict import Verdict

if TYPE_CHECKING:
    from tests.contract_tests.server import Server
    from tests.contract_tests.tampered import Answer, Call

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"
UNKNOWN_AGENT = "agent-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364"
Tried = Callable[[str], list[Row]]


def failed(rows: list[Row]) -> set[str]:
    return {row.name for row in rows if row.verdict is Verdict.FAIL}


def id_of(call: Call) -> str:
    return call.path.split("/")[3] if call.path.count("/") > 2 else ""


def not_found(call: Call, answer: Answer) -> Answer:
    """As servers do that look up before they judge the length."""
    return answer.but(status=404, json={"detail": "No"}) if len(id_of(call)) > 42 else answer


def accepts(pattern: str) -> Callable[[Call, Answer], Answer]:
    """Ids of this (encoded) pattern are taken for one that exists."""

    def change(call: Call, answer: Answer) -> Answer:
        known = {"id": "conv-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364", "agent_id": AGENT}
        return answer.but(status=200, json=known) if re.fullmatch(pattern, id_of(call)) else answer

    return change


@pytest.mark.parametrize("slug", ["length", "form", "characters", "code-points", "empty", "known"])
@pytest.mark.parametrize("operation_id", ["retrieve_conversation", "cancel_conversation"])
def test_unbroken_server_passes(tried: Tried, operation_id: str, slug: str) -> None:
    """Each case tries something on the mock, and finds nothing wrong."""
    rows = tried(f"{operation_id}/conversation-id-{slug}")
    assert rows
    assert failed(rows) == set()


@pytest.mark.parametrize(
    ("case_id", "change", "names"),
    [
        pytest.param(
            "retrieve_conversation/conversation-id-length",
            not_found,
            {"43 characters", "64 characters", "255 characters", "5000 characters"},
            id="over-long ids are not found",
        ),
        pytest.param(
            "fork_conversation/conversation-id-length",
            accepts(r"agent-.{37}"),
            {"43 characters"},
            id="one character more is accepted",
        ),
        pytest.param(
            "retrieve_conversation/conversation-id-length",
            accepts(r"agent-[0-9a-f-]{36}|conv-[0-9a-f-]{37}"),
            {"42 characters"},
            id="the other form's length is accepted",
        ),
        pytest.param(
            "update_conversation/conversation-id-form",
            accepts("default"),
            {"default without agent_id"},
            id="default is a stored conversation",
        ),
        pytest.param(
            "retrieve_conversation/conversation-id-characters",
            accepts(r"conv-[0-9a-fA-F-]{36}"),
            {
                "upper-case hex",
                "one upper-case digit",
                "uuid of version 1",
                "uuid of version 7",
                "uuid of another variant",
            },
            id="any uuid is accepted",
        ),
        pytest.param(
            "cancel_conversation/conversation-id-characters",
            accepts(r"conv-[0-9a-f-]{36}%0A"),
            {"trailing newline"},
            id="the dollar sign overlooks a newline",
        ),
        pytest.param(
            "retrieve_conversation/conversation-id-code-points",
            accepts(r"conv-(?:[0-9a-f-]|%EF%BC%9[0-9])*%EF%BC.*"),
            {"full-width digits"},
            id="digits of other scripts are digits",
        ),
        pytest.param(
            "delete_conversation/conversation-id-empty",
            lambda call, answer: answer.but(status=422) if call.path.endswith("/") else answer,
            {"empty"},
            id="nothing is an id",
        ),
        pytest.param(
            "fork_conversation/conversation-id-empty",
            lambda call, answer: answer.but(status=422) if "//" in call.path else answer,
            {"empty"},
            id="nothing between slashes is an id",
        ),
        pytest.param(
            "retrieve_conversation/conversation-id-known",
            lambda call, answer: answer.but(status=404) if call.method == "GET" else answer,
            {"a conversation made just now"},
            id="what was made is not found",
        ),
        pytest.param(
            "retrieve_conversation/conversation-id-known",
            lambda call, answer: answer.but(status=422) if call.method == "GET" else answer,
            {"a conversation made just now"},
            id="what was made is refused",
        ),
    ],
)
def test_broken_server_fails_exactly_there(
    tried: Tried, server: Server, case_id: str, change: Callable[[Call, Answer], Answer], names: set[str]
) -> None:
    """Each break fails its own values, and no others."""
    server.app.change = change
    assert failed(tried(case_id)) == names


@pytest.mark.parametrize("status", [404, 422])
def test_encoded_slash_is_free(tried: Tried, server: Server, status: int) -> None:
    """Whether %2F is decoded before the path is routed is the server's business."""
    server.app.change = lambda call, answer: answer.but(status=status) if "%2F" in call.path else answer
    assert failed(tried("retrieve_conversation/conversation-id-characters")) == set()


def test_agent_forms_are_tried_on_ones_own_agent(tried: Tried, server: Server) -> None:
    """The agent's id and `default` mean its own conversation."""
    rows = tried("cancel_conversation/conversation-id-agent")
    assert [row.name for row in rows] == ["the agent's own id", "default with agent_id"]
    assert failed(rows) == set()
    assert [(id_of(call), call.query) for call in server.app.calls] == [(AGENT, ""), ("default", f"agent_id={AGENT}")]


@pytest.mark.parametrize(
    ("operation_id", "query", "body"),
    [
        ("cancel_conversation", f"agent_id={UNKNOWN_AGENT}", None),
        ("list_conversation_messages", f"agent_id={UNKNOWN_AGENT}", None),
        ("compact_conversation", "", {"agent_id": UNKNOWN_AGENT}),
        ("send_conversation_message", "", path_id.BODIES["send_conversation_message"] | {"agent_id": UNKNOWN_AGENT}),
    ],
)
def test_agent_goes_where_its_operation_wants_it(bench: Bench, operation_id: str, query: str, body: object) -> None:
    """Beside `default`, the agent is named in the query or in the body."""
    made = path_id.request_with(bench, bench.contract.operations[operation_id], "default", UNKNOWN_AGENT)
    assert made == bench.request(operation_id, "default", query=dict([query.split("=")] if query else []), body=body)


def test_every_operation_with_an_id_has_every_case(bench: Bench) -> None:
    """Whatever has an id in its path is tried with every kind of it."""
    cases = list(path_id.cases(bench.contract.operations.values()))
    slugs: dict[str, list[str]] = {}
    for case in cases:
        slugs.setdefault(case.operation, []).append(
            case.slug.removeprefix("conversation-id-").removeprefix("agent-id-")
        )
    assert set(bench.contract.operations) - set(slugs) == {"create_conversation", "list_conversations"}
    tables = ["length", "form", "characters", "code-points", "empty"]
    assert slugs["retrieve_conversation"] == [*tables, "known"]
    assert slugs["fork_conversation"] == [*tables, "known", "agent"]
    assert slugs["summarize_messages"] == [*tables, "agent"]
    assert {case.slug for case in cases if Need.AGENT_WRITES in case.needs} == {
        "conversation-id-agent",
        "agent-id-agent",
    }
