from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.expectation import Expectation, Kind
from letta_contract.contract_tests.request import Request

if TYPE_CHECKING:
    from letta_contract.spec import Operation

ID = "conv-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364"
SEND = "send_conversation_message"
MESSAGES = "list_conversation_messages"


def request(operation: Operation, query: str = "", body: Any = None, *, id_: str = ID, **more: Any) -> Request:
    path = operation.path.replace("{conversation_id}", id_).replace("{agent_id}", id_)
    content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    more.setdefault("headers", (("Content-Type", "application/json"),) if content else ())
    return Request(operation.method, path, query, body=content, **more)


def expected(contract: Contract, operation_id: str, *args: Any, **more: Any) -> Expectation:
    return contract.expect(operation_id, request(contract.operations[operation_id], *args, **more))


def kind_of_query(contract: Contract, operation_id: str, query: str) -> Kind:
    return expected(contract, operation_id, query).kind


def kind_of_body(contract: Contract, operation_id: str, body: Any) -> Kind:
    return expected(contract, operation_id, "agent_id=a" if operation_id == "create_conversation" else "", body).kind


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
        (SEND, {"messages": [{"role": "tool", "content": "Hi"}]}),
        (SEND, {"messages": [{"role": "user"}]}),
        (SEND, {"input": 7}),
        (SEND, {"input": [{"type": "bogus"}]}),
        (SEND, {"input": "Hi", "streaming": "maybe"}),
        (SEND, {"input": "Hi", "streaming": 2}),
        (SEND, {"input": "Hi", "streaming": None}),
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


def test_one_thing_wrong_is_enough(contract: Contract) -> None:
    """What is impossible is refused though something else is odd; then the odd part may be why, with 400."""
    expectation = expected(contract, "list_conversations", "limit=7.0&order=up")
    assert (expectation.kind, expectation.statuses) == (Kind.REFUSE, {400, 422})
    assert "order" in expectation.why
    assert "limit" not in expectation.why


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
