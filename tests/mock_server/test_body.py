import asyncio
import json
from typing import Any

import pytest
from letta_contract.mock_server.body import MAX_DEPTH, ClientLeftError, decode, read
from letta_contract.mock_server.refusal import Invalid, Refusal


def receiver(*messages: Any) -> Any:
    waiting = iter(messages)

    async def receive() -> Any:
        return next(waiting)

    return receive


def chunk(body: Any, *, more: bool = False) -> Any:
    return {"type": "http.request", "body": body, "more_body": more}


def test_body_is_joined_from_its_chunks() -> None:
    """However a body comes, it is read whole."""
    assert asyncio.run(read(receiver(chunk(b"a", more=True), chunk(b"b")), 10)) == b"ab"


def test_body_past_the_limit_is_413() -> None:
    """Reading stops where the limit is passed, and the connection with it."""
    with pytest.raises(Refusal, match="longer than 3 bytes") as refusal:
        asyncio.run(read(receiver(chunk(b"ab", more=True), chunk(b"cd", more=True)), 3))
    assert refusal.value.status == 413
    assert (b"connection", b"close") in refusal.value.reply.headers


def test_client_that_leaves_gets_no_answer() -> None:
    """A body that breaks off is not judged."""
    with pytest.raises(ClientLeftError):
        asyncio.run(read(receiver(chunk(b"a", more=True), {"type": "http.disconnect"}), 10))


@pytest.mark.parametrize(
    "media_type", [None, b"", b"application/json", b"Application/JSON; charset=bogus", b"application/x+json"]
)
def test_json_is_read_under_its_media_types(media_type: bytes | None) -> None:
    """Without a media type a body counts as JSON (STATUS-15)."""
    assert decode(b'{"a": 7.0}', media_type) == {"a": 7}


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b'{"a": }', [6]),
        (b'{"a": 1} x', [9]),
        (b"", [0]),
        (b"\xff\xfe", [0]),
        (b'"\xc3"', [1]),
        (b"\xef\xbb\xbf{}", [0]),
        (b"NaN", []),
        (b"[Infinity]", []),
        (b"1e400", []),
        (b"9" * 5000, []),
        (b'"\\ud800"', []),
        (b"[" * 100_000, []),
        (b'{"a":' * 100_000, []),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(raw: bytes, place: Any) -> None:
    """Nothing that can be sent as a body is more than a violation (STATUS-12, STATUS-13, STATE-48)."""
    with pytest.raises(Invalid) as refusal:
        decode(raw, b"application/json")
    (entry,) = refusal.value.violations
    assert (entry["loc"], entry["type"]) == (["body", *place], "json_invalid")


@pytest.mark.parametrize(
    "media_type", [b"text/plain", b"application/x-www-form-urlencoded", b"\xff", b"application/jsonx"]
)
def test_other_media_types_are_refused(media_type: bytes | None) -> None:
    """A body under another media type than JSON is a violation (STATUS-14)."""
    with pytest.raises(Invalid) as refusal:
        decode(b"{}", media_type)
    assert refusal.value.violations[0]["loc"] == ["body"]


def test_whole_number_is_an_integer() -> None:
    """Also with a point, so that it comes back as one; others stay what they are."""
    value = decode(b'{"a": [7.0, -0.5, 1.5e3, 2.0e300], "b": "7.0"}', None)
    assert json.dumps(value) == '{"a": [7, -0.5, 1500, 2e+300], "b": "7.0"}'


def test_nesting_is_counted_outside_of_strings() -> None:
    """Brackets in text nest nothing; as deep as is allowed is fine."""
    deepest = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert decode(json.dumps(['[{\\"' * MAX_DEPTH]).encode(), None) == ['[{\\"' * MAX_DEPTH]
    assert decode(deepest.encode(), None) is not None
    with pytest.raises(Invalid, match="contract"):
        decode(f"[{deepest}]".encode(), None)


@pytest.mark.parametrize("number", [2**64, -(2**63) - 1, 10**25])
def test_integers_of_any_size_keep_every_digit(number: int) -> None:
    """What is too large for 64 bits is not rounded."""
    assert decode(f'{{"a": [{number}]}}'.encode(), None) == {"a": [number]}


def test_surrogate_pairs_are_characters() -> None:
    """Two halves that belong together are one character."""
    assert decode(b'"\\ud83d\\ude00"', None) == "\U0001f600"
