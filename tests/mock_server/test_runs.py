from typing import Any

import pytest


def background(api: Any, path: str, text: str = "hello") -> Any:
    return api.events(api.post(f"{path}/messages", json={"input": text, "background": True}).text)


def replay(api: Any, path: str, **options: Any) -> Any:
    return api.events(api.post(f"{path}/stream", json=options).text)


def test_background_run_can_be_replayed(api: Any, path: str) -> None:
    """The same stream again, numbered, and from behind any number on."""
    found = background(api, path)
    assert [event.get("seq_id") for event in found] == [1, 2, None, None]
    assert replay(api, path) == found
    assert replay(api, path, include_pings=False) == found[1:]
    assert replay(api, path, starting_after=1) == found[1:]
    assert replay(api, path, starting_after=10**30) == found[2:]
    assert replay(api, path, starting_after=-1) == found


def test_background_run_goes_on_when_the_client_leaves(api: Any, path: str) -> None:
    """Its stream can be picked up where it was left."""
    body = {"input": "STUB:SLOW 6 0.1", "stream_tokens": True, "background": True, "include_pings": False}
    with api.stream("POST", f"{path}/messages", json=body) as response:
        next(response.iter_lines())
    rest = replay(api, path, starting_after=1)
    assert "".join(event["content"] for event in rest if "content" in event) == "w1 w2 w3 w4 w5"


def test_run_is_found_by_its_id_or_by_what_was_sent(api: Any, path: str) -> None:
    """`run_id` and `otid` name the run; any others are 404."""
    message = {"role": "user", "content": "x", "otid": "o-1"}
    response = api.post(f"{path}/messages", json={"messages": [message], "background": True})
    found = api.events(response.text)
    assert replay(api, path, run_id=found[0]["run_id"], otid="o-1") == found
    for unknown in ({"run_id": "run-x"}, {"otid": "o-2"}):
        assert api.post(f"{path}/stream", json=unknown).status_code == 404


def test_nothing_to_replay_is_400(api: Any, path: str) -> None:
    """Neither before the first run nor after one in the foreground."""
    assert api.post(f"{path}/stream").status_code == 400
    api.say(path, "hello")
    assert api.post(f"{path}/stream", content="null").status_code == 400


def test_only_the_last_background_run_is_kept(api: Any, path: str) -> None:
    """A new one takes the place of the one before."""
    first, second = background(api, path, "one"), background(api, path, "two")
    assert replay(api, path) == second
    assert api.post(f"{path}/stream", json={"run_id": first[0]["run_id"]}).status_code == 404


def test_cancelled_background_run_says_so_to_all(api: Any, path: str) -> None:
    """Those who follow it, and those who replay it later."""
    body = {"input": "STUB:SLOW 40 0.1", "stream_tokens": True, "background": True}
    with api.stream("POST", f"{path}/messages", json=body) as response:
        lines = response.iter_lines()
        next(line for line in lines if "assistant_message" in line)
        assert api.post(f"{path}/cancel").status_code == 200
        assert "cancelled" in [line for line in lines if line][-2]
    assert replay(api, path)[-1] == {"message_type": "stop_reason", "stop_reason": "cancelled"}


def test_deleted_conversation_ends_who_follows(api: Any, path: str) -> None:
    """A follower is told that the run was cancelled."""
    body = {"input": "STUB:SLOW 40 0.1", "stream_tokens": True, "background": True}
    with api.stream("POST", f"{path}/messages", json=body) as response:
        lines = response.iter_lines()
        next(line for line in lines if "assistant_message" in line)
        api.delete(path)
        assert [line for line in lines if line][-1] == "data: [DONE]"


def test_nothing_to_cancel_is_409(api: Any, path: str) -> None:
    """Neither in a new conversation nor after a turn (STATE-45)."""
    assert api.post(f"{path}/cancel").status_code == 409
    api.say(path, "hello")
    assert api.post(f"{path}/cancel").status_code == 409


@pytest.mark.parametrize(
    ("asked", "answered"),
    [(402, 402), (429, 429), (500, 500), (502, 502), (503, 503), (504, 504), (404, 400), (200, 400), (599, 502)],
)
def test_failure_before_the_start_is_an_error(api: Any, path: str, asked: int, answered: int) -> None:
    """Without a stream, a model that fails is an error that the document lists, and nothing was said (SSE-11)."""
    rows = api.rows(path)
    response = api.post(f"{path}/messages", json={"input": f"STUB:HTTP {asked}", "streaming": False})
    assert response.status_code == answered
    assert str(asked) in response.text
    assert api.rows(path) == rows


def test_send_to_an_unknown_conversation_is_404(api: Any) -> None:
    """In the form of a conversation, of an agent, and of a default."""
    for path in (
        api.unknown,
        "/v1/conversations/agent-99999999-9999-4999-8999-999999999999",
        "/v1/conversations/default",
    ):
        assert api.post(f"{path}/messages", json={"input": "x"}).status_code == 404
