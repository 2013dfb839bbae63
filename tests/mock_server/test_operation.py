from typing import Any

import pytest

TOO_LONG = f"/v1/conversations/conv-{'0' * 60}"


def locs(response: Any) -> Any:
    assert response.status_code == 422
    return [entry["loc"] for entry in response.json()["detail"]]


def test_token_is_judged_before_everything_else(guarded: Any) -> None:
    """Without the token, known and unknown ids and faulty ones are all 401 (ORDER-1)."""
    for path in (guarded.known, guarded.unknown, TOO_LONG):
        response = guarded.get(path)
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"


def test_form_is_judged_before_the_look_up(api: Any) -> None:
    """An over-long id, and a faulty body for an unknown one, are 422 although there is no such thing (ORDER-4)."""
    assert locs(api.get(TOO_LONG)) == [["path", "conversation_id"]] * 2
    assert locs(api.patch(api.unknown, json={"summary": 3})) == [["body", "summary"]]


def test_every_violation_is_reported_at_once(examples: Any) -> None:
    """Faults in the path, the query and the body are one list (ERR-5)."""
    response = examples.post("/v1/conversations/x/recompile?dry_run=perhaps", json={"agent_id": 3})
    assert locs(response) == [["path", "conversation_id"], ["query", "dry_run"], ["body", "agent_id"]]


@pytest.mark.parametrize(
    ("id_", "status"),
    [
        ("%C3%A9" * 42, 422),
        ("default", 200),
        ("default%0A", 422),
        ("conv-123E4567-e89b-42d3-8456-426614174000", 422),
        ("conv-123e4567-e89b-12d3-8456-426614174000", 422),
        ("conv-123e4567-e89b-42d3-8456-426614174000", 200),
        ("agent-123e4567-e89b-42d3-8456-426614174000", 200),
        ("a" * 5000, 422),
        ("%00" * 41, 422),
        ("%FF%FE", 422),
        ("%", 422),
    ],
)
def test_ids_are_judged_by_their_form(examples: Any, id_: str, status: int) -> None:
    """In examples mode any well-formed id is known, and no other is let in (ID-2 to ID-7)."""
    assert examples.get(f"/v1/conversations/{id_}/messages").status_code == status


def test_length_is_counted_in_code_points(examples: Any) -> None:
    """42 two-byte characters are not too long; they are only off the pattern (ID-5)."""
    response = examples.get(f"/v1/conversations/{'%C3%A9' * 42}/messages")
    assert [entry["type"] for entry in response.json()["detail"]] == ["string_pattern_mismatch"]


def test_missing_query_parameter_is_named(examples: Any) -> None:
    """create without agent_id names it."""
    assert locs(examples.post("/v1/conversations/")) == [["query", "agent_id"]]


def test_required_body_is_missed_and_optional_is_not(examples: Any) -> None:
    """An empty body is no body, whatever its Content-Type says (STATUS-16)."""
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert locs(examples.post(f"{examples.known}/messages", headers=form)) == [["body"]]
    assert examples.post(f"{examples.known}/compact", headers=form).status_code == 200


def test_chunked_body_is_read(examples: Any) -> None:
    """A body without a length is a body."""
    chunks = iter([b'{"input": "x",', b' "streaming": 3}'])
    assert locs(examples.post(f"{examples.known}/messages", content=chunks)) == [["body", "streaming"]]


def test_null_may_stand_for_an_optional_body(examples: Any) -> None:
    """JSON null is fine where the document says so, and a violation where it does not."""
    assert examples.post(f"{examples.known}/compact", content="null").status_code == 200
    assert locs(examples.patch(examples.known, content="null")) == [["body"]]


def test_date_that_is_none_is_refused(api: Any, path: str) -> None:
    """A date can be read or is a violation; without a time it is one as well (TOL-5)."""
    assert locs(api.patch(path, json={"last_message_at": "soon"})) == [["body", "last_message_at"]]
    assert api.patch(path, json={"last_message_at": "2026-01-31"}).status_code == 200
