from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from letta_contract import fixtures
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.exchange import Exchange, Fault, Reply
from letta_contract.contract_tests.expectation import Expectation, Kind
from letta_contract.contract_tests.problem import Problem
from letta_contract.contract_tests.reply import Replies, said
from letta_contract.contract_tests.request import Request

if TYPE_CHECKING:
    from .answering import Answering

ACCEPT = Expectation(Kind.ACCEPT, frozenset({200, 404}), "the request is valid", "TOL-11")
REFUSE = Expectation(Kind.REFUSE, frozenset({422}), "path conversation_id is too long", "ID-7")
FREE = Expectation(Kind.FREE, frozenset({200, 422}), "the body holds an odd value", "TOL-1")
CONVERSATION = {"id": "conv-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364", "agent_id": "a"}


@pytest.fixture(scope="session")
def replies(contract: Contract) -> Any:
    return lambda operation_id: Replies(contract.operations[operation_id])


@pytest.fixture
def retrieve(replies: Any) -> Replies:
    return replies("retrieve_conversation")


@pytest.fixture
def send(replies: Any) -> Replies:
    return replies("send_conversation_message")


@pytest.mark.parametrize("expectation", [ACCEPT, FREE])
def test_right_status_is_no_problem(retrieve: Replies, answering: Answering, expectation: Expectation) -> None:
    """A status that was expected is fine."""
    assert list(retrieve.status(answering(200), expectation)) == []


def test_wrong_status_says_what_was_expected_and_why(retrieve: Replies, answering: Answering) -> None:
    """A wrong status is told with the right ones, the reason, and the beginning of what came."""
    (problem,) = retrieve.status(answering(404, {"detail": "No such\n thing"}), REFUSE)
    assert problem == Problem(
        "ID-7",
        "422: path conversation_id is too long",
        '404 {"detail": "No such\\n thing"}',
        "404 where it should have been refused",
    )
    (problem,) = retrieve.status(answering(422), ACCEPT)
    assert (problem.expected, problem.cause) == (
        "200 or 404: the request is valid",
        "422 where it should have been accepted",
    )


def test_free_status_must_be_documented(retrieve: Replies, answering: Answering) -> None:
    """Where either is fine, not everything is."""
    (problem,) = retrieve.status(answering(302), FREE)
    assert problem.expected == "a documented status below 500: the body holds an odd value"


def test_5xx_is_told_by_what_is_odd_about_the_request(retrieve: Replies, answering: Answering) -> None:
    """One bug has one cause, whichever value showed it; a refusal is no matter of oddity."""
    odd = replace(FREE, oddity="a NUL")
    assert [p.cause for p in retrieve.status(answering(500), odd)] == ["500 for a NUL"]
    assert [p.cause for p in retrieve.status(answering(302), odd)] == ["302 where it should have been either"]


@pytest.mark.parametrize("expectation", [ACCEPT, REFUSE, FREE])
def test_5xx_that_is_not_documented_is_a_violation(
    retrieve: Replies, answering: Answering, expectation: Expectation
) -> None:
    """Nothing that a client sends makes a 5xx."""
    for status in (500, 503):
        (problem,) = retrieve.status(answering(status, {"detail": "No"}), expectation)
        assert problem.rule == "STATE-48"
    (problem,) = retrieve.status(answering(499, {"detail": "No"}), expectation)
    assert problem.rule == expectation.rule


@pytest.mark.parametrize(("status", "wrong"), [(500, True), (502, False)])
def test_odd_value_is_no_failure_of_a_model(send: Replies, answering: Answering, status: int, *, wrong: bool) -> None:
    """A 500 to what is odd is the server's own, also where one of a model would be documented; a broker may be down."""
    odd = replace(FREE, oddity="a NUL")
    assert bool(list(send.status(answering(status, {"detail": "Oops"}), odd))) is wrong


@pytest.mark.parametrize(("before", "after", "wrong"), [(7, 3, False), (7, 7, False), (7, 8, True)])
def test_compact_leaves_no_more(replies: Any, answering: Answering, before: int, after: int, *, wrong: bool) -> None:
    """Wherever compact answers, its counts are looked at."""
    told = {"summary": "short", "num_messages_before": before, "num_messages_after": after}
    problems = list(replies("compact_conversation").body(answering(200, told)))
    assert [problem.rule for problem in problems] == ["STATE-42"] * wrong


def test_what_stands_behind_the_server_may_fail(send: Replies, answering: Answering) -> None:
    """A documented 5xx with an error body is fine where the request could have reached the model."""
    for status in (500, 502):
        failed = answering(status, {"detail": "The model is away."})
        assert list(send.status(failed, ACCEPT)) == []
        assert list(send.status(failed, FREE)) == []
        assert [problem.rule for problem in send.status(failed, REFUSE)] == ["STATE-48"]


