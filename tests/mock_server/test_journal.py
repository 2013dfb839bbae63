from typing import Any

import pytest
from letta_contract.mock_server.body import decode
from letta_contract.mock_server.journal import SIZE, Entry, Journal
from letta_contract.mock_server.refusal import Refusal

SCOPE = {"method": "GET", "path": "/", "query_string": b""}
CONVERSATION = "/v1/conversations/conv-123e4567-e89b-42d3-8456-426614174000"


def last(own: Any) -> Any:
    return own.get("/_mock/journal?limit=1").json()["requests"][0]


def test_request_is_written_down_with_its_operation_and_timing(own: Any) -> None:
    """The query as its operation read it, the body, the status, and how long it took."""
    own.post(f"{CONVERSATION}/recompile?dry_run=yes", json={})
    entry = last(own)
    assert entry["operationId"] == "recompile_conversation"
    assert entry["query"]["dry_run"] is True
    assert (entry["method"], entry["path"]) == ("POST", f"{CONVERSATION}/recompile")
    assert (entry["body"], entry["body_bytes"], entry["status"], entry["verdict"]) == ({}, 2, 200, "valid")
    assert 0 < entry["ms"] < 5_000
    assert entry["ended"] is None
    assert entry["why"] == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "verdict", "why"),
    [
        (
            "PATCH",
            CONVERSATION,
            {"summary": 3},
            422,
            "invalid",
            ["body.summary: Input should be null or a valid string"],
        ),
        ("POST", "/v1/conversations/", None, 422, "invalid", ["query.agent_id: Field required"]),
        ("GET", "/nothing", None, 404, "unrouted", ["There is no such path."]),
        ("PUT", CONVERSATION, None, 405, "unrouted", ["There is no such method of this path."]),
        (
            "POST",
            f"{CONVERSATION}/cancel",
            None,
            409,
            "valid",
            ["Nothing runs here. Cancel while a turn is under way."],
        ),
    ],
)
def test_refusal_is_written_down_with_its_reasons(
    own: Any, method: str, path: str, body: Any, status: int, verdict: str, why: list[str]
) -> None:
    """Whoever wonders why a call failed finds it said."""
    assert own.request(method, path, json=body).status_code == status
    entry = last(own)
    assert (entry["status"], entry["verdict"], entry["why"]) == (status, verdict, why)


def test_missing_token_is_written_down(guarded: Any) -> None:
    """It is neither a valid nor an invalid request."""
    guarded.get(CONVERSATION, headers={"x-mock-session": "token"})
    entry = guarded.get("/_mock/journal", headers={"x-mock-session": "token"}).json()["requests"][0]
    assert (entry["status"], entry["verdict"]) == (401, "unauthorized")


def test_stream_that_is_under_way_has_no_end_yet(own: Any) -> None:
    """Its time is not known before."""
    own.post("/_mock/expectations", json={"reply": {"text": "one two three", "gap": 5000}})
    with own.stream("POST", f"{CONVERSATION}/messages", json={"input": "hi", "stream_tokens": True}) as response:
        lines = response.iter_lines()
        next(lines)
        assert (last(own)["status"], last(own)["ms"]) == (200, None)


def test_client_that_left_is_told_from_one_that_stayed(own: Any, eventually: Any) -> None:
    """`ended` says so of the one, and nothing of the other."""
    own.post("/_mock/expectations", json={"reply": {"text": "one two three", "gap": 5000}})
    with own.stream("POST", f"{CONVERSATION}/messages", json={"input": "hi", "stream_tokens": True}) as response:
        next(response.iter_lines())
    assert eventually(lambda: last(own)["ended"] == "before its end")


def test_pages_of_the_mock_itself_are_not_written_down(own: Any) -> None:
    """They would push out what was asked of the API."""
    for path in ("/_mock/", "/_mock/state", "/docs", "/openapi.json"):
        own.get(path)
    assert own.get("/_mock/journal").json() == {"count": 0, "requests": []}


def test_body_that_is_long_is_counted_and_not_kept(own: Any) -> None:
    """The journal's memory has bounds."""
    own.post(f"{CONVERSATION}/messages", json={"input": "x" * 10_000, "streaming": False})
    entry = last(own)
    assert entry["body"] is None
    assert entry["body_bytes"] > 10_000


def test_body_that_is_no_json_is_shown_as_text(own: Any) -> None:
    """With what was wrong with it."""
    own.patch(CONVERSATION, content=b'{"summary": ', headers={"content-type": "application/json"})
    entry = last(own)
    assert entry["body"] == '{"summary": '
    assert entry["why"] == ["body.12: JSON decode error: Expecting value"]


def test_many_violations_are_summed_up() -> None:
    """A body of thousands of faults does not become thousands of lines."""
    from letta_contract.mock_server.refusal import Invalid
    from letta_contract.mock_server.violations import violation

    entry = Entry(SCOPE)
    entry.refused(Invalid([violation(("body", number), "missing", "Field required") for number in range(1_000)]))
    assert len(entry.why) == 21
    assert entry.why[-1] == "… and 980 more"


def test_journal_is_a_ring() -> None:
    """The oldest goes first; the numbers go on, and the journal owns that it has gaps."""
    journal = Journal()
    for _ in range(SIZE):
        journal.add(Entry(SCOPE))
    assert journal.complete
    journal.add(Entry(SCOPE))
    assert [entry.number for entry in journal] == list(range(2, SIZE + 2))
    assert (journal.count, journal.complete) == (SIZE + 1, False)
    journal.clear()
    assert (journal.count, list(journal)) == (0, [])


def test_journal_can_be_filtered_and_cleared(own: Any) -> None:
    """By operation and by verdict; a mistaken filter is told."""
    own.get(CONVERSATION)
    own.get("/v1/conversations/x")
    own.get("/v1/conversations/")

    def numbers(query: str) -> Any:
        return [entry["number"] for entry in own.get(f"/_mock/journal?{query}").json()["requests"]]

    assert numbers("") == [3, 2, 1]
    assert numbers("limit=2") == [3, 2]
    assert numbers("operationId=retrieve_conversation") == [2, 1]
    assert numbers("verdict=invalid") == [2]
    assert own.get("/_mock/journal?verdit=invalid").status_code == 422
    assert own.get("/_mock/journal?limit=-1").status_code == 422
    assert own.delete("/_mock/journal").json() == {"count": 0}
    assert numbers("") == []


def test_refusal_is_kept_without_what_it_came_from() -> None:
    """A journal of refusals holds neither the frames that they were raised in nor the bodies that nobody could read."""
    entry = Entry(SCOPE)
    try:
        decode(b"{", None)
    except Refusal as refusal:
        entry.refused(refusal)
    assert entry.refusal is not None
    assert entry.refusal.__traceback__ is entry.refusal.__cause__ is entry.refusal.__context__ is None
