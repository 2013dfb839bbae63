from __future__ import annotations

from typing import Any

import pytest
from letta_contract.contract_tests.odd import odd_escapes, odd_text, odd_value


def nested(depth: int) -> Any:
    """A list in a list, so that the innermost is `depth` levels down."""
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        7.0,
        1e400,
        -1e400,
        float("nan"),
        2**53,
        -(2**53),
        2.0**60 + 0.5,
        "a\0",
        "\ud800",
        "\udfffx",
        {"\0": 1},
        {"a": [{"b": "\0"}]},
        [1, [2, [3.0]]],
        nested(51),
        {"a": nested(50)},
    ],
)
def test_odd_values_are_odd_wherever_they_stand(value: Any) -> None:
    """What may be accepted or refused is found at any depth, in keys as well as in values."""
    assert odd_value(value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        0,
        -1,
        2**53 - 1,
        1 - 2**53,
        0.5,
        "",
        "\ud7ff\ue000\U0001f600",
        [],
        {},
        {"a": [1]},
        nested(50),
        {"a": nested(49)},
    ],
)
def test_plain_values_are_not_odd(value: Any) -> None:
    """What every server must judge alike is not excused."""
    assert not odd_value(value)


def test_value_of_no_json_type_is_odd() -> None:
    """What no JSON is cannot be judged."""
    assert odd_value(object())


@pytest.mark.parametrize(
    ("text", "oddity"),
    [("a", ""), ("\0", "a NUL"), ("\ud800", "a lone surrogate"), ("\ue000", ""), ("\ud800\0", "a NUL")],
)
def test_odd_text_has_a_nul_or_half_a_character(text: str, oddity: str) -> None:
    """NUL and lone surrogates are odd, their neighbours are not."""
    assert odd_text(text) == oddity


@pytest.mark.parametrize(
    ("value", "oddity"),
    [
        ([2**63, {"a": "\ud800"}, "\0"], "a NUL"),
        ({"a": 7.0, "b": 2**53}, "a huge integer"),
        ([1e400, 7.0], "a number beyond all measure"),
        (nested(51), "nesting past any sense"),
        (7.0, "a whole number written as a fraction"),
    ],
)
def test_of_several_oddities_the_likeliest_culprit_is_told(value: Any, oddity: str) -> None:
    """What drawn values share is told, wherever it stands and whatever else is there."""
    assert odd_value(value) == oddity


@pytest.mark.parametrize("encoded", ["%", "%2", "%zz", "a%", "%00", "%ff", "%ed%a0%80", "%c3"])
def test_odd_escapes_are_broken_or_no_text(encoded: str) -> None:
    """An escape that is none, a NUL, and bytes that are not UTF-8 are odd."""
    assert odd_escapes(encoded)


@pytest.mark.parametrize("encoded", ["", "abc", "%20", "%C3%A9", "%25", "a%0a", "a+b=c&d"])
def test_whole_escapes_are_not_odd(encoded: str) -> None:
    """Percent-encoding done right is judged."""
    assert not odd_escapes(encoded)
