"""The statuses that an expectation allows, and the reason that it gives."""

from __future__ import annotations

from typing import Any

import pytest
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.expectation import Kind

from .expected import expected

SEND = "send_conversation_message"


def test_free_is_every_documented_status_below_500(contract: Contract) -> None:
    """Free is not lawless: the statuses of the document and those of HTTP itself."""
    statuses = expected(contract, "cancel_conversation", id_="a%2Fb").statuses
    assert statuses == {200, 400, 404, 405, 409, 422} | {406, 413, 414, 415, 431}


@pytest.mark.parametrize(
    ("operation_id", "statuses"),
    [
        ("retrieve_conversation", {200, 404}),
        ("cancel_conversation", {200, 400, 404, 409}),
        ("compact_conversation", {200, 400, 402, 404, 429}),
        ("retrieve_conversation_stream", {200, 400, 404, 410}),
    ],
)
def test_accepted_is_200_or_what_state_forbids(contract: Contract, operation_id: str, statuses: set[int]) -> None:
    """A valid request may still meet a state that refuses it, by a documented status (TOL-12, TOL-13)."""
    expectation = expected(contract, operation_id)
    assert (expectation.kind, expectation.statuses, expectation.rule) == (Kind.ACCEPT, statuses, "TOL-11")


def test_one_thing_wrong_is_enough(contract: Contract) -> None:
    """What is impossible is refused though something else is odd; then the odd part may be why, with 400."""
    expectation = expected(contract, "list_conversations", "limit=7.0&order=up")
    assert (expectation.kind, expectation.statuses) == (Kind.REFUSE, {400, 422})
    assert "order" in expectation.why
    assert "limit" not in expectation.why


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("list_conversations", "after=%00"), "the query has a NUL"),
        (("list_conversations", "after=%zz"), "the query has a broken escape"),
        (("list_conversations", "limit=7.0"), "query limit is '7.0'"),
        (("list_conversations", "limit=1&limit=2"), "query limit is empty or given twice"),
        (("list_conversations", "archive_status=x"), "query archive_status may be unknown to the server"),
        (("compact_conversation", "", b"\xef\xbb\xbf{}"), "the body begins with a byte order mark"),
        (("compact_conversation", "", b"[" * 99_999), "the body is nested past any sense"),
        (("compact_conversation", "", {"agent_id": "\0"}), "the body holds a NUL"),
    ],
)
def test_reason_to_leave_it_free_is_told(contract: Contract, arguments: tuple[Any, ...], why: str) -> None:
    """What is not judged says why."""
    expectation = expected(contract, *arguments)
    assert (expectation.kind, expectation.why, expectation.rule) == (Kind.FREE, why, "TOL-1")


def test_reason_says_where_and_what(contract: Contract) -> None:
    """The reason for a refusal names the culprit and the rule, in a line."""
    assert expected(contract, "list_conversations", "order=up").rule == "ORDER-4"
    assert expected(contract, "retrieve_conversation", id_="a%2Fb").why == "conversation_id is an odd path segment"
    why = expected(contract, SEND, body={"input": "Hi", "max_steps": ["x" * 1000]}).why
    assert why.startswith("body.max_steps: ")
    assert len(why) < 200
    assert expected(contract, "list_conversations", "order=up").why == "query order is 'up'"
    assert expected(contract, "create_conversation").why == "query agent_id is missing"
    assert expected(contract, "retrieve_conversation", id_="x").why == "path conversation_id does not match its schema"
