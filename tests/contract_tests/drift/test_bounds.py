from __future__ import annotations

from typing import Any

import pytest

CONVERSATION = "/v1/conversations/{conversation_id}"
STREAM = f"{CONVERSATION}/stream"


def stream_request(operation: Any) -> Any:
    """The fields of the StreamRequest of its body, which may be null."""
    return operation["requestBody"]["content"]["application/json"]["schema"]["anyOf"][0]["properties"]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"minProperties": 1}, [("UpdateConversation/minProperties", "stricter", "breaking")]),
        ({"maxProperties": 2}, [("UpdateConversation/maxProperties", "stricter", "breaking")]),
        ({"minProperties": 0}, []),
    ],
    ids=str,
)
def test_number_of_fields(broken: Any, bounds: Any, expected: Any) -> None:
    """A body that wants so many fields at least, or at most, takes less than the contract."""
    found = broken(
        CONVERSATION, "patch", lambda op: op["requestBody"]["content"]["application/json"]["schema"].update(bounds)
    )
    assert [(one.id, one.direction, one.severity.word) for one in found] == expected


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"minimum": -(2**63)}, ("minimum", "info", "TOL-6")),
        ({"minimum": 0}, ("minimum", "breaking", "")),
        ({"exclusiveMaximum": 9}, ("exclusiveMaximum", "breaking", "")),
        ({"multipleOf": 2}, ("multipleOf", "breaking", "")),
    ],
    ids=str,
)
def test_bounds_of_numbers(broken: Any, bounds: Any, expected: Any) -> None:
    """What a server asks of a number that the contract leaves open is told; what only bars odd integers is free."""
    (found,) = broken(STREAM, "post", lambda op: stream_request(op)["starting_after"].update(bounds))
    assert (found.id, found.severity.word, found.rule) == (f"StreamRequest.starting_after/{expected[0]}", *expected[1:])


def test_bound_of_the_limit_names_its_rule(broken: Any) -> None:
    """A limit of one at least is what STATE-47 leaves open, and of two is not."""

    def at_least(number: int) -> Any:
        def change(operation: Any) -> None:
            limit = next(one for one in operation["parameters"] if one["name"] == "limit")
            limit["schema"]["minimum"] = number

        (found,) = broken("/v1/conversations/", "get", change)
        return found.severity.word, found.rule

    assert (at_least(1), at_least(2)) == (("info", "STATE-47"), ("breaking", ""))


def test_values_that_are_listed_need_no_bounds(broken: Any) -> None:
    """A length beside an enum says nothing that the enum does not, on whichever side it stands."""

    def change(operation: Any) -> None:
        order, after = (next(one for one in operation["parameters"] if one["name"] == name) for name in names)
        order["schema"].update(maxLength=4)
        after["schema"].update(enum=["a"], maxLength=1)

    names = ("order", "after")
    found = broken("/v1/conversations/", "get", change)
    assert [one.id for one in found] == ["query after/enum"]
