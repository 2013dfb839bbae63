import json
from typing import Any

import httpx
import pytest

CONVERSATION = "/v1/conversations/conv-123e4567-e89b-42d3-8456-426614174000"
TURN = {"input": "hello there", "stream_tokens": True}


def arrange(own: Any, **fields: Any) -> None:
    response = own.post("/_mock/expectations", json=fields)
    assert response.status_code == 201, response.text


def streamed(own: Any) -> tuple[bytes, Exception | None]:
    """What comes of a stream, and what it breaks with."""
    got = b""
    try:
        with own.stream("POST", f"{CONVERSATION}/messages", json=TURN) as response:
            for chunk in response.iter_raw():
                got += chunk
    except httpx.TransportError as error:
        return got, error
    return got, None


def is_free(own: Any) -> bool:
    return own.get("/_mock/state").json()["conversations"][1]["active_run"] is None


def test_connection_is_reset_before_a_byte(own: Any) -> None:
    """As when a server dies; the next connection is well again."""
    arrange(own, fault="reset", times=1)
    with pytest.raises(httpx.ReadError):
        own.get(CONVERSATION)
    assert own.get(CONVERSATION).status_code == 200


def test_body_is_truncated(own: Any) -> None:
    """The length that was promised does not come."""
    arrange(own, fault="truncate", times=1)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        own.get(CONVERSATION)
    assert own.get(CONVERSATION).status_code == 200


def test_body_is_garbage_of_its_length(own: Any) -> None:
    """Its headers promise JSON still."""
    arrange(own, fault="garbage", times=1)
    response = own.get(CONVERSATION)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    with pytest.raises(ValueError, match=r"decode|utf-8"):
        json.loads(response.content)


def test_body_drips(own: Any) -> None:
    """It is whole in the end."""
    arrange(own, fault="drip", every=10, times=1)
    response = own.get(CONVERSATION)
    assert response.json()["id"] in CONVERSATION
    assert response.elapsed.total_seconds() >= 0.19


def test_stream_is_cut_between_events(own: Any, eventually: Any) -> None:
    """As many events as were asked for come whole, then the connection closes; the turn is told."""
    arrange(own, fault="cut", after=3, times=1)
    got, error = streamed(own)
    assert isinstance(error, httpx.RemoteProtocolError)
    assert got.count(b"\n\n") == 3
    assert got.endswith(b"\n\n")
    assert eventually(lambda: is_free(own))


def test_stream_is_truncated_in_an_event(own: Any, eventually: Any) -> None:
    """The last line has no end."""
    arrange(own, fault="truncate", after=1, times=1)
    got, error = streamed(own)
    assert isinstance(error, httpx.RemoteProtocolError)
    assert got.count(b"\n\n") == 1
    assert not got.endswith(b"\n")
    assert eventually(lambda: is_free(own))


def test_stream_holds_one_event_of_garbage(own: Any) -> None:
    """Those around it are as they should be, and the stream ends well."""
    arrange(own, fault="garbage", after=1, times=1)
    got, error = streamed(own)
    assert error is None
    assert got.startswith(b"data: {")
    assert b"\x80\x81" in got
    assert got.endswith(b"data: [DONE]\n\n")


def test_stream_drips_through_its_events(own: Any) -> None:
    """No reader can count on a chunk being an event."""
    arrange(own, fault="drip", every=1, times=1)
    with own.stream("POST", f"{CONVERSATION}/messages", json=TURN) as response:
        chunks = list(response.iter_raw())
    assert any(not chunk.endswith(b"\n\n") for chunk in chunks)
    assert b"".join(chunks).endswith(b"data: [DONE]\n\n")


def test_fault_comes_at_the_end_of_a_stream_that_is_too_short_for_it(own: Any) -> None:
    """It is not left out."""
    arrange(own, fault="cut", after=1_000, times=1)
    got, error = streamed(own)
    assert isinstance(error, httpx.RemoteProtocolError)
    assert got.endswith(b"data: [DONE]\n\n")


def test_reset_stream_sets_its_conversation_free(own: Any, eventually: Any) -> None:
    """A turn whose stream never began is over."""
    arrange(own, fault="reset", times=1)
    assert isinstance(streamed(own)[1], httpx.ReadError)
    assert eventually(lambda: is_free(own))


def test_faults_befall_refusals_too(own: Any) -> None:
    """A 404 may be cut off as well as a 200."""
    arrange(own, fault="garbage", times=1)
    response = own.get("/v1/conversations/conv-99999999-9999-4999-8999-999999999999")
    assert response.status_code == 404
    assert response.content.startswith(b"\x80")
