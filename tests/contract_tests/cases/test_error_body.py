from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.contract_tests.case import Row
from letta_contract.contract_tests.verdict import Verdict

if TYPE_CHECKING:
    from tests.contract_tests.server import Server

INVALID = "retrieve_conversation/validation-error-body"
NOT_FOUND = "retrieve_conversation/not-found-body"
LOC = ["path", "conversation_id"]
Tried = Callable[[str], list[Row]]


def detail(*locs: list[Any]) -> dict[str, Any]:
    return {"detail": [{"loc": loc, "msg": "m", "type": "t"} for loc in locs]}


def problems(rows: list[Row]) -> list[str]:
    return [row.rule for row in rows if row.verdict is Verdict.FAIL]


@pytest.mark.parametrize(
    "case_id",
    [INVALID, NOT_FOUND, "summarize_messages/validation-error-body", "send_conversation_message/not-found-body"],
)
def test_unbroken_server_passes(tried: Tried, case_id: str) -> None:
    """The mock's own errors are as they should be."""
    rows = tried(case_id)
    assert {row.verdict for row in rows} == {Verdict.PASS}


@pytest.mark.parametrize(
    ("json", "rules"),
    [
        pytest.param(detail(LOC), [], id="right"),
        pytest.param(detail(["path", "str", "conversation_id", 0]), [], id="names of variants between"),
        pytest.param(detail(["body"], LOC), [], id="further entries"),
        pytest.param({"detail": "Too long."}, ["ERR-2"], id="a string"),
        pytest.param({"detail": []}, ["ERR-2"], id="no entry"),
        pytest.param({"detail": [{"loc": LOC, "msg": "m"}]}, ["ERR-2"], id="no type"),
        pytest.param({"message": "Too long."}, ["ERR-2"], id="another shape"),
        pytest.param(detail(["body", "summary"]), ["ERR-3"], id="another culprit"),
        pytest.param(detail(["conversation_id", "path"]), ["ERR-3"], id="the wrong way round"),
        pytest.param(detail(["path"]), ["ERR-3"], id="no culprit"),
    ],
)
def test_body_of_a_422_names_the_culprit(tried: Tried, server: Server, json: Any, rules: list[str]) -> None:
    """Shape and loc are judged, extra steps and entries are fine."""
    server.app.change = lambda _, answer: answer.but(json=json)
    assert problems(tried(INVALID)) == rules


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"json": {"detail": "No such thing.", "trace_id": "x"}}, []),
        ({"json": {"message": "No such thing."}}, ["ERR-4"]),
        ({"json": {"detail": {"message": "No"}}}, ["ERR-4"]),
        ({"body": b"", "media": "text/plain"}, ["STATUS-11"]),
        ({"body": b"not JSON"}, ["ERR-1"]),
        ({"json": {"detail": "Traceback (most recent call last)"}}, ["ERR-6"]),
    ],
)
def test_body_of_a_404_is_judged(tried: Tried, server: Server, changes: dict[str, Any], rules: list[str]) -> None:
    """A 404 is JSON with a string for its detail, and shows nothing of the server."""
    server.app.change = lambda _, answer: answer.but(**changes)
    assert problems(tried(NOT_FOUND)) == rules


@pytest.mark.parametrize("case_id", [INVALID, NOT_FOUND])
def test_another_status_is_not_judged_twice(tried: Tried, server: Server, case_id: str) -> None:
    """Where the status is wrong, its own case fails; the body is no further failure."""
    server.app.change = lambda _, answer: answer.but(status=200, json={"oops": 1})
    (row,) = tried(case_id)
    assert (row.verdict, row.actual) == (Verdict.SKIP, "200")


def test_no_answer_is_not_judged(tried: Tried, server: Server) -> None:
    """Without an answer there is no body."""
    server.app.change = lambda _, answer: answer.but(kept=0)
    (row,) = tried(NOT_FOUND)
    assert (row.verdict, row.actual) == (Verdict.SKIP, "no answer")
