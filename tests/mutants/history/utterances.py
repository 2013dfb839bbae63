"""What was said, and is not kept as it was, or not where it was (STATE-14, STATE-18, STATE-39, STATE-40)."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from ..lists import Rows
from ..mock import MESSAGES, SEND, UPDATE, Answer, Mock, subject, touched
from ..mutant import Section, subtle

mutant = Section("history")
Body = dict[str, Any]

_SHOWS = "send_conversation_message/shows-in-its-conversation"
_WAYS = "send_conversation_message/ways-to-say-it"


def _only(kind: str, what: str) -> None:
    @mutant(f"no-{kind}", what, "STATE-39", _SHOWS)
    def _(mock: Mock) -> None:
        mock.values(MESSAGES, lambda rows, _: [row for row in rows if row["message_type"] != kind])


_only("user_message", "What the user said is not kept.")
_only("assistant_message", "What the assistant said is not kept.")


@mutant("stored-twice", "A sent message is kept twice.", "STATE-39", _SHOWS)
def _(mock: Mock) -> None:
    def doubled(rows: Rows, _request: Request) -> Rows:
        twice = ({**row, "id": f"{row['id'][:-4]}beef"} for row in rows if row["message_type"] == "user_message")
        return [*rows, *twice]

    mock.values(MESSAGES, doubled)


@mutant("text-changed", "A sent message is kept with its spaces taken out.", "STATE-39", _SHOWS)
def _(mock: Mock) -> None:
    def changed(rows: Rows, _request: Request) -> Rows:
        return [
            {**row, "content": str(row["content"]).replace(" ", "")} if row["message_type"] == "user_message" else row
            for row in rows
        ]

    mock.values(MESSAGES, changed)


@mutant("text-cut", "A sent message is kept up to its 10th character.", "STATE-39", _SHOWS)
def _(mock: Mock) -> None:
    mock.requests(
        SEND,
        lambda request: (
            replace(request, body={**request.body, "input": request.body["input"][:10]})
            if isinstance(request.field("input"), str)
            else request
        ),
    )


@mutant(
    "leaks-to-newer",
    "New conversations show what was said in the one before.",
    "STATE-40",
    "send_conversation_message/shows-nowhere-else",
)
def _(mock: Mock) -> None:
    _leak(mock, 1)


@mutant(
    "leaks-everywhere",
    "All conversations show what was said in any.",
    "STATE-40",
    "send_conversation_message/shows-nowhere-else",
)
def _(mock: Mock) -> None:
    _leak(mock, 0)


def _leak(mock: Mock, least: int) -> None:
    spoken: list[str] = []
    mock.requests(SEND, lambda request: spoken.append(subject(request)) or request)

    async def listed(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        own = subject(request)
        others = [id_ for id_ in dict.fromkeys(spoken) if id_ != own]
        if not isinstance(answer, Reply) or len(others) <= least - 1 or not others:
            return answer
        strangers = await mock.ask(MESSAGES, others[-1], **{**request.query, "after": None, "before": None})
        return Reply.json([*json.loads(answer.body), *strangers])

    mock.around(MESSAGES, listed)


@mutant(
    "sends-by-get",
    "Listing messages is counted as a new message of the user.",
    "STATE-18",
    "list_conversation_messages/same-twice",
)
def _(mock: Mock) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if request.query["order"] == "asc" and request.query["limit"] == 100:
            await mock.ask(SEND, subject(request), body={"input": "seen", "streaming": False})
        return answer

    mock.around(MESSAGES, listed)


@mutant(
    "update-clears-messages", "update forgets the messages.", "STATE-14", "update_conversation/changes-nothing-else"
)
def _(mock: Mock) -> None:
    renamed = touched(mock, UPDATE)
    mock.values(MESSAGES, lambda rows, request: rows[:0] if subject(request) in renamed else rows)


def _unsaid(slug: str, what: str, case: str, where: Callable[[Request], Any]) -> None:
    """Keep nothing of what was said in some ways."""

    @subtle(slug, what, "STATE-39", case)
    def _(mock: Mock) -> None:
        lost: dict[str, set[str]] = {}

        async def send(handler: Handler, request: Request) -> Answer:
            if not where(request):
                return await handler(request)
            before = {
                row["id"]
                for row in await mock.ask(MESSAGES, subject(request), limit=1000, agent_id=request.field("agent_id"))
            }
            answer = await handler(request)
            rows = await mock.ask(MESSAGES, subject(request), limit=1000, agent_id=request.field("agent_id"))
            new = {row["id"] for row in rows if row["id"] not in before and row["message_type"] == "user_message"}
            lost.setdefault(subject(request), set()).update(new)
            return answer

        mock.around(SEND, send)
        mock.values(
            MESSAGES, lambda rows, request: [row for row in rows if row["id"] not in lost.get(subject(request), ())]
        )


_unsaid(
    "streamed-unsaid",
    "What was said to a streamed turn is not kept.",
    _SHOWS,
    lambda request: request.field("streaming", default=True),
)
_unsaid("messages-unsaid", "What was said in messages is not kept.", _WAYS, lambda request: request.field("messages"))
_unsaid(
    "parts-unsaid",
    "What was said in parts is not kept.",
    _WAYS,
    lambda request: isinstance(request.field("input"), list),
)
_unsaid(
    "background-unsaid",
    "What was said to a background run is not kept.",
    _WAYS,
    lambda request: request.field("background"),
)


def _said(slug: str, what: str, change: Callable[[Body], Body], case: str = _SHOWS) -> None:
    @subtle(slug, what, "STATE-39", case)
    def _(mock: Mock) -> None:
        mock.requests(SEND, lambda request: replace(request, body={**request.body, **change(request.body)}))


def _text(change: Callable[[str], str]) -> Callable[[Body], Body]:
    return lambda body: {"input": change(body["input"])} if isinstance(body.get("input"), str) else {}


_said(
    "said-ascii", "What was said loses what is not ASCII.", _text(lambda text: text.encode("ascii", "replace").decode())
)
_said("said-cut", "What was said is cut to 500 characters.", _text(lambda text: text[:500]))
_said(
    "said-escaped",
    "What was said is kept as HTML.",
    _text(lambda text: text if text.startswith("STUB:") else html.escape(text)),
)
_said("said-first-line", "What was said is kept up to its first line.", _text(lambda text: text.split("\n")[0]))
_said(
    "messages-last",
    "Of several messages that were sent, the last is kept.",
    lambda body: {"messages": body["messages"][-1:]} if body.get("messages") else {},
    _WAYS,
)
_said(
    "parts-first",
    "Of several parts that were sent, the first is kept.",
    lambda body: {"input": body["input"][:1]} if isinstance(body.get("input"), list) else {},
    _WAYS,
)


@subtle("system-unsaid", "What was said as the system is not kept.", "STATE-39", _WAYS)
def _(mock: Mock) -> None:
    def kept(rows: Rows, _request: Request) -> Rows:
        said = [row for row in rows if row["message_type"] == "system_message"]
        return [row for row in rows if row not in said or "in way" not in row["content"]]

    mock.values(MESSAGES, kept)


@subtle(
    "otid-once",
    "What comes with an otid of another conversation's is not kept.",
    "STATE-39",
    "send_conversation_message/shows-nowhere-else",
)
def _(mock: Mock) -> None:
    seen: dict[str, str] = {}

    def note(request: Request) -> Request:
        for message in request.field("messages", []):
            seen.setdefault(message.get("otid") or "", subject(request))
        return request

    def kept(rows: Rows, request: Request) -> Rows:
        return [row for row in rows if seen.get(row.get("otid") or "", subject(request)) == subject(request)]

    mock.requests(SEND, note)
    mock.values(MESSAGES, kept)
