"""What an error tells of the server's inside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.expectation import Expectation, Kind
from letta_contract.contract_tests.reply import Replies
from letta_contract.contract_tests.request import Request

if TYPE_CHECKING:
    from .answering import Answering

ACCEPT = Expectation(Kind.ACCEPT, frozenset({200, 404}), "the request is valid", "TOL-11")


@pytest.fixture
def retrieve(contract: Contract) -> Replies:
    return Replies(contract.operations["retrieve_conversation"])


@pytest.mark.parametrize(
    "detail",
    [
        "Traceback (most recent call last):\n",
        'File "/app/server.py", line 12, in get',
        "TypeError: x is undefined\n    at judge (file:///srv/api/body.mjs:12:7)",
        "no such file: /var/lib/letta/agents.json",
        "panic\n\ngoroutine 7 [running]:",
        "java.lang.NullPointerException\n\tat org.letta.Api.get(Api.java:81)",
    ],
)
def test_inside_of_a_server_in_an_error_is_a_problem(retrieve: Replies, answering: Answering, detail: str) -> None:
    """An error that shows the server's inside is told as such, whatever of it is judged (ERR-6)."""
    assert [p.rule for p in retrieve.status(answering(404, {"detail": f"Oops: {detail}"}), ACCEPT)] == ["ERR-6"]


@pytest.mark.parametrize(
    "detail",
    [
        "See /docs",
        "not at 12:30:15",
        "https://letta.example/app/docs",
        "Conversation /v1/conversations/conv-1 not found",
    ],
)
def test_harmless_error_tells_nothing_of_the_server(retrieve: Replies, answering: Answering, detail: str) -> None:
    """Addresses, and what merely looks like a path, are no secret."""
    assert list(retrieve.status(answering(404, {"detail": detail}), ACCEPT)) == []


def test_what_the_request_said_is_no_secret(retrieve: Replies, answering: Answering) -> None:
    """A server may repeat what it was told."""
    exchange = answering(404, {"detail": "no summary like '/etc/passwd'"})
    asked = Request("GET", "/v1/conversations/", query="summary_search=%2Fetc%2Fpasswd")
    assert [p.rule for p in retrieve.status(exchange, ACCEPT)] == ["ERR-6"]
    assert list(retrieve.status(replace(exchange, request=asked), ACCEPT)) == []


def test_conversation_may_talk_of_tracebacks(retrieve: Replies, answering: Answering) -> None:
    """What stands in an answer that is no error is nobody's secret."""
    body = {"id": "conv-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364", "summary": "Traceback (most recent call last)"}
    assert list(retrieve.status(answering(200, body), ACCEPT)) == []
