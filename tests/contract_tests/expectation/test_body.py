"""Bodies that are to be accepted, to be refused, or free; and their media types."""

from __future__ import annotations

from typing import Any

import pytest
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.expectation import Kind

from .expected import expected

SEND = "send_conversation_message"


def kind_of_body(contract: Contract, operation_id: str, body: Any) -> Kind:
    return expected(contract, operation_id, "agent_id=a" if operation_id == "create_conversation" else "", body).kind


TEXT = {"type": "text", "text": "Hi"}
VALID_BODIES = [
    ("create_conversation", None),
    ("create_conversation", {}),
    ("create_conversation", b"null"),
    ("create_conversation", {"summary": None, "model": "made/up", "unknown": [1]}),
    ("create_conversation", {"model_settings": {"provider_type": "openai", "temperature": 0.5}}),
    ("update_conversation", {"summary": "é\U0001f600", "last_message_at": "2026-02-03T04:05:06.123456Z"}),
    ("update_conversation", {"last_message_at": "2026-02-03T04:05:06+01:00"}),
    (SEND, {"input": "Hi"}),
    (SEND, {"input": [TEXT], "messages": None, "streaming": False, "max_steps": 3}),
    (SEND, {"messages": [{"role": "user", "content": [TEXT]}]}),
    (SEND, {"messages": [{"type": "approval", "approvals": None}]}),
    ("compact_conversation", {"compaction_settings": {"mode": "all", "clip_chars": None}}),
    ("retrieve_conversation_stream", {"poll_interval": 0.25, "starting_after": 0}),
    ("retrieve_conversation_stream", {"poll_interval": 1}),
]


@pytest.mark.parametrize(("operation_id", "body"), VALID_BODIES)
def test_valid_body_is_to_be_accepted(contract: Contract, operation_id: str, body: Any) -> None:
    """A body within the document is accepted, and keys that it does not have are no matter."""
    assert kind_of_body(contract, operation_id, body) is Kind.ACCEPT


@pytest.mark.parametrize(
    ("operation_id", "body"),
    [
        ("update_conversation", None),
        ("update_conversation", b"null"),
        ("update_conversation", []),
        ("update_conversation", {"summary": 7}),
        ("update_conversation", {"summary": ["a"]}),
        ("update_conversation", {"last_message_at": "yesterday"}),
        ("update_conversation", {"last_message_at": []}),
        ("create_conversation", {"model_settings": {"provider_type": "bogus"}}),
        ("create_conversation", {"model_settings": {}}),
        ("create_conversation", {"model_settings": {"provider_type": "openai", "temperature": "warm"}}),
        ("create_conversation", {"model_settings": {"provider_type": "openai", "max_output_tokens": 1.5}}),
        (SEND, {}),
        (SEND, {"input": "Hi", "messages": [{"role": "user", "content": "Hi"}]}),
        (SEND, {"messages": []}),
        (SEND, {"messages": [{"type": "message", "role": "tool", "content": "Hi"}]}),
        (SEND, {"messages": [{"type": "message", "role": "user"}]}),
        (SEND, {"messages": [{"type": None, "role": "user"}]}),
        (SEND, {"input": 7}),
        (SEND, {"input": [{"type": "bogus"}]}),
        (SEND, {"input": "Hi", "streaming": "maybe"}),
        (SEND, {"input": "Hi", "streaming": 2}),
        (SEND, {"input": "Hi", "max_steps": "many"}),
        (SEND, {"input": "Hi", "max_steps": [1]}),
        (SEND, {"input": "Hi", "client_tools": [{"description": "no name"}]}),
        (SEND, {"input": "Hi", "include_return_message_types": ["bogus"]}),
        ("compact_conversation", {"compaction_settings": {"mode": "bogus"}}),
        ("compact_conversation", b"{"),
        ("compact_conversation", b"{'a': 1}"),
    ],
)
def test_impossible_body_is_to_be_refused(contract: Contract, operation_id: str, body: Any) -> None:
    """A missing body, text that is no JSON, and a value that no coercion saves are 422 and nothing else."""
    expectation = expected(contract, operation_id, "agent_id=a" if operation_id.startswith("create") else "", body)
    assert (expectation.kind, expectation.statuses) == (Kind.REFUSE, {422})
    assert expectation.why