@pytest.mark.parametrize(
    ("body", "media"),
    [(b"Bad Gateway", "text/html"), (b"Bad Gateway", "application/json"), ({"oops": 1}, "application/json")],
)
def test_documented_5xx_needs_an_error_body(send: Replies, answering: Answering, body: Any, media: str) -> None:
    """A 5xx that is no answer of the server itself is a violation."""
    assert [problem.rule for problem in send.status(answering(502, body, media=media), ACCEPT)] == ["STATE-48"]


def test_no_answer_is_a_problem(retrieve: Replies) -> None:
    """A fault is told in its own words."""
    exchange = Exchange(Request("GET", "/"), None, Fault("the server was silent for 30 s"))
    (problem,) = retrieve.status(exchange, FREE)
    assert (problem.expected, problem.actual) == ("a whole answer", "the server was silent for 30 s")


@pytest.mark.parametrize(
    ("operation_id", "status", "body"),
    [
        ("retrieve_conversation", 200, CONVERSATION),
        ("retrieve_conversation", 200, CONVERSATION | {"summary": None, "anything": {"more": 1}}),
        ("retrieve_conversation", 401, {"detail": "No token."}),
        ("retrieve_conversation", 404, {"detail": "No such thing.", "trace_id": ""}),
        ("retrieve_conversation", 422, {"detail": [{"loc": ["path", 1], "msg": "m", "type": "t", "ctx": {}}]}),
        ("delete_conversation", 200, None),
        ("delete_conversation", 200, {"message": "gone"}),
        ("send_conversation_message", 402, {"error": "credits", "reasons": ["none left"]}),
        ("send_conversation_message", 429, {"error": {"type": "t", "message": "m", "detail": None}}),
        ("recompile_conversation", 200, "You are a bookseller."),
        ("cancel_conversation", 200, {"run-1": "cancelled"}),
    ],
)
def test_documented_body_is_no_problem(
    replies: Any, answering: Answering, operation_id: str, status: int, body: Any
) -> None:
    """A body that the document describes is fine, with whatever fields a server adds."""
    assert list(replies(operation_id).body(answering(status, body))) == []


@pytest.mark.parametrize(
    ("status", "body", "rule", "actual"),
    [
        (200, CONVERSATION | {"id": "conv-1"}, "OP-3", "id: "),
        (200, {"id": CONVERSATION["id"]}, "OP-3", 'the body: "agent_id" is a required property'),
        (200, CONVERSATION | {"created_at": "yesterday"}, "OP-3", "created_at: "),
        (200, CONVERSATION | {"created_at": "2026-02-03T04:05:06"}, "OP-3", "created_at: "),
        (200, CONVERSATION | {"archived": "false"}, "OP-3", 'archived: "false" is not '),
        (200, [CONVERSATION], "OP-3", "the body: "),
        (404, {"message": "No"}, "ERR-4", "the body: "),
        (404, {"detail": {"a": 1}}, "ERR-4", "detail: "),
        (422, {"detail": "Too long."}, "ERR-2", 'detail: "Too long." is not of type "array"'),
        (422, {"detail": []}, "ERR-2", "detail: "),
        (422, {"detail": [{"loc": "path", "msg": "m", "type": "t"}]}, "ERR-2", "detail.0.loc: "),
        (422, {"detail": [{"loc": ["path"], "msg": "m"}]}, "ERR-2", 'detail.0: "type" is a required property'),
    ],
)
def test_wrong_body_is_told_by_place(
    retrieve: Replies, answering: Answering, status: int, body: Any, rule: str, actual: str
) -> None:
    """A body off its schema is one problem that names the place, and the rule of its kind."""
    (problem,) = retrieve.body(answering(status, body))
    assert (problem.rule, problem.expected) == (rule, f"{status} body as documented")
    assert problem.actual.startswith(actual)
    assert problem.cause.startswith(f"{status} body breaks ")


def test_same_breach_is_the_same_cause(replies: Any, answering: Answering) -> None:
    """Two bodies that break the schema in one place have one cause, whatever their values."""
    found = [
        next(replies("list_conversations").body(answering(200, [CONVERSATION] * index + [CONVERSATION | {"id": text}])))
        for index, text in ((0, "a"), (3, "b"))
    ]
    assert found[0].actual != found[1].actual
    assert found[0].cause == found[1].cause


