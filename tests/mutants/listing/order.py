"""Lists in the wrong order (STATE-22, STATE-23, OP-2)."""

from __future__ import annotations

from letta_contract.mock_server.request import Request

from ..lists import Lists, Rows
from ..mock import LIST, UPDATE, Mock, subject
from ..mutant import Section, subtle

_lists = Lists(Section("listing"), LIST)

_lists.asked(
    "default-order-asc",
    "Without order, the list is ascending.",
    "OP-2",
    "default-page",
    lambda query: {} if "agent_id" not in query else {"order": "asc"},
)
_lists.asked(
    "default-order-by",
    "Without order_by, the list is by summary's age.",
    "OP-2",
    "default-page",
    lambda _: {"order_by": "last_message_at", "order": "asc"},
)
_lists.asked("order-ignored", "order has no effect.", "STATE-22", "order-by-created-at", lambda _: {"order": "desc"})
_lists.asked(
    "order-swapped",
    "asc and desc are swapped.",
    "STATE-22",
    "order-by-created-at",
    lambda query: {"order": "asc" if query["order"] == "desc" else "desc"},
)
_lists.asked(
    "order-by-ignored",
    "order_by has no effect.",
    "STATE-22",
    "order-by-last-message-at",
    lambda _: {"order_by": "created_at"},
)
_lists.asked(
    "last-message-by-creation",
    "By last_message_at, order has no effect.",
    "STATE-22",
    "order-by-last-message-at",
    lambda query: {"order": "desc"} if query["order_by"] == "last_message_at" else {},
)
_lists.answers(
    "not-reversed",
    "asc and desc are sorted by dates cut to minutes.",
    "STATE-23",
    "order-by-created-at",
    lambda items, query: items[::-1] if query["order"] == "asc" and len(items) > 1 else items,
)
_lists.answers(
    "shuffled",
    "The first two of a page are swapped.",
    "STATE-22",
    "default-page",
    lambda items, _: [*items[1::-1], *items[2:]],
)
_lists.answers(
    "nulls-midway",
    "Those without last_message_at stand in the middle.",
    "STATE-23",
    "order-by-last-message-at",
    lambda items, query: _midway(items) if query["order_by"] == "last_message_at" else items,
)


_lists.answers(
    "creation-by-update",
    "By created_at, the list is sorted by updated_at.",
    "STATE-22",
    "order-by-created-at",
    lambda items, query: (
        sorted(items, key=lambda item: str(item["updated_at"]), reverse=query["order"] == "desc")
        if query["order_by"] == "created_at"
        else items
    ),
)
_lists.answers(
    "nulls-by-creation",
    "By last_message_at, those without one are sorted by created_at.",
    "STATE-23",
    "order-by-last-message-at",
    lambda items, query: (
        sorted(items, key=lambda item: item["last_message_at"] or item["created_at"], reverse=query["order"] == "desc")
        if query["order_by"] == "last_message_at"
        else items
    ),
)


@subtle(
    "default-order-by-last-message",
    "By last_message_at, the list is ascending where no order is given.",
    "OP-2",
    "list_conversations/order-by-last-message-at",
)
def _(mock: Mock) -> None:
    def change(query: bytes) -> bytes:
        return query + b"&order=asc" if b"order_by=last_message_at" in query and b"order=" not in query else query

    mock.queried(LIST, change)


@subtle(
    "sorted-as-text",
    "By last_message_at, the text of the dates is sorted, whatever their offsets.",
    "STATE-22",
    "list_conversations/order-by-last-message-at",
)
def _(mock: Mock) -> None:
    given: dict[str, str] = {}

    def note(request: Request) -> Request:
        if request.field("last_message_at"):
            given[subject(request)] = request.body["last_message_at"]
        return request

    def by_text(rows: Rows, request: Request) -> Rows:
        if request.query["order_by"] != "last_message_at":
            return rows
        return sorted(rows, key=lambda row: given.get(row["id"], ""), reverse=request.query["order"] == "desc")

    mock.requests(UPDATE, note)
    mock.values(LIST, by_text)


def _midway(items: Rows) -> Rows:
    dated = [item for item in items if item["last_message_at"]]
    undated = [item for item in items if not item["last_message_at"]]
    return [*dated[:1], *undated, *dated[1:]]
