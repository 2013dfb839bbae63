import time
from itertools import pairwise
from typing import Any

import pytest
from letta_contract.mock_server import Settings
from letta_contract.mock_server.session import HEADER, MOST, Sessions
from letta_contract.mock_server.worlds import Worlds

CONVERSATION = "/v1/conversations/conv-123e4567-e89b-42d3-8456-426614174000"


def named(name: str) -> dict[str, str]:
    return {"x-mock-session": name}


def test_worlds_of_sessions_are_apart_in_each_state(api: Any, request: Any) -> None:
    """In memory, in a file, in Redis: what one deletes is there for the other; a reset brings it back."""
    one, two = named(f"one {request.node.name}"), named(f"two {request.node.name}")
    api.delete(CONVERSATION, headers=one)
    assert api.get(CONVERSATION, headers=one).status_code == 404
    assert api.get(CONVERSATION, headers=two).status_code == 200
    api.post("/_mock/reset", headers=one)
    assert api.get(CONVERSATION, headers=one).status_code == 200


def test_sessions_share_nothing(serving: Any) -> None:
    """What one test makes, breaks and asks is not seen by another."""
    with serving(Settings(stateful=True)) as api:
        api.delete(CONVERSATION, headers=named("one"))
        api.put("/_mock/latency", json={"delay": 1}, headers=named("one"))
        api.post("/_mock/expectations", json={"status": 503, "times": 1}, headers=named("one"))
        assert api.get(CONVERSATION, headers=named("two")).status_code == 200
        assert api.get(CONVERSATION).status_code == 200
        state = api.get("/_mock/state", headers=named("two")).json()
        assert (state["delay"], state["expectations"], state["requests"]) == (0, [], 1)
        assert state["sessions"] == ["one", "two"]


def test_requests_of_one_session_share_a_world(own: Any) -> None:
    """Whatever connection they come over."""
    own.delete(CONVERSATION)
    assert own.get(CONVERSATION, headers={"connection": "close"}).status_code == 404


def test_session_not_used_for_longest_goes_first() -> None:
    """They are bounded in number."""
    sessions = Sessions(None, Settings())
    first = sessions.of([(HEADER, b"0")])
    for number in range(1, MOST):
        sessions.of([(HEADER, b"%d" % number)])
    assert sessions.of([(HEADER, b"0")]) is first
    sessions.of([(b"accept", b"*/*"), (HEADER, b"another")])
    assert len(sessions.named) == MOST
    assert b"1" not in sessions.named
    assert sessions.of([(HEADER, b"0")]) is first


def test_world_of_a_session_that_goes_is_forgotten() -> None:
    """It takes no memory, and its name begins anew."""
    worlds = Worlds(Settings(stateful=True))
    sessions = Sessions(worlds.world, Settings(stateful=True))
    first = sessions.of([(HEADER, b"first")])
    assert first.world is not None
    assert first.world.store.agents()
    for number in range(MOST):
        sessions.of([(HEADER, b"%d" % number)])
    assert first.world.store.agents() == []
    again = sessions.of([(HEADER, b"first")])
    assert again.world is not None
    assert len(again.world.store.agents()) == 2


def test_reset_begins_again(own: Any) -> None:
    """With a new world, an empty journal, and nothing arranged."""
    own.delete(CONVERSATION)
    own.put("/_mock/latency", json={"delay": 5, "chunk_delay": 5})
    own.post("/_mock/expectations", json={"status": 503})
    assert own.post("/_mock/reset").json() == {"reset": True}
    assert own.get("/_mock/journal").json()["count"] == 0
    assert own.get("/_mock/latency").json() == {"delay": 0, "chunk_delay": 0}
    assert own.get(CONVERSATION).status_code == 200


def test_reset_ends_what_is_under_way(own: Any) -> None:
    """A turn of the old world leaves nothing in the new one."""
    own.post("/_mock/expectations", json={"reply": {"text": "red green blue", "gap": 200}, "times": 1})
    with own.stream("POST", f"{CONVERSATION}/messages", json={"input": "hi", "stream_tokens": True}) as response:
        lines = response.iter_lines()
        next(lines)
        own.post("/_mock/reset")
        for _line in lines:
            pass
    kept = own.get(f"{CONVERSATION}/messages?limit=1").json()
    assert "red" not in str(kept)
    assert own.post(f"{CONVERSATION}/messages", json={"input": "hi", "streaming": False}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", CONVERSATION), ("GET", "/v1/conversations/x"), ("GET", "/nothing"), ("PUT", CONVERSATION)],
)
def test_server_can_be_late_from_the_start(serving: Any, method: str, path: str) -> None:
    """--delay holds for answers and refusals, 404 and 405 of the paths themselves too, until someone sets another.

    A reset brings it back.
    """
    with serving(Settings(delay=120)) as api:
        assert api.request(method, path).elapsed.total_seconds() >= 0.12
        api.put("/_mock/latency", json={"delay": 0})
        assert api.request(method, path).elapsed.total_seconds() < 0.1
        api.post("/_mock/reset")
        assert api.get("/_mock/latency").json()["delay"] == 120


@pytest.mark.parametrize("stateful", [False, True])
def test_events_come_one_by_one(serving: Any, stateful: bool) -> None:  # noqa: FBT001
    """--chunk-delay: each event goes out by itself, as long after the one before."""
    with (
        serving(Settings(stateful=stateful, chunk_delay=60)) as api,
        api.stream("POST", f"{CONVERSATION}/messages", json={"input": "hello"}) as response,
    ):
        times = [time.monotonic() for _chunk in response.iter_raw()]
    gaps = [later - sooner for sooner, later in pairwise(times)]
    assert len(gaps) >= 3
    # The terminator comes with the end of the body, perhaps.
    assert all(gap >= 0.04 for gap in gaps[:-1])
