"""What shows only where nothing else hides it: a page that would be the same, a field that is smallest, a value of 0."""

from __future__ import annotations

from dataclasses import replace

from letta_contract.mock_server.request import Request

from ..lists import Lists
from ..mock import LIST, MESSAGES, SEND, UPDATE, Mock, sources, subject
from ..mutant import Section, subtle

_conversations = Lists(Section("subtle"), LIST)


_conversations.asked(
    "search-lost-in-all",
    "With archive_status all, summary_search has no effect.",
    "STATE-28",
    "conditions-together",
    lambda query: {"summary_search": None} if query.get("archive_status") == "all" else {},
)
_conversations.asked(
    "status-lost-behind-a-cursor",
    "Behind a cursor, archive_status archived has no effect.",
    "STATE-29",
    "conditions-together",
    lambda query: {"archive_status": None} if query.get("after") and query.get("archive_status") == "archived" else {},
)


@subtle(
    "default-ascends",
    "On default, messages come oldest first where nobody asks for an order.",
    "STATE-32",
    "list_conversation_messages/conditions-together",
)
def _(mock: Mock) -> None:
    mock.queried(
        MESSAGES, lambda query: query + b"&order=asc" if b"agent_id=" in query and b"order=" not in query else query
    )


@subtle(
    "default-forked-empty",
    "A fork of default has no messages.",
    "STATE-11",
    "fork_conversation/has-the-sources-messages",
)
def _(mock: Mock) -> None:
    forked = sources(mock)
    mock.values(MESSAGES, lambda rows, request: [] if forked.get(subject(request)) == "default" else rows)


@subtle(
    "system-says-nothing",
    "A system message may lack its content.",
    "BODY-12",
    "send_conversation_message/body-values",
)
def _(mock: Mock) -> None:
    mock.sent(SEND, lambda body: body.replace(b'"role": "system"}', b'"role": "system", "content": ""}'))


@subtle(
    "no-window-of-nothing",
    "update takes a context_window_limit of 0 for none, and keeps the old one.",
    "STATE-15",
    "update_conversation/changes-newer-fields",
)
def _(mock: Mock) -> None:
    def change(request: Request) -> Request:
        given = {name: value for name, value in request.body.items() if (name, value) != ("context_window_limit", 0)}
        return replace(request, body=given)

    mock.requests(UPDATE, change)
