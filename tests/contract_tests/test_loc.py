"""Where a 422 says that something is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.loc import holds, locs, names

if TYPE_CHECKING:
    from .answering import Answering

_SEND = Contract().operations["send_conversation_message"].body_schema
_TEXT = ["body", "messages", 0, "content", 0, "text"]


@pytest.mark.parametrize("detail", ["no", [{"msg": "no"}], [7], None, [{"loc": "body"}]])
def test_other_shapes_name_nothing(answering: Answering, detail: Any) -> None:
    """What a 422 of another shape says is not read; its shape has a case of its own."""
    assert locs(answering(422, {"detail": detail})) == []


def test_each_entry_has_a_place(answering: Answering) -> None:
    """Every entry of a 422 names a place, and those of other statuses do not count."""
    detail = {"detail": [{"loc": ["body", "a"]}, {"loc": ["query", "b"]}]}
    assert locs(answering(422, detail)) == [["body", "a"], ["query", "b"]]
    assert locs(answering(400, detail)) == []


def test_steps_stand_in_order() -> None:
    """Names of variants may stand between the steps, but the steps in no other order."""
    assert holds(["body", "messages", 0, "MessageCreate", "role"], ["body", "messages", 0, "role"])
    assert not holds(["body", 0, "messages"], ["body", "messages", 0])


@pytest.mark.parametrize(
    ("loc", "told"),
    [
        (_TEXT, True),
        (_TEXT[:-1], True),
        (["body", "messages", 0, "message", "content", "str"], True),  # of the union of texts and lists
        (["body", "messages", 0], True),  # of the union of messages
        (["body", "messages"], False),
        (["body", "input"], False),
        (["body"], False),
    ],
)
def test_culprit_in_a_union_may_be_the_union(loc: list[str | int], told: bool) -> None:  # noqa: FBT001  # the expected value
    """What fits no variant may be told of as a whole; further out nothing tells of it."""
    assert names(loc, _TEXT, _SEND) is told


def test_form_of_a_body_is_no_union() -> None:
    """A body that must have one of two fields is not itself one of two things."""
    assert not names(["body"], ["body", "client_tools", 0, "name"], _SEND)


def test_query_has_no_unions() -> None:
    """A parameter is named, or its kind."""
    assert names(["query"], ["query", "limit"], _SEND)
    assert not names(["body"], ["query", "limit"], _SEND)
