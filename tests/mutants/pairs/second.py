"""What goes well once and wrong the second time, or where something odd was before it."""

from __future__ import annotations

import json
from typing import Any

from letta_contract.mock_server.reply import Reply, Stream
from letta_contract.mock_server.request import Handler, Request
from starlette.types import Receive, Scope

from ..lists import Rows
from ..mock import (
    COMPACT,
    EVERY,
    FORK,
    LIST,
    MESSAGES,
    SEND,
    UPDATE,
    Answer,
    Answering,
    Chunks,
    Mock,
    again,
    plain,
    read,
    sources,
    subject,
)
from ..mutant import subtle

_ODD = "send_conversation_message/odd-texts"
_OWN = {"detail": "Internal Server Error"}


@subtle(
    "fork-cuts-its-source",
    "fork with message_id cuts the source behind it.",
    "STATE-13",
    "fork_conversation/up-to-message-id",
)
def _(mock: Mock) -> None:
    cut: dict[str, str] = {}

    def note(request: Request) -> Request:
        if request.query["message_id"]:
            cut[subject(request)] = request.query["message_id"]
        return request

    def listed(rows: Rows, request: Request) -> Rows:
        last = cut.get(subject(request))
        ids = [row["id"] for row in rows]
        if last not in ids:
            return rows
        return rows[: len(ids) - ids[::-1].index(last)] if request.query["order"] == "asc" else rows[ids.index(last) :]

    mock.requests(FORK, note)
    mock.values(MESSAGES, listed)


@subtle(
    "source-changes-fork",
    "update of a source changes its forks, too.",
    "STATE-3",
    "fork_conversation/source-stays",
)
def _(mock: Mock) -> None:
    origins = sources(mock)

    async def update(handler: Handler, request: Request) -> Answer:
        for fork, source in origins.items():
            if source == subject(request) and await mock.exists(fork):
                await mock.ask(UPDATE, fork, body=request.body)
        return await handler(request)

    mock.around(UPDATE, update)


@subtle(
    "second-compact-grows",
    "What is compacted for the second time has one message more.",
    "STATE-42",
    "compact_conversation/goes-on",
)
def _(mock: Mock) -> None:
    compacted: set[str] = set()

    def counted(value: dict[str, Any], request: Request) -> dict[str, Any]:
        twice = subject(request) in compacted
        compacted.add(subject(request))
        return {**value, "num_messages_after": value["num_messages_before"] + 1} if twice else value

    mock.values(COMPACT, counted)


@subtle(
    "fork-of-default-hides",
    "A fork of the agent's own conversation shows in no list.",
    "STATE-5",
    "fork_conversation/has-the-sources-messages",
)
def _(mock: Mock) -> None:
    forks: set[str] = set()

    def note(value: dict[str, Any], request: Request) -> dict[str, Any]:
        if not subject(request).startswith("conv-"):
            forks.add(value["id"])
        return value

    mock.values(FORK, note)
    mock.values(LIST, lambda items, _: [item for item in items if item["id"] not in forks])


def _falls_over(slug: str, what: str, part: bytes) -> None:
    """send fails of its own where a body has this, and says it as if a model had failed."""

    @subtle(slug, f"send falls over {what} in what is said.", "STATE-48", _ODD)
    def _(mock: Mock) -> None:
        async def send(answering: Answering, scope: Scope, receive: Receive) -> Answer:
            raw = await read(receive)
            said = part in raw and not scope["path"].startswith("/v1/conversations/conv-3f2b8c1e")
            return Reply.json(_OWN, 500) if said else await answering(scope, again(raw, receive))

        mock.judged(SEND, send)


_falls_over("said-nul", "a NUL", b'"a\\u0000b"')
_falls_over("said-surrogate", "half a surrogate pair", b'"a\\ud800b"')


@subtle("said-nothing", "send falls over a message without parts.", "STATE-48", _ODD)
def _(mock: Mock) -> None:
    async def send(handler: Handler, request: Request) -> Answer:
        said = request.body.get("messages") or []
        bare = any(message.get("content") == [] for message in said)
        return plain(500, "IndexError") if bare else await handler(request)

    mock.around(SEND, send)


@subtle(
    "deep-as-a-model",
    "compact falls over deep nesting, and says it as if a model had failed.",
    "STATE-48",
    "compact_conversation/body-form",
)
def _(mock: Mock) -> None:
    async def compact(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        raw = await read(receive)
        return Reply.json(_OWN, 500) if raw.count(b"[") > 1000 else await answering(scope, again(raw, receive))

    mock.judged(COMPACT, compact)


@subtle(
    "second-fault",
    "Of several faults, all but the first come without msg.",
    "ERR-2",
    "list_conversations/validation-error-body",
)
def _(mock: Mock) -> None:
    def change(reply: Reply) -> Reply:
        first, *others = json.loads(reply.body)["detail"]
        others = [{name: part for name, part in one.items() if name != "msg"} for one in others]
        return Reply.json({"detail": [first, *others]}, 422)

    mock.replies(EVERY, change, 422)


@subtle(
    "default-not-found",
    "The 404 of default has an object for detail.",
    "ERR-4",
    "compact_conversation/conversation-id-form",
)
def _(mock: Mock) -> None:
    refused = Reply.json({"detail": {"error": "no agent"}}, 404)
    mock.instead(COMPACT, refused, lambda request, refusal: refusal.status == 404 and subject(request) == "default")


@subtle(
    "parts-returned",
    "A turn fails behind what a tool returned in parts.",
    "BODY-22",
    "send_conversation_message/approval",
)
def _(mock: Mock) -> None:
    async def failing(chunks: Chunks) -> Chunks:
        async for chunk in chunks:
            yield chunk.replace(b'"end_turn"', b'"error"')

    async def send(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        parts = "22 degrees" in json.dumps(request.body.get("messages"))
        return Stream(failing(answer.chunks), answer.end) if isinstance(answer, Stream) and parts else answer

    mock.around(SEND, send)
