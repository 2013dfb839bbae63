"""Queries that are to be accepted, to be refused, or free."""

from __future__ import annotations

import pytest
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.expectation import Kind

from .expected import expected

MESSAGES = "list_conversation_messages"


def kind_of_query(contract: Contract, operation_id: str, query: str) -> Kind:
    return expected(contract, operation_id, query).kind


@pytest.mark.parametrize(
    ("operation_id", "query"),
    [
        ("list_conversations", ""),
        ("list_conversations", "limit=1&order=asc&order_by=last_message_at"),
        ("list_conversations", "agent_id=anything&after=x&summary_search=%C3%A9+b"),
        ("list_conversations", "unknown=1&unknown=2"),
        (MESSAGES, "include_err=true&include_error=1"),
        (MESSAGES, "include_return_message_types=user_message&include_return_message_types=system_message"),
        ("create_conversation", "agent_id=whatever"),
        ("recompile_conversation", "dry_run=false"),
    ],
)
def test_valid_query_is_to_be_accepted(contract: Contract, operation_id: str, query: str) -> None:
    """A query within the document is accepted, known names or not."""
    assert kind_of_query(contract, operation_id, query) is Kind.ACCEPT


@pytest.mark.parametrize(
    ("operation_id", "query"),
    [
        ("create_conversation", ""),
        ("list_conversations", "limit=abc"),
        ("list_conversations", "limit=true"),
        ("list_conversations", "limit=null"),
        ("list_conversations", "order=up"),
        ("list_conversations", "order=ASC"),
        ("list_conversations", "order_by=name"),
        (MESSAGES, "include_err=maybe"),
        (MESSAGES, "include_return_message_types=user_message&include_return_message_types=bogus"),
        ("recompile_conversation", "dry_run=2"),
    ],
)
def test_impossible_query_is_to_be_refused(contract: Contract, operation_id: str, query: str) -> None:
    """A missing parameter and a value that no coercion saves are 422 and nothing else."""
    expectation = expected(contract, operation_id, query)
    assert (expectation.kind, expectation.statuses) == (Kind.REFUSE, {422})


@pytest.mark.parametrize(
    ("operation_id", "query"),
    [
        ("list_conversations", "limit=7.0"),
        ("list_conversations", "limit=1e3"),
        ("list_conversations", "limit=007"),
        ("list_conversations", "limit=%2B5"),
        ("list_conversations", "limit=99999999999999999999"),
        ("list_conversations", "limit=9007199254740993"),
        ("list_conversations", "limit="),
        ("list_conversations", "order="),
        ("list_conversations", "limit=1&limit=abc"),
        ("list_conversations", "order=asc&order=asc"),
        ("list_conversations", "after=%zz"),
        ("list_conversations", "after=%ff"),
        ("list_conversations", "after=%00"),
        ("list_conversations", "archive_status=bogus"),
        ("fork_conversation", "hidden=bogus"),
        ("fork_conversation", "message_id=m"),
        (MESSAGES, "limit=null"),
        (MESSAGES, "include_err=yes"),
        (MESSAGES, "include_err=1"),
        (MESSAGES, "include_err=None"),
        (MESSAGES, "include_return_message_types="),
    ],
)
def test_odd_query_is_free(contract: Contract, operation_id: str, query: str) -> None:
    """What a server may coerce, what it may not know, and what is odd, is free."""
    assert kind_of_query(contract, operation_id, query) is Kind.FREE


@pytest.mark.parametrize("limit", ["0", "-1", "-0"])
@pytest.mark.parametrize("operation_id", ["list_conversations", MESSAGES])
def test_limit_has_no_documented_bounds(contract: Contract, operation_id: str, limit: str) -> None:
    """A limit of nothing or less may be answered 200 or 422 (STATE-47)."""
    assert {200, 422} <= expected(contract, operation_id, f"limit={limit}").statuses
