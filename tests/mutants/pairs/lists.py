"""A filter beside an order or a cursor, a page behind what was compacted (STATE-27, STATE-38, STATE-43)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from ..lists import Lists, Rows
from ..mock import COMPACT, CREATE, FORK, LIST, MESSAGES, Answer, Mock, plain, sources, subject, touched
from ..mutant import Section, subtle

_SUBTLE = Section("subtle")
_conversations = Lists(_SUBTLE, LIST)
_messages = Lists(_SUBTLE, MESSAGES)

_conversations.asked(
    "agent-lost-by-runs",
    "By last_run_completion, agent_id has no effect.",
    "STATE-27",
    "conditions-together",
    lambda query: {"agent_id": None} if query["order_by"] == "last_run_completion" else {},
)
_messages.asked(
    "types-lost-with-before",
    "With before, include_return_message_types has no effect.",
    "STATE-38",
    "conditions-together",
    lambda query: {"include_return_message_types": None} if query.get("before") else {},
)


_messages.asked(
    "types-lost-in-pages",
    "With order asc and a limit, include_return_message_types has no effect.",
    "STATE-38",
    "types-filter",
    lambda query: (
        {"include_return_message_types": None} if query["order"] == "asc" and query.get("limit") == 50 else {}
    ),
)
_conversations.asked(
    "archived-by-messages",
    "By last_message_at, archived ones show.",
    "STATE-7",
    "conditions-together",
    lambda query: {"archive_status": "all"} if query["order_by"] == "last_message_at" else {},
)


@subtle(
    "types-of-streams",
    "messages takes a type that only streams have.",
    "OP-7",
    "list_conversation_messages/query-values",
)
def _(mock: Mock) -> None:
    mock.queried(MESSAGES, lambda query: query.replace(b"include_return_message_types=ping", b""))


@subtle(
    "fork-of-first-takes-all",
    "message_id of the first message has no effect.",
    "STATE-12",
    "fork_conversation/up-to-message-id",
)
def _(mock: Mock) -> None:
    async def fork(handler: Handler, request: Request) -> Answer:
        if request.query.get("message_id"):
            rows = await mock.ask(MESSAGES, subject(request), order="asc")
            said = [row["id"] for row in rows if row["message_type"] == "user_message"]
            if said[:1] == [request.query["message_id"]]:
                request = replace(request, query={**request.query, "message_id": None})
        return await handler(request)

    mock.around(FORK, fork)


@subtle(
    "cursor-compacted-500",
    "A cursor that was compacted away is 500.",
    "STATE-43",
    "compact_conversation/leaves-no-more",
)
def _(mock: Mock) -> None:
    compacted = touched(mock, COMPACT)

    async def listed(handler: Handler, request: Request) -> Answer:
        if subject(request) in compacted and request.query.get("after"):
            return plain(500, "KeyError")
        return await handler(request)

    mock.around(MESSAGES, listed)


@subtle(
    "fork-last-ten",
    "A fork takes the last ten rows.",
    "STATE-11",
    "fork_conversation/has-the-sources-messages",
)
def _(mock: Mock) -> None:
    forks = sources(mock)

    def listed(rows: Rows, request: Request) -> Rows:
        if subject(request) not in forks:
            return rows
        return rows[-10:] if request.query["order"] == "asc" else rows[:10]

    mock.values(MESSAGES, listed)


@subtle(
    "empty-id-html",
    "The 404 of an empty id is a page.",
    "ERR-1",
    "list_conversation_messages/conversation-id-empty",
)
def _(mock: Mock) -> None:
    mock.diverts(lambda scope: plain(404, "<h1>Not Found</h1>", "text/html") if "//messages" in scope["path"] else None)


@subtle(
    "context-not-told",
    "retrieve does not tell what is in context.",
    "STATE-1",
    "send_conversation_message/shows-in-its-conversation",
)
def _(mock: Mock) -> None:
    mock.without("retrieve_conversation", "in_context_message_ids")


@subtle(
    "order-by-flips",
    "With order_by and without order, messages are ascending.",
    "STATE-32",
    "list_conversation_messages/order",
)
def _(mock: Mock) -> None:
    def change(query: bytes) -> bytes:
        return query + b"&order=asc" if b"order_by=" in query and b"order=" not in query else query

    mock.queried(MESSAGES, change)


@subtle(
    "calls-with-returns",
    "Who asks for calls of tools gets their returns as well.",
    "STATE-38",
    "list_conversation_messages/conditions-together",
)
def _(mock: Mock) -> None:
    def change(request: Request) -> Request:
        types = request.query.get("include_return_message_types")
        if types == ["tool_call_message"]:
            types = [*types, "tool_return_message"]
        return replace(request, query={**request.query, "include_return_message_types": types})

    mock.requests(MESSAGES, change)


@subtle(
    "cursor-lost-by-default",
    "On default, after has no effect.",
    "STATE-34",
    "list_conversation_messages/two-names-of-one",
)
def _(mock: Mock) -> None:
    def change(request: Request) -> Request:
        return replace(request, query={**request.query, "after": None}) if subject(request) == "default" else request

    mock.requests(MESSAGES, change)


@subtle(
    "search-of-first-names",
    "summary_search looks at the summary that a conversation was made with.",
    "STATE-28",
    "list_conversations/summary-search-filters",
)
def _(mock: Mock) -> None:
    first: dict[str, str] = {}

    def note(value: Any, _request: Request) -> Any:
        first.setdefault(value["id"], value["summary"] or "")
        return value

    async def listed(handler: Handler, request: Request) -> Answer:
        word = request.query.get("summary_search")
        if not word:
            return await handler(request)
        items = await mock.ask(LIST, **{**request.query, "summary_search": None})
        return Reply.json([item for item in items if word in first.get(item["id"], item["summary"] or "")])

    mock.values(CREATE, note)
    mock.around(LIST, listed)
