"""Identifiers in a path that are to be refused, or free."""

from __future__ import annotations

import pytest
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.expectation import Kind

from .expected import ID, expected


@pytest.mark.parametrize(
    ("operation_id", "id_"),
    [
        ("retrieve_conversation", "x"),
        ("retrieve_conversation", "default"),
        ("retrieve_conversation", ID + "%0A"),
        ("retrieve_conversation", ID.upper()),
        ("fork_conversation", ID + "0"),
        ("fork_conversation", "%F0%9D%94%B8" * 42),
        ("summarize_messages", ID),
    ],
)
def test_id_off_its_schema_is_to_be_refused(contract: Contract, operation_id: str, id_: str) -> None:
    """An id is judged after it is decoded, to its very end."""
    expectation = expected(contract, operation_id, id_=id_)
    assert (expectation.kind, expectation.statuses) == (Kind.REFUSE, {422})


@pytest.mark.parametrize("id_", ["a%2Fb", "a%2fb", "%", "%zz", "%00", "%ff", ".", "%2e%2e", ""])
def test_odd_segment_is_free(contract: Contract, id_: str) -> None:
    """What a router may decode, resolve or choke on is free, whatever is wrong besides."""
    assert expected(contract, "update_conversation", body={"summary": 7}, id_=id_).kind is Kind.FREE


def test_encoded_id_is_the_id(contract: Contract) -> None:
    """Percent-encoding that was not needed changes nothing."""
    assert expected(contract, "retrieve_conversation", id_=ID.replace("-", "%2D")).kind is Kind.ACCEPT
