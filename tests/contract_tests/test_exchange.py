from __future__ import annotations

import pytest
from letta_contract.contract_tests.exchange import Exchange, Fault, Reply
from letta_contract.contract_tests.request import Request


def reply(content: bytes = b"", *headers: tuple[str, str]) -> Reply:
    return Reply(200, headers, content)


@pytest.mark.parametrize(
    ("header", "media_type"),
    [("application/json", "application/json"), (" Text/Event-Stream ; charset=utf-8", "text/event-stream"), ("", "")],
)
def test_media_type_is_without_parameters_and_case(header: str, media_type: str) -> None:
    """What matters of a Content-Type is what stands before the first semicolon."""
    assert reply(b"", ("content-type", header)).media_type == media_type


def test_media_type_is_empty_where_there_is_none() -> None:
    """An answer without a Content-Type has an empty one."""
    assert reply().media_type == ""


def test_header_is_the_first_of_its_name() -> None:
    """A header that came twice is read once; one that did not come is None."""
    answer = reply(b"", ("allow", "GET"), ("allow", "PUT"))
    assert (answer.header("allow"), answer.header("date")) == ("GET", None)


def test_json_is_read() -> None:
    """A body is read as JSON, in UTF-8."""
    assert reply('{"a": ["é", 1.5, null]}'.encode()).json == {"a": ["é", 1.5, None]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Expecting value"),
        (b"{'a': 1}", "property name"),
        (b"NaN", "NaN is not JSON"),
        (b'{"a": -Infinity}', "-Infinity is not JSON"),
        (b'{"b": 2, "a": 1, "a": 3}', "key 'a' stands twice in one object"),
        (b'"\xff"', "invalid start byte"),
        (b"[" * 100_000 + b"]" * 100_000, "^it is nested past any sense$"),
    ],
)
def test_what_strict_json_is_not_is_refused(content: bytes, message: str) -> None:
    """What Python would read but JSON does not have is an error, with the reason."""
    with pytest.raises(ValueError, match=message):
        _ = reply(content).json


def test_curl_waits_for_no_end_of_a_stream() -> None:
    """The command for an event stream prints events as they come, that for anything else does not."""
    request = Request("GET", "/a")
    stream = Exchange(request, reply(b"", ("content-type", "text/event-stream")), base_url="http://h")
    assert stream.curl() == "curl -sS -i -N http://h/a"
    assert Exchange(request, reply(), base_url="http://h").curl() == "curl -sS -i http://h/a"


def test_curl_has_the_token_where_the_run_has_one() -> None:
    """The command of a run with a token names the variable that holds it."""
    exchange = Exchange(Request("GET", "/a"), None, Fault("gone"), "http://h", with_token=True)
    assert exchange.curl() == 'curl -sS -i http://h/a -H "Authorization: Bearer $LETTA_API_KEY"'


def test_exchange_is_the_same_wherever_it_was_made() -> None:
    """What was asked and answered makes an exchange, not the address and the token of the run."""
    here = Exchange(Request("GET", "/a"), reply(b"{}"), None, "http://here", with_token=True)
    there = Exchange(Request("GET", "/a"), reply(b"{}"), None, "http://there")
    assert here == there
    assert here != Exchange(Request("GET", "/a"), reply(b"[]"))
