from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.expectation import Kind
from letta_contract.contract_tests.request import Request

if TYPE_CHECKING:
    from .answering import Answering

ID = "conv-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364"


@pytest.mark.parametrize(
    ("method", "path", "operation_id"),
    [
        ("POST", "/v1/conversations/", "create_conversation"),
        ("GET", "/v1/conversations/", "list_conversations"),
        ("GET", "/v1/conversations/x", "retrieve_conversation"),
        ("GET", "/v1/conversations/a%2Fb", "retrieve_conversation"),
        ("DELETE", f"/v1/conversations/{ID}", "delete_conversation"),
        ("GET", f"/v1/conversations/{ID}/messages", "list_conversation_messages"),
        ("POST", "/v1/conversations//messages", "send_conversation_message"),
        ("POST", "/v1/agents/x/summarize", "summarize_messages"),
        ("PUT", "/v1/conversations/", None),
        ("GET", "/v1/conversations", None),
        ("GET", f"/v1/conversations/{ID}/messages/", None),
        ("GET", f"/v1/conversations/{ID}/messages\n", None),
        ("GET", f"/prefix/v1/conversations/{ID}", None),
        ("GET", "/v1xconversations/", None),
        ("GET", "/", None),
    ],
)
def test_request_is_of_one_operation_or_none(
    contract: Contract, method: str, path: str, operation_id: str | None
) -> None:
    """A request is told by its method and its whole path, however odd the segment of its id is."""
    assert contract.operation_of(Request(method, path, "a=b")) == operation_id


def test_segments_are_as_they_were_sent(contract: Contract) -> None:
    """The path parameters of a request are still percent-encoded; another operation's path has none."""
    request = Request("POST", "/v1/conversations/a%2Fb%0A/fork")
    assert contract.segments("fork_conversation", request) == {"conversation_id": "a%2Fb%0A"}
    assert contract.segments("create_conversation", request) == {}


def test_expectation_knows_the_path(contract: Contract) -> None:
    """What a request deserves is judged on its own path parameters."""
    assert contract.expect("retrieve_conversation", Request("GET", f"/v1/conversations/{ID}")).kind is Kind.ACCEPT
    assert contract.expect("retrieve_conversation", Request("GET", "/v1/conversations/x")).kind is Kind.REFUSE


def test_problems_are_those_of_status_and_body(contract: Contract, answering: Answering) -> None:
    """A wrong status and a wrong body are both told."""
    request = Request("GET", "/v1/conversations/x")
    expectation = contract.expect("retrieve_conversation", request)
    found = contract.problems("retrieve_conversation", answering(200, {}, request=request), expectation)
    assert [problem.rule for problem in found] == ["ORDER-4", "OP-3"]


@pytest.mark.parametrize("status", [404, 422])
def test_bodies_of_404_and_422_have_cases_of_their_own(contract: Contract, answering: Answering, status: int) -> None:
    """One wrong shape of an error is not a failure of every case that meets it."""
    exchange = answering(status, {"oops": 1})
    expectation = contract.expect("retrieve_conversation", Request("GET", "/v1/conversations/x"))
    assert [p.rule for p in contract.problems("retrieve_conversation", exchange, expectation)] == (
        ["ORDER-4"] if status == 404 else []
    )
    assert len(contract.body_problems("retrieve_conversation", exchange)) == 1


def test_contract_has_every_operation(contract: Contract) -> None:
    """There are thirteen operations, in the order of the document."""
    assert list(contract.operations)[:3] == ["create_conversation", "list_conversations", "retrieve_conversation"]
    assert len(contract.operations) == 13
