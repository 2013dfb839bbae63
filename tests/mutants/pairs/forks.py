"""Forks of what is archived or a fork itself, cursors in them, and flags that are given as they are (STATE-3, -5, -12)."""

from __future__ import annotations

from dataclasses import replace

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request
from starlette.types import Receive, Scope

from ..lists import Rows
from ..mock import FORK, LIST, MESSAGES, RETRIEVE, UPDATE, Answer, Answering, Mock, made, sources, subject
from ..mutant import subtle


@subtle(
    "fork-archived",
    "A fork of what is archived is archived, and says that it is not.",
    "STATE-3",
    "fork_conversation/source-stays",
)
def _(mock: Mock) -> None:
    forks, archived = sources(mock), set[str]()

    def note(request: Request) -> Request:
        if request.field("archived"):
            archived.add(subject(request))
        return request

    mock.requests(UPDATE, note)
    mock.values(RETRIEVE, lambda shown, _: {**shown, "archived": True} if forks.get(shown["id"]) in archived else shown)


@subtle("fork-hidden-false", "hidden hides a fork, whatever it says.", "STATE-5", "fork_conversation/hidden")
def _(mock: Mock) -> None:
    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        query = scope["query_string"].replace(b"hidden=false", b"hidden=true").replace(b"hidden=False", b"hidden=true")
        return await answering({**scope, "query_string": query}, receive)

    mock.judged(FORK, judged)


@subtle(
    "fork-of-fork-whole",
    "Of a fork, message_id has no effect.",
    "STATE-12",
    "fork_conversation/up-to-message-id-in-full",
)
def _(mock: Mock) -> None:
    forks = made(mock, FORK)

    def change(request: Request) -> Request:
        if subject(request) in forks:
            return replace(request, query={**request.query, "message_id": None})
        return request

    mock.requests(FORK, change)


@subtle("fork-no-cursor", "A fork is no cursor.", "STATE-30", "list_conversations/shows-what-was-made")
def _(mock: Mock) -> None:
    forks = made(mock, FORK)

    async def listed(handler: Handler, request: Request) -> Answer:
        if request.query.get("after") in forks:
            raise Refusal(404, "There is no such cursor.")
        return await handler(request)

    mock.around(LIST, listed)


@subtle(
    "fork-after-inclusive",
    "In a fork, after is inclusive.",
    "STATE-34",
    "fork_conversation/has-the-sources-messages",
)
def _(mock: Mock) -> None:
    forks = made(mock, FORK)

    async def listed(handler: Handler, request: Request) -> Answer:
        after = request.query.get("after")
        answer = await handler(request)
        if subject(request) not in forks or not after:
            return answer
        everything: Rows = await mock.ask(MESSAGES, subject(request), **{**request.query, "after": None})
        ids = [row["id"] for row in everything]
        return Reply.json(everything[ids.index(after) :]) if after in ids else answer

    mock.around(MESSAGES, listed)
