import asyncio
import time
from typing import Any

import httpx
import pytest
from letta_contract.mock_server.prefer import Preferences, telling
from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply


def preferences(*headers: str, query: str = "") -> Preferences:
    scope: Any = {"query_string": query.encode(), "headers": [(b"prefer", header.encode()) for header in headers]}
    return Preferences.of(scope)


@pytest.mark.parametrize(
    "headers",
    [
        ["code=404, example=busy"],
        ["code=404", "example=busy"],
        ["code=404; example=busy"],
        ['CODE = "404" , Example="busy"'],
        ["respond-async, wait=10, code=404; x=y, example=busy; foo"],
        ["code=404, example=busy, code=500"],
    ],
)
def test_preferences_are_read_in_every_spelling(headers: list[str]) -> None:
    """Several headers or one, quoted or not, among others; the first of two counts."""
    assert preferences(*headers) == Preferences(code="404", example="busy")


def test_parameters_of_foreign_preferences_are_theirs() -> None:
    """`return=minimal; code=404` asks for nothing of ours."""
    assert preferences("return=minimal; code=404") == Preferences()


def test_address_bar_asks_the_same() -> None:
    """`__` keys of the query mean the same, and stand before the header; other keys are none of ours."""
    asked = preferences("code=500, delay=3", query="__code=404&__seed=7&__dynamic=&__x=1&code=400&__example=a%20b")
    assert asked == Preferences(code="404", example="a b", dynamic=True, seed=7, delay=3)


@pytest.mark.parametrize(("text", "meant"), [("dynamic", True), ("dynamic=True", True), ("dynamic=false", False)])
def test_dynamic_is_true_or_false(text: str, meant: bool) -> None:  # noqa: FBT001
    """A name alone is true."""
    assert preferences(text).dynamic is meant


@pytest.mark.parametrize("text", ["dynamic=perhaps", "seed=x", "seed=1.5", "delay=-1", "delay=600001", "delay=1e3"])
def test_value_that_is_none_is_refused(text: str) -> None:
    """What cannot be honoured is a 400 that names it, and says what it is."""
    with pytest.raises(Refusal, match=rf"`{text.partition('=')[0]}` is .* Mend it") as caught:
        preferences(text)
    assert caught.value.status == 400


def test_honoured_preferences_are_told() -> None:
    """In the order and the spelling of the header, without those that were not given."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    honoured = {"code": None, "example": 'a "b"', "dynamic": True, "seed": 0}
    asyncio.run(telling(Reply(200, b""), honoured)({"method": "GET"}, None, send))
    assert sent[0]["headers"][-1] == (b"preference-applied", rb'example="a \"b\"", dynamic=true, seed=0')


def test_delay_comes_before_the_answer(either: Any) -> None:
    """`delay` makes this one answer late, an error as well, and is told."""
    for path, asking in ((either.known, {"headers": {"prefer": "delay=300"}}), (f"{either.known}?__delay=300", {})):
        started = time.monotonic()
        response = either.get(path, **asking)
        assert time.monotonic() - started > 0.29
        assert response.headers["preference-applied"] == "delay=300"
    late = either.patch(f"{either.known}?__delay=10", json={"summary": 3})
    assert (late.status_code, late.headers["preference-applied"]) == (422, "delay=10")


def test_foreign_preferences_change_nothing(examples: Any) -> None:
    """What is not ours is ignored, and nothing is said to have been applied."""
    plain, asked = examples.get(examples.known), examples.get(examples.known, headers={"prefer": "return=minimal"})
    assert asked.content == plain.content
    assert "preference-applied" not in asked.headers


def test_preferences_cross_origins(examples: Any) -> None:
    """A page of another origin may ask, and read what was honoured, errors of ours included."""
    origin = {"origin": "https://app.example"}
    ask = {"access-control-request-method": "GET", "access-control-request-headers": "prefer"}
    preflight = examples.options(examples.known, headers=origin | ask)
    assert preflight.status_code == 200
    assert "prefer" in preflight.headers["access-control-allow-headers"]
    for asking in ({"prefer": "code=404"}, {"prefer": "code=999"}, {"accept": "image/png"}):
        response = httpx.get(f"{examples.base_url}{examples.known}", headers=origin | asking)
        assert response.status_code in (400, 404, 406)
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.headers["access-control-expose-headers"] == "*"