@pytest.mark.parametrize(
    ("status", "media", "rule", "expected"),
    [
        (200, "text/html", "OP-3", "200 as application/json"),
        (200, "", "OP-3", "200 as application/json"),
        (404, "text/plain", "STATUS-11", "404 as application/json"),
    ],
)
def test_wrong_media_type_is_a_problem(
    retrieve: Replies, answering: Answering, status: int, media: str, rule: str, expected: str
) -> None:
    """A body under a media type that the document does not have is not looked into."""
    assert list(retrieve.body(answering(status, b"<p>", media=media))) == [
        Problem(rule, expected, media or "no Content-Type")
    ]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"id": NaN}', "NaN is not JSON (RFC 8259, section 6): "),
        (b"", "Expecting value: "),
        (b"[" * 99_999, "it is nested past any sense: [[["),
    ],
)
def test_body_that_is_no_json_is_a_problem(retrieve: Replies, answering: Answering, body: bytes, message: str) -> None:
    """What only pretends to be JSON is told with the reason and its beginning."""
    (problem,) = retrieve.body(answering(200, body))
    assert (problem.rule, problem.expected) == ("OP-3", "a JSON body for retrieve_conversation 200")
    assert problem.actual.startswith(message)
    assert [problem.rule for problem in retrieve.body(answering(404, body))] == ["ERR-1"]


@pytest.mark.parametrize("status", [406, 413, 414, 415, 431, 418, 500])
def test_status_without_a_description_has_any_body(retrieve: Replies, answering: Answering, status: int) -> None:
    """The body of a status that the document does not list is not judged; its status is."""
    assert list(retrieve.body(answering(status, b"<p>", media="text/html"))) == []


def test_first_of_the_error_statuses_is_one(replies: Any, answering: Answering) -> None:
    """What holds of errors holds of 400."""
    update = replies("update_conversation")
    assert [problem.rule for problem in update.body(answering(400, b"no", media="text/plain"))] == ["STATUS-11"]
    assert [problem.rule for problem in update.body(answering(400, {"oops": 1}))] == ["ERR-4"]
    assert [problem.rule for problem in update.body(answering(400, b"no"))] == ["ERR-1"]


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (b'{"input": "x"}', "text/event-stream"),
        (b'{"streaming": true}', "text/event-stream"),
        (b'{"streaming": false}', "application/json"),
        (b'{"streaming": 1}', "text/event-stream or application/json"),
    ],
)
def test_flag_picks_the_media_type(send: Replies, answering: Answering, asked: bytes, wanted: str) -> None:
    """Where an operation answers in more than one media type, the one that was asked for is wanted."""
    exchange = answering(200, b"no", media="text/plain")
    (problem,) = send.body(replace(exchange, request=exchange.request.with_body(asked)))
    assert problem.expected == f"200 as {wanted}"


def test_stream_is_judged_as_a_turn(send: Replies, answering: Answering) -> None:
    """An event stream goes to the rules of a turn, with those events that the document has."""
    stream = fixtures.stream("plain_turn")
    media = "text/event-stream"
    assert list(send.body(answering(200, stream, media=media))) == []
    assert [p.rule for p in send.body(answering(200, stream.replace(b"[DONE]", b"{}"), media=media))] == [
        "SSE-6",
        "SSE-3",
    ]


@pytest.mark.parametrize(
    ("body", "rules"),
    [
        (b'{"include_pings": false}', ["SSE-8"]),
        (b'{"include_pings": true}', []),
        (b'{"include_pings": 0}', []),
        (b"{}", []),
        (b"[]", []),
        (b"{", []),
        (b"[" * 99_999, []),
        (None, []),
    ],
)
def test_pings_are_wrong_where_none_were_wanted(
    send: Replies, answering: Answering, body: bytes | None, rules: list[str]
) -> None:
    """Only a request that says `include_pings: false` is to have none."""
    ping = b'data: {"message_type": "ping", "id": "p", "date": "2026-02-03T04:05:06Z"}\n\n'
    exchange = answering(
        200,
        ping + fixtures.stream("plain_turn"),
        media="text/event-stream",
        request=Request("POST", "/", body=body),
    )
    assert [problem.rule for problem in send.body(exchange)] == rules


@pytest.mark.parametrize(
    ("seconds", "rules"),
    [
        pytest.param(1.0, [], id="closed at once"),
        pytest.param(5.5, [], id="closed by a busy machine"),
        pytest.param(13.0, ["SSE-6"], id="left open"),
    ],
)
def test_stream_ends_behind_its_terminator(
    send: Replies, answering: Answering, seconds: float, rules: list[str]
) -> None:
    """A stream that stays open behind [DONE] keeps its readers waiting."""
    exchange = answering(200, fixtures.stream("plain_turn"), media="text/event-stream")
    assert exchange.reply is not None
    length = len(exchange.reply.content)
    arrivals = ((0.5, length // 2), (1.0, length))
    late = replace(exchange, reply=replace(exchange.reply, seconds=seconds, arrivals=arrivals))
    assert [problem.rule for problem in send.body(late)] == rules


def test_what_was_said_is_one_short_line() -> None:
    """A body is shown by its beginning."""
    assert said(Reply(200, (), b"a\n  b\tc\xff")) == "a b c�"
    assert len(said(Reply(200, (), b"x" * 10_000))) == 200
