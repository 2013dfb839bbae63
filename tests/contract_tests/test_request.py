from __future__ import annotations

import pytest
from letta_contract.contract_tests.request import Request, request


def test_segments_are_encoded_whole() -> None:
    """Whatever a segment holds, it stays one segment; what may stand in a path stays as it is."""
    made = request("GET", "/v1/{a}/{b}", path={"a": "a/b?c#d%e é\n", "b": "-._~!$&'()*+,;=:@"})
    assert made.path == "/v1/a%2Fb%3Fc%23d%25e%20%C3%A9%0A/-._~!$&'()*+,;=:@"


def test_lone_surrogates_can_be_sent() -> None:
    """Half a character goes over the wire as the bytes that it would have."""
    assert request("GET", "/{a}", path={"a": "\ud800"}).path == "/%ED%A0%80"


@pytest.mark.parametrize("query", [{"a": "x y&z", "b": True, "c": None}, [("a", "x y&z"), ("b", True), ("c", None)]])
def test_query_is_encoded(query: object) -> None:
    """A query may be given as a mapping or as pairs; booleans are spelt as in JSON."""
    assert request("GET", "/", query=query).query == "a=x+y%26z&b=true&c=None"  # type: ignore[arg-type]


def test_query_key_may_stand_twice() -> None:
    """Pairs are sent in their order, however often a key comes."""
    assert request("GET", "/", query=[("a", 1), ("b", 2), ("a", 3)]).query == "a=1&b=2&a=3"


def test_body_is_json_under_its_media_type() -> None:
    """A body is encoded as JSON, false and empty values as well; None is no body and no Content-Type."""
    made = request("POST", "/", body={"a": [1, "é"]})
    assert (made.body, made.headers) == (b'{"a": [1, "\\u00e9"]}', (("Content-Type", "application/json"),))
    assert request("POST", "/", body=False).body == b"false"
    assert request("POST", "/", body={}).body == b"{}"
    assert (request("POST", "/").body, request("POST", "/").headers) == (None, ())


def test_target_is_path_and_query() -> None:
    """The request line has a question mark where there is a query only."""
    assert Request("GET", "/a", "b=c").target == "/a?b=c"
    assert Request("GET", "/a").target == "/a"


def test_query_can_be_another() -> None:
    """Another query takes the place of the first; all else stays."""
    made = Request("POST", "/a", "b=c", body=b"x")
    assert made.with_query("d=e") == Request("POST", "/a", "d=e", body=b"x")


def test_body_can_be_another() -> None:
    """Another body takes the place of the first, with its media type; other headers stay."""
    made = Request("POST", "/", headers=(("content-type", "text/plain"), ("X-A", "b")), body=b"a")
    assert made.with_body(b"{}").headers == (("X-A", "b"), ("Content-Type", "application/json"))
    assert made.with_body(b"x", None) == Request("POST", "/", headers=(("X-A", "b"),), body=b"x")
    assert made.with_body(None) == Request("POST", "/", headers=(("X-A", "b"),))


def test_request_carries_the_token_unless_it_says_otherwise() -> None:
    """Asking as a stranger is the exception."""
    assert Request("GET", "/").authorized
    assert request("GET", "/").authorized
