from typing import Any

import pytest
from letta_contract.mock_server.pattern import Pattern

PATH = {"conversation_id": "conv-1"}
QUERY = {"dry_run": True, "agent_id": None}
BODY = {"input": "hello", "tags": ["a", "b"], "model": {"name": "m", "size": 3}}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"operationId": "compact"},
        {"conversation_id": "conv-1"},
        {"query": {"dry_run": True}},
        {"query": {"agent_id": None}},
        {"body": {"input": "hello"}},
        {"body": {"model": {"size": 3}}},
        {"body": {"tags": ["a", "b"]}},
        {"body": BODY},
    ],
)
def test_request_is_meant_by_any_part_of_it(fields: dict[str, Any]) -> None:
    """What a pattern does not name may be anything."""
    assert Pattern.of(fields).fits("compact", PATH, QUERY, BODY)


@pytest.mark.parametrize(
    "fields",
    [
        {"operationId": "recompile"},
        {"conversation_id": "conv-2"},
        {"query": {"dry_run": 1}},
        {"query": {"limit": 1}},
        {"body": {"input": "hell"}},
        {"body": {"model": {"size": 3, "colour": "red"}}},
        {"body": {"tags": ["a"]}},
        {"body": {"model": []}},
        {"body": "hello"},
    ],
)
def test_request_is_not_meant_where_one_thing_differs(fields: dict[str, Any]) -> None:
    """Objects may have more than is named; every other value is the same, or not meant. 1 is not true."""
    assert not Pattern.of(fields).fits("compact", PATH, QUERY, BODY)


def test_request_without_query_or_body_is_met_by_none_that_names_them() -> None:
    """A request that was refused before its query was read has none."""
    assert not Pattern.of({"query": {"dry_run": True}}).fits("compact", PATH, None, None)
    assert not Pattern.of({"body": {"input": "hello"}}).fits("compact", PATH, None, None)