@pytest.mark.parametrize(
    ("operation_id", "body"),
    [
        (SEND, {"messages": [{"role": "tool", "content": "Hi"}]}),
        (SEND, {"messages": [{"tool_returns": []}]}),
        (SEND, {"messages": [{"type": "approval", "approvals": [{"tool_call_id": "a", "approve": True}]}]}),
        (SEND, {"input": "Hi", "streaming": None}),
        (SEND, {"input": [{"type": "summarized_reasoning", "id": "a", "summary": [], "encrypted_content": None}]}),
        (SEND, {"input": "Hi", "max_steps": "7"}),
        (SEND, {"input": "Hi", "max_steps": 7.0}),
        (SEND, {"input": "Hi", "max_steps": True}),
        (SEND, {"input": "Hi", "max_steps": 2**60}),
        (SEND, {"input": "Hi", "max_steps": "1e400"}),
        (SEND, {"input": "Hi", "streaming": "on"}),
        (SEND, {"input": "Hi", "streaming": 0}),
        (SEND, {"input": "a\0b"}),
        (SEND, b'{"input": "\\ud800"}'),
        (SEND, b'{"input": "Hi", "max_steps": 1e400}'),
        (SEND, b'{"input": "Hi", "max_steps": NaN}'),
        (SEND, b'{"input": "Hi", "max_steps": %s}' % (b"9" * 5000)),
        (SEND, b'{"input": "Hi", "x": %s}' % (b"[" * 60 + b"]" * 60)),
        (SEND, b'{"input": "Hi", "x": %s}' % (b"[" * 99_999 + b"]" * 99_999)),
        (SEND, b'\xef\xbb\xbf{"input": "Hi"}'),
        ("update_conversation", {"last_message_at": "2026-02-03"}),
        ("update_conversation", {"last_message_at": "2026-02-03T04:05:06"}),
        ("update_conversation", {"last_message_at": 1770000000}),
        ("update_conversation", {"last_message_at": "9999-12-31T23:59:60Z"}),
        ("update_conversation", {"archived": "bogus"}),
        ("update_conversation", {"context_window_limit": "bogus"}),
        ("create_conversation", {"description": 7}),
        ("create_conversation", {"model_settings": {"provider_type": "moonshot"}}),
        ("create_conversation", {"model_settings": {"provider_type": "moonshot_coding", "strict": "bogus"}}),
        ("create_conversation", {"model_settings": {"provider_type": "anthropic", "effort": "xhigh"}}),
    ],
)
def test_odd_body_is_free(contract: Contract, operation_id: str, body: Any) -> None:
    """What a server may coerce, what is only a SHOULD, and what is odd, is free: accepted or refused."""
    expectation = expected(contract, operation_id, "agent_id=a" if operation_id.startswith("create") else "", body)
    assert expectation.kind is Kind.FREE
    assert {200, 404, 422} <= expectation.statuses
    assert not {status for status in expectation.statuses if status >= 500 or status == 401}


def test_body_that_cannot_be_decoded_may_be_400(contract: Contract) -> None:
    """Bytes that are no text are 422, or 400 (STATUS-12)."""
    assert expected(contract, "compact_conversation", body=b"\xff").statuses == {400, 422}


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_body_of_another_media_type_may_be_415(contract: Contract, media_type: str) -> None:
    """A body that is said not to be JSON is 422, or 415 (STATUS-14, TOL-16)."""
    expectation = expected(contract, "compact_conversation", body=b"{}", headers=(("content-type", media_type),))
    assert (expectation.kind, expectation.statuses) == (Kind.REFUSE, {415, 422})


def test_media_type_may_have_parameters(contract: Contract) -> None:
    """JSON is JSON with a charset and in capitals."""
    headers = (("CONTENT-TYPE", "Application/JSON; charset=utf-8"),)
    assert expected(contract, "compact_conversation", body=b"{}", headers=headers).kind is Kind.ACCEPT


def test_body_without_a_media_type_is_free(contract: Contract) -> None:
    """A server may read it as JSON, or refuse it (STATUS-15)."""
    assert expected(contract, "compact_conversation", body=b"{}", headers=()).kind is Kind.FREE


@pytest.mark.parametrize("media_type", ["application/json", "text/plain"])
def test_empty_body_is_no_body(contract: Contract, media_type: str) -> None:
    """Nothing is nothing under any media type: fine where a body is optional, 422 where it is not (STATUS-16)."""
    headers = (("Content-Type", media_type),)
    assert expected(contract, "compact_conversation", body=b"", headers=headers).kind is Kind.ACCEPT
    assert expected(contract, SEND, body=b"", headers=headers).kind is Kind.REFUSE


def test_body_of_an_operation_without_one_is_not_judged(contract: Contract) -> None:
    """Where the document has no body, there is none to be wrong."""
    assert expected(contract, "fork_conversation", body=b"{").kind is Kind.ACCEPT
