"""Messages that are not filtered by type as was asked (STATE-32, STATE-34, STATE-38)."""

from __future__ import annotations

from ..lists import Lists
from ..mock import MESSAGES
from ..mutant import Section, subtle

_lists = Lists(Section("history"), MESSAGES)
_subtle_lists = Lists(subtle, MESSAGES)

_lists.asked(
    "types-ignored",
    "The filter by type has no effect.",
    "STATE-38",
    "types-filter",
    lambda _: {"include_return_message_types": []},
)
_lists.asked(
    "types-first",
    "Only the first of the asked types is shown.",
    "STATE-38",
    "types-filter",
    lambda query: {"include_return_message_types": query.get("include_return_message_types", [])[:1]},
)
_lists.answers(
    "types-inverted",
    "The filter by type keeps the others.",
    "STATE-38",
    "types-filter",
    lambda rows, query: [] if query.get("include_return_message_types") else rows,
)
_subtle_lists.asked(
    "messages-order-types",
    "order has no effect with a filter by type.",
    "STATE-32",
    "conditions-together",
    lambda query: {"order": "desc"} if query.get("include_return_message_types") else {},
)
_subtle_lists.asked(
    "messages-after-types",
    "after has no effect with a filter by type.",
    "STATE-34",
    "conditions-together",
    lambda query: {"after": None} if query.get("include_return_message_types") else {},
)
_subtle_lists.asked(
    "messages-types-after",
    "The filter by type has no effect behind a cursor.",
    "STATE-38",
    "conditions-together",
    lambda query: {"include_return_message_types": []} if query.get("after") else {},
)
_subtle_lists.asked(
    "messages-types-asc",
    "The filter by type has no effect in ascending order.",
    "STATE-38",
    "types-filter",
    lambda query: {"include_return_message_types": []} if query["order"] == "asc" else {},
)
