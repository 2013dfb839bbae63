"""A filter beside an order or a cursor, a page behind what was compacted (STATE-27, STATE-38, STATE-43)."""

from __future__ import annotations

from letta_contract.mock_server.request import Handler, Request

from ..lists import Lists, Rows
from ..mock import COMPACT, LIST, MESSAGES, Answer, Mock, plain, sources, subject, touched
from ..mutant import Section, subtle

_SUBTLE = Section("subtle")
_conversations = Lists(_SUBTLE, LIST)
_messages = Lists(_SUBTLE, MESSAGES)

_conversations.asked(
    "agent-lost-by-runs",
    "By last_run_completion, agent_id has no effect.",
    "STATE-27",
    "agent-id-filters",
    lambda query: {"agent_id": None} if query["order_by"] == "last_run_completion" else {},
)
_messages.asked(
    "types-lost-with-before",
    "With before, include_return_message_types has no effect.",
    "STATE-38",
    "types-filter",
    lambda query: {"include_return_message_types": None} if query.get("before") else {},
)


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
