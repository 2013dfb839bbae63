"""Servers that do right where one looks first: each is wrong under one condition more, as bugs are."""

from __future__ import annotations

import html
import json
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply, Stream
from letta_contract.mock_server.request import Handler, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .mock import (
    CANCEL,
    COMPACT,
    CREATE,
    DELETE,
    FORK,
    LIST,
    MESSAGES,
    RETRIEVE,
    SEND,
    STREAM,
    SUMMARIZE,
    UPDATE,
    Answer,
    Answering,
    Mock,
    event,
    json_of,
)
from .mutant import Section

mutant = Section("subtle")
_TOKEN = "a-good-token"
_FOREIGN = "agent-5b1f0c77-2d3e-4f60-9a1b-7c8d9e0f1a2b"
_TRACEBACK = 'Traceback (most recent call last):\n  File "/srv/letta/server.py", line 7, in body\nValueError: body'
Value = dict[str, Any]
Rows = list[Value]


def _id(request: Request) -> str:
    return request.path["conversation_id"]


def _made(mock: Mock, operation_id: str) -> set[str]:
    """The ids that an operation answers, as it goes on answering."""
    ids: set[str] = set()
    mock.values(operation_id, lambda value, _: ids.add(value["id"]) or value)
    return ids


def _sources(mock: Mock) -> dict[str, str]:
    """The source of each fork."""
    sources: dict[str, str] = {}

    def note(value: Value, request: Request) -> Value:
        sources[value["id"]] = _id(request)
        return value

    mock.values(FORK, note)
    return sources


# -- what is made -----------------------------------------------------------------------------------------------------

_KEEPS = "create_conversation/keeps-what-was-given"


def _summary(slug: str, what: str, change: Callable[[str], str | None]) -> None:
    @mutant(slug, what, "STATE-8", _KEEPS)
    def _(mock: Mock) -> None:
        def changed(request: Request) -> Request:
            summary = request.field("summary")
            return request if summary is None else replace(request, body={**request.body, "summary": change(summary)})

        mock.requests((CREATE, UPDATE), changed)


_summary("summary-cut", "A summary is cut to 100 characters.", lambda text: text[:100])
_summary("summary-ascii", "A summary loses what is not ASCII.", lambda text: text.encode("ascii", "replace").decode())
_summary(
    "summary-bmp",
    "A summary loses what is beyond U+FFFF.",
    lambda text: "".join("?" if c > "\uffff" else c for c in text),
)
_summary("summary-escaped", "A summary is kept as HTML.", html.escape)
_summary("summary-stripped", "A summary loses the space around it.", str.strip)
_summary("summary-folded", "A summary is kept on one line.", lambda text: " ".join(text.split("\n")))
_summary("summary-normal", "A summary is normalized.", lambda text: unicodedata.normalize("NFKC", text))


def _settings(slug: str, what: str, change: Callable[[Value], Value]) -> None:
    @mutant(slug, what, "STATE-8", _KEEPS)
    def _(mock: Mock) -> None:
        def changed(request: Request) -> Request:
            settings = request.field("model_settings")
            if settings is None:
                return request
            return replace(request, body={**request.body, "model_settings": change(settings)})

        mock.requests((CREATE, UPDATE), changed)


_settings(
    "settings-truthy", "model_settings lose what is false or 0.", lambda given: {k: v for k, v in given.items() if v}
)
_settings(
    "settings-format",
    "model_settings lose response_format.",
    lambda given: {k: v for k, v in given.items() if k != "response_format"},
)
_settings(
    "settings-reasoning",
    "model_settings lose their objects.",
    lambda given: {k: v for k, v in given.items() if not isinstance(v, dict)},
)


@mutant("create-one-field", "create keeps one field of several.", "STATE-8", _KEEPS)
def _(mock: Mock) -> None:
    _one_field(mock, CREATE)


@mutant(
    "update-one-field", "update changes one field of several.", "STATE-15", "update_conversation/changes-what-was-given"
)
def _(mock: Mock) -> None:
    _one_field(mock, UPDATE)


def _one_field(mock: Mock, operation_id: str) -> None:
    def first(request: Request) -> Request:
        given = {name: value for name, value in (request.body or {}).items() if value is not None}
        return replace(request, body=dict(list(given.items())[:1]))

    mock.requests(operation_id, first)


@mutant(
    "update-once",
    "update changes a field that has been given before to nothing new.",
    "STATE-15",
    "update_conversation/changes-what-was-given",
)
def _(mock: Mock) -> None:
    given: set[tuple[str, str]] = set()

    def once(request: Request) -> Request:
        new = {name: value for name, value in request.body.items() if (_id(request), name) not in given}
        given.update((_id(request), name) for name in new)
        return replace(request, body=new)

    mock.requests(UPDATE, once)


@mutant(
    "update-empty", "update takes an empty summary for none.", "STATE-15", "update_conversation/changes-what-was-given"
)
def _(mock: Mock) -> None:
    mock.requests(UPDATE, lambda request: replace(request, body={k: v for k, v in request.body.items() if v != ""}))


@mutant(
    "offset-dropped",
    "update overlooks the offset of last_message_at.",
    "STATE-15",
    "update_conversation/changes-what-was-given",
)
def _(mock: Mock) -> None:
    def dropped(request: Request) -> Request:
        date = request.field("last_message_at")
        return replace(request, body={**request.body, "last_message_at": f"{date[:19]}Z"}) if date else request

    mock.requests(UPDATE, dropped)


@mutant("id-again", "create gives the id of a deleted conversation anew.", "STATE-9", "create_conversation/new-id")
def _(mock: Mock) -> None:
    free: list[str] = []
    alias: dict[str, str] = {}

    async def delete(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        free.append(next((old for old, new in alias.items() if new == _id(request)), _id(request)))
        return answer

    def renamed(value: Value, _request: Request) -> Value:
        if not free:
            return value
        alias[free[0]] = value["id"]
        return {**value, "id": free.pop()}

    def known(request: Request) -> Request:
        return replace(request, path={"conversation_id": alias.get(_id(request), _id(request))})

    mock.around(DELETE, delete)
    mock.values(CREATE, renamed)
    for operation_id in (RETRIEVE, UPDATE, DELETE, FORK, MESSAGES, SEND):
        mock.requests(operation_id, known)


@mutant(
    "context-forgotten",
    "After its messages were listed, retrieve shows no context.",
    "STATE-18",
    "retrieve_conversation/changes-nothing",
)
def _(mock: Mock) -> None:
    read: set[str] = set()
    mock.requests(MESSAGES, lambda request: read.add(_id(request)) or request)
    mock.values(RETRIEVE, lambda value, _: {**value, "in_context_message_ids": []} if value["id"] in read else value)


@mutant(
    "reading-dates", "Listing its messages sets last_message_at.", "STATE-18", "retrieve_conversation/changes-nothing"
)
def _(mock: Mock) -> None:
    read: set[str] = set()
    mock.requests(MESSAGES, lambda request: read.add(_id(request)) or request)
    mock.values(
        RETRIEVE,
        lambda value, _: {**value, "last_message_at": "2026-05-05T05:05:05Z"} if value["id"] in read else value,
    )


# -- forks ------------------------------------------------------------------------------------------------------------


@mutant("fork-of-fork", "A fork of a fork has no messages.", "STATE-11", "fork_conversation/has-the-sources-messages")
def _(mock: Mock) -> None:
    sources = _sources(mock)
    mock.values(MESSAGES, lambda rows, request: [] if sources.get(_id(request)) in sources else rows)


@mutant(
    "source-tells-forks",
    "What is said in a source after a fork shows in the fork.",
    "STATE-40",
    "fork_conversation/goes-its-own-way",
)
def _(mock: Mock) -> None:
    sources = _sources(mock)

    async def send(handler: Handler, request: Request) -> Answer:
        for fork in [fork for fork, source in sources.items() if source == _id(request) and await mock.exists(fork)]:
            await mock.ask(SEND, fork, body={**request.body, "streaming": False})
        return await handler(request)

    mock.around(SEND, send)


def _deleted_takes(slug: str, what: str, rule: str, case: str, lost: Callable[[dict[str, str], str], set[str]]) -> None:
    """With what is deleted, the messages of others go."""

    @mutant(slug, what, rule, case)
    def _(mock: Mock) -> None:
        sources, gone = _sources(mock), set[str]()

        async def delete(handler: Handler, request: Request) -> Answer:
            answer = await handler(request)
            gone.update(lost(sources, _id(request)))
            return answer

        mock.around(DELETE, delete)
        mock.values(MESSAGES, lambda rows, request: [] if _id(request) in gone else rows)


_deleted_takes(
    "fork-takes-messages", "With a fork, the messages of its source are deleted.", "STATE-13",
    "fork_conversation/has-the-sources-messages", lambda sources, id_: {sources[id_]} if id_ in sources else set(),
)  # fmt: skip
_deleted_takes(
    "source-takes-messages", "With a source, the messages of its forks are deleted.", "STATE-11",
    "fork_conversation/has-the-sources-messages", lambda sources, id_: {fork for fork, source in sources.items() if source == id_},
)  # fmt: skip


@mutant(
    "fork-follows",
    "What is renamed in a source is renamed in its forks.",
    "STATE-14",
    "retrieve_conversation/random-lives",
)
def _(mock: Mock) -> None:
    sources = _sources(mock)

    async def update(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        for fork in [fork for fork, source in sources.items() if source == _id(request) and await mock.exists(fork)]:
            await mock.ask(UPDATE, fork, body=request.body)
        return answer

    mock.around(UPDATE, update)


@mutant(
    "fork-last-twice",
    "A fork of two turns or more has its last message twice.",
    "STATE-11",
    "fork_conversation/has-the-sources-messages",
)
def _(mock: Mock) -> None:
    forks = _made(mock, FORK)

    def doubled(rows: Rows, request: Request) -> Rows:
        if _id(request) not in forks or len(rows) < 4:
            return rows
        again = {**rows[-1], "id": f"{rows[-1]['id'][:-4]}beef"}
        return [*rows, again] if request.query["order"] == "asc" else [again, *rows]

    mock.values(MESSAGES, doubled)


@mutant(
    "fork-id-source",
    "The messages of a fork lack what its source said last, in descending order only.",
    "STATE-11",
    "fork_conversation/has-the-sources-messages",
)
def _(mock: Mock) -> None:
    forks = _made(mock, FORK)
    mock.values(
        MESSAGES, lambda rows, request: rows[1:] if _id(request) in forks and request.query["order"] == "desc" else rows
    )


# -- lists of conversations -------------------------------------------------------------------------------------------


def _listed(slug: str, what: str, rule: str, case: str, change: Callable[[Mock, Rows, Request], Any]) -> None:
    """Change what some lists show."""

    @mutant(slug, what, rule, f"list_conversations/{case}")
    def _(mock: Mock) -> None:
        async def listed(handler: Handler, request: Request) -> Answer:
            answer = await handler(request)
            if not isinstance(answer, Reply):
                return answer
            return Reply.json(await change(mock, json.loads(answer.body), request))

        mock.around(LIST, listed)


def _unbounded(slug: str, what: str, where: Callable[[Value], Any]) -> None:
    async def change(mock: Mock, rows: Rows, request: Request) -> Rows:
        whole: Rows = await mock.ask(LIST, **{**request.query, "limit": 1000})
        return whole if where(request.query) else rows

    _listed(f"limit-{slug}", what, "STATE-21", "limit-bounds-the-page", change)


_unbounded("after", "limit has no effect behind a cursor.", lambda query: query.get("after"))
_unbounded("search", "limit has no effect in a search.", lambda query: query.get("summary_search"))
_unbounded("asc", "limit has no effect in ascending order.", lambda query: query["order"] == "asc")
_unbounded(
    "last-message", "limit has no effect by last_message_at.", lambda query: query["order_by"] == "last_message_at"
)
_unbounded(
    "archived",
    "limit has no effect with archive_status.",
    lambda query: query.get("archive_status") in ("all", "archived"),
)


def _foreign(slug: str, what: str, where: Callable[[Value], Any]) -> None:
    async def change(mock: Mock, rows: Rows, request: Request) -> Rows:
        if not rows or not request.query.get("agent_id") or not where(request.query):
            return rows
        stranger = {**rows[-1], "id": "conv-5b1f0c77-2d3e-4f60-9a1b-7c8d9e0f1a2b", "agent_id": _FOREIGN}
        return [*rows[: request.query["limit"] - 1], stranger]

    _listed(f"agent-{slug}", what, "STATE-27", "agent-id-filters", change)


_foreign("asc", "agent_id has no effect in ascending order.", lambda query: query["order"] == "asc")
_foreign("search", "agent_id has no effect in a search.", lambda query: query.get("summary_search"))
_foreign(
    "all", "agent_id has no effect where archive_status is all.", lambda query: query.get("archive_status") == "all"
)


@mutant("agent-needed", "Without agent_id, the list is empty.", "STATE-5", "list_conversations/shows-what-was-made")
def _(mock: Mock) -> None:
    mock.values(LIST, lambda rows, request: rows if request.query.get("agent_id") else [])


def _back(slug: str, what: str, case: str, where: Callable[[Value], Any]) -> None:
    """Show what was deleted in some lists."""

    @mutant(f"deleted-{slug}", what, "STATE-20", case)
    def _(mock: Mock) -> None:
        deleted: dict[str, Value] = {}

        async def delete(handler: Handler, request: Request) -> Answer:
            deleted[_id(request)] = await mock.ask(RETRIEVE, _id(request))
            return await handler(request)

        def shown(rows: Rows, request: Request) -> Rows:
            if not where(request.query) or not deleted or len(rows) >= request.query["limit"]:
                return rows
            back = list(deleted.values())[-1]
            search = request.query.get("summary_search")
            return rows if search and search not in (back["summary"] or "") else [*rows, back]

        mock.around(DELETE, delete)
        mock.values(LIST, shown)


_GONE = "list_conversations/leaves-out-deleted"
_back("search", "A search finds what was deleted.", _GONE, lambda query: query.get("summary_search"))
_back(
    "archived",
    "A list of the archived shows what was deleted.",
    _GONE,
    lambda query: query.get("archive_status") == "archived",
)
_back("asc", "An ascending list ends with what was deleted.", _GONE, lambda query: query["order"] == "asc")
_back("page-2", "The pages behind the first show what was deleted.", _GONE, lambda query: query.get("after"))
_back(
    "last-message",
    "By last_message_at, a list shows what was deleted.",
    _GONE,
    lambda query: query["order_by"] == "last_message_at",
)
_back(
    "run",
    "By last_run_completion, a list shows what was deleted.",
    _GONE,
    lambda query: query["order_by"] == "last_run_completion",
)
_back("no-agent", "Without agent_id, a list shows what was deleted.", _GONE, lambda query: not query.get("agent_id"))


@mutant(
    "deleted-put-away",
    "What was archived before it was deleted stays among the archived.",
    "STATE-20",
    "list_conversations/leaves-out-deleted",
)
def _(mock: Mock) -> None:
    kept: list[Value] = []

    async def delete(handler: Handler, request: Request) -> Answer:
        kept.extend([shown] if (shown := await mock.ask(RETRIEVE, _id(request)))["archived"] else [])
        return await handler(request)

    mock.around(DELETE, delete)
    mock.values(
        LIST,
        lambda rows, request: [*rows, *kept] if request.query.get("archive_status") in ("all", "archived") else rows,
    )


def _archived_shown(slug: str, what: str, case: str, rule: str, where: Callable[[Value], Any]) -> None:
    @mutant(f"archived-{slug}", what, rule, case)
    def _(mock: Mock) -> None:
        mock.requests(
            LIST,
            lambda request: (
                replace(request, query={**request.query, "archive_status": "all"}) if where(request.query) else request
            ),
        )


_ARCHIVE = "list_conversations/archive-status-filters"
_archived_shown(
    "search",
    "A search shows the archived.",
    _ARCHIVE,
    "STATE-7",
    lambda query: query.get("summary_search") and not query.get("archive_status"),
)
_archived_shown(
    "asc", "An ascending list shows the archived.", _ARCHIVE, "STATE-7", lambda query: query["order"] == "asc"
)
_archived_shown(
    "no-agent",
    "Without agent_id, a list shows the archived.",
    _ARCHIVE,
    "STATE-7",
    lambda query: not query.get("agent_id"),
)


@mutant("archived-cursor", "What is archived is no cursor.", "STATE-26", _ARCHIVE)
def _(mock: Mock) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        after = request.query.get("after")
        if after and await mock.exists(after) and (await mock.ask(RETRIEVE, after))["archived"]:
            raise Refusal(404, "There is no such conversation.")
        return await handler(request)

    mock.around(LIST, listed)


@mutant(
    "unarchived-lost",
    "What is taken back from the archive shows in no list.",
    "STATE-5",
    "list_conversations/archive-status-filters",
)
def _(mock: Mock) -> None:
    away: set[str] = set()
    mock.requests(UPDATE, lambda request: (away.add(_id(request)) if request.field("archived") else None) or request)
    mock.values(LIST, lambda rows, request: [row for row in rows if row["id"] not in away or row["archived"]])


def _hidden(slug: str, what: str, case: str, where: Callable[[Value], Any]) -> None:
    @mutant(f"hidden-{slug}", what, "STATE-6", case)
    def _(mock: Mock) -> None:
        hidden: set[str] = set()

        def note(value: Value, request: Request) -> Value:
            if request.field("hidden") or request.query.get("hidden"):
                hidden.add(value["id"])
            return value

        async def listed(handler: Handler, request: Request) -> Answer:
            answer = await handler(request)
            if not isinstance(answer, Reply) or not where(request.query):
                return answer
            rows = json.loads(answer.body)
            shown = [
                {**await mock.ask(RETRIEVE, id_), "hidden": True} for id_ in sorted(hidden) if await mock.exists(id_)
            ]
            search = request.query.get("summary_search")
            return Reply.json([*rows, *(row for row in shown if not search or search in (row["summary"] or ""))])

        mock.values((CREATE, FORK), note)
        mock.around(LIST, listed)


_hidden(
    "all",
    "A list of all shows the hidden.",
    "create_conversation/hidden",
    lambda query: query.get("archive_status") == "all",
)
_hidden("search", "A search shows the hidden.", "create_conversation/hidden", lambda query: query.get("summary_search"))
_hidden(
    "no-agent",
    "Without agent_id, a list shows the hidden.",
    "create_conversation/hidden",
    lambda query: not query.get("agent_id"),
)


@mutant("hidden-renamed", "What is hidden shows when it is renamed.", "STATE-6", "create_conversation/hidden")
def _(mock: Mock) -> None:
    renamed: set[str] = set()
    mock.requests(UPDATE, lambda request: renamed.add(_id(request)) or request)
    hidden: set[str] = set()

    def note(value: Value, request: Request) -> Value:
        if request.field("hidden"):
            hidden.add(value["id"])
        return value

    async def listed(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        shown = [await mock.ask(RETRIEVE, id_) for id_ in sorted(hidden & renamed) if await mock.exists(id_)]
        return Reply.json([*json.loads(answer.body), *shown]) if isinstance(answer, Reply) and shown else answer

    mock.values(CREATE, note)
    mock.around(LIST, listed)


# -- lists of messages ------------------------------------------------------------------------------------------------


def _messages(slug: str, what: str, rule: str, case: str, change: Callable[[Value], Value]) -> None:
    @mutant(slug, what, rule, f"list_conversation_messages/{case}")
    def _(mock: Mock) -> None:
        mock.requests(MESSAGES, lambda request: replace(request, query={**request.query, **change(request.query)}))


_messages(
    "messages-limit-after",
    "limit has no effect behind a cursor.",
    "STATE-33",
    "limit-bounds-the-page",
    lambda query: {"limit": 1000} if query.get("after") else {},
)
_messages(
    "messages-limit-before",
    "limit has no effect before a cursor, in descending order.",
    "STATE-33",
    "before-is-exclusive",
    lambda query: {"limit": 1000} if query.get("before") and query["order"] == "desc" else {},
)
_messages(
    "messages-limit-types",
    "limit has no effect with a filter by type.",
    "STATE-33",
    "limit-bounds-the-page",
    lambda query: {"limit": 1000} if query.get("include_return_message_types") else {},
)
_messages(
    "messages-order-types",
    "order has no effect with a filter by type.",
    "STATE-32",
    "types-filter",
    lambda query: {"order": "desc"} if query.get("include_return_message_types") else {},
)
_messages(
    "messages-after-types",
    "after has no effect with a filter by type.",
    "STATE-34",
    "types-filter",
    lambda query: {"after": None} if query.get("include_return_message_types") else {},
)
_messages(
    "messages-types-after",
    "The filter by type has no effect behind a cursor.",
    "STATE-38",
    "types-filter",
    lambda query: {"include_return_message_types": []} if query.get("after") else {},
)
_messages(
    "messages-types-asc",
    "The filter by type has no effect in ascending order.",
    "STATE-38",
    "types-filter",
    lambda query: {"include_return_message_types": []} if query["order"] == "asc" else {},
)


# -- what is said -----------------------------------------------------------------------------------------------------

_SHOWS = "send_conversation_message/shows-in-its-conversation"
_WAYS = "send_conversation_message/ways-to-say-it"


def _unsaid(slug: str, what: str, case: str, where: Callable[[Request], Any]) -> None:
    """Keep nothing of what was said in some ways."""

    @mutant(slug, what, "STATE-39", case)
    def _(mock: Mock) -> None:
        lost: dict[str, set[str]] = {}

        async def send(handler: Handler, request: Request) -> Answer:
            if not where(request):
                return await handler(request)
            before = {
                row["id"]
                for row in await mock.ask(MESSAGES, _id(request), limit=1000, agent_id=request.field("agent_id"))
            }
            answer = await handler(request)
            rows = await mock.ask(MESSAGES, _id(request), limit=1000, agent_id=request.field("agent_id"))
            new = {row["id"] for row in rows if row["id"] not in before and row["message_type"] == "user_message"}
            lost.setdefault(_id(request), set()).update(new)
            return answer

        mock.around(SEND, send)
        mock.values(
            MESSAGES, lambda rows, request: [row for row in rows if row["id"] not in lost.get(_id(request), ())]
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


def _said(slug: str, what: str, change: Callable[[Value], Value], case: str = _SHOWS) -> None:
    @mutant(slug, what, "STATE-39", case)
    def _(mock: Mock) -> None:
        mock.requests(SEND, lambda request: replace(request, body={**request.body, **change(request.body)}))


def _text(change: Callable[[str], str]) -> Callable[[Value], Value]:
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


# -- turns and runs ---------------------------------------------------------------------------------------------------


@mutant(
    "over-streamed",
    "A streamed turn that is over can be cancelled once.",
    "STATE-45",
    "cancel_conversation/nothing-left-to-cancel",
)
def _(mock: Mock) -> None:
    spoken: set[str] = set()

    async def send(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if isinstance(answer, Stream):
            spoken.add(_id(request))
        return answer

    async def cancel(handler: Handler, request: Request) -> Answer:
        try:
            return await handler(request)
        except Refusal:
            if _id(request) not in spoken:
                raise
            spoken.discard(_id(request))
            return Reply.json({"run-00000000-0000-4000-8000-000000000000": "cancelled"})

    mock.around(SEND, send)
    mock.around(CANCEL, cancel)


@mutant(
    "replay-pings",
    "A replayed stream has pings though they are not wanted.",
    "SSE-8",
    "retrieve_conversation_stream/replays-a-background-run",
)
def _(mock: Mock) -> None:
    mock.body(STREAM, include_pings=True)
    ping = event({"message_type": "ping", "id": "ping-1", "date": "2026-01-01T00:00:00Z"})
    mock.events(
        lambda chunk: ping + chunk if (json_of(chunk) or {}).get("message_type") == "stop_reason" else chunk, STREAM
    )


@mutant(
    "background-pings",
    "A background turn has pings though they are not wanted.",
    "SSE-8",
    "send_conversation_message/pings-only-if-wanted",
)
def _(mock: Mock) -> None:
    mock.requests(
        SEND,
        lambda request: (
            replace(request, body={**request.body, "include_pings": True}) if request.field("background") else request
        ),
    )


@mutant(
    "tokens-pings",
    "With stream_tokens, there are pings though they are not wanted.",
    "SSE-8",
    "send_conversation_message/pings-only-if-wanted",
)
def _(mock: Mock) -> None:
    mock.requests(
        SEND,
        lambda request: (
            replace(request, body={**request.body, "include_pings": True})
            if request.field("stream_tokens")
            else request
        ),
    )


@mutant(
    "events-named",
    "Each event of a stream is named by its type.",
    "SSE-2",
    "send_conversation_message/streaming-picks-the-media-type",
)
def _(mock: Mock) -> None:
    mock.events(lambda chunk: event(value, value["message_type"]) if (value := json_of(chunk)) else chunk)


@mutant(
    "events-error",
    "Each stop_reason is an event named `error`.",
    "SSE-2",
    "send_conversation_message/streaming-picks-the-media-type",
)
def _(mock: Mock) -> None:
    mock.events(
        lambda chunk: (
            event(value, "error") if (value := json_of(chunk)) and value["message_type"] == "stop_reason" else chunk
        )
    )


@mutant(
    "done-spaced", "[DONE] has a space behind it.", "SSE-6", "send_conversation_message/streaming-picks-the-media-type"
)
def _(mock: Mock) -> None:
    mock.events(lambda chunk: chunk.replace(b"[DONE]", b"[DONE] "))


@mutant(
    "done-named",
    "[DONE] is an event named `done`.",
    "SSE-6",
    "send_conversation_message/streaming-picks-the-media-type",
)
def _(mock: Mock) -> None:
    mock.events(lambda chunk: chunk.replace(b"data: [DONE]", b"event: done\ndata: [DONE]"))


@mutant(
    "bom-midway",
    "Each event begins with a byte order mark.",
    "SSE-2",
    "send_conversation_message/streaming-picks-the-media-type",
)
def _(mock: Mock) -> None:
    mock.events(lambda chunk: b"\xef\xbb\xbf" + chunk)


@mutant(
    "replay-unpinged-no-done",
    "A replay from the middle has no [DONE].",
    "SSE-6",
    "retrieve_conversation_stream/replays-a-background-run",
)
def _(mock: Mock) -> None:
    async def replay(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if not isinstance(answer, Stream) or not request.field("starting_after", 0):
            return answer

        async def cut(chunks: Any) -> Any:
            async for chunk in chunks:
                if json_of(chunk) is not None:
                    yield chunk

        return Stream(cut(answer.chunks), answer.end)

    mock.around(STREAM, replay)


@mutant(
    "second-turn-500",
    "The second turn of a conversation is 500.",
    "STATE-48",
    "send_conversation_message/shows-in-its-conversation",
)
def _(mock: Mock) -> None:
    spoken: set[str] = set()

    async def send(handler: Handler, request: Request) -> Answer:
        if _id(request) in spoken:
            raise Refusal(500, "KeyError: run")
        spoken.add(_id(request))
        return await handler(request)

    mock.around(SEND, send)


@mutant(
    "compact-others",
    "compact takes the messages of other conversations.",
    "STATE-39",
    "compact_conversation/leaves-no-more",
)
def _(mock: Mock) -> None:
    compacted: set[str] = set()

    async def compact(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        compacted.add(_id(request))
        return answer

    mock.around(COMPACT, compact)
    mock.values(MESSAGES, lambda rows, request: [] if compacted and _id(request) not in compacted else rows)


@mutant(
    "compact-default-grows",
    "compact by its default mode answers more messages than before.",
    "STATE-42",
    "compact_conversation/leaves-no-more",
)
def _(mock: Mock) -> None:
    def grown(value: Value, request: Request) -> Value:
        mode = (request.field("compaction_settings") or {}).get("mode", "sliding_window")
        return value if mode == "all" else {**value, "num_messages_after": value["num_messages_before"] + 1}

    mock.values((COMPACT, SUMMARIZE), grown)


# -- errors -----------------------------------------------------------------------------------------------------------


def _malformed(slug: str, what: str, rule: str, operation_id: str, body: Any) -> None:
    """Tell otherwise of what is no JSON."""

    @mutant(f"malformed-{slug}", what, rule, f"{operation_id}/validation-error-body")
    def _(mock: Mock) -> None:
        def changed(reply: Reply) -> Reply | None:
            entry = json.loads(reply.body)["detail"][0]
            return Reply.json(body, 422) if "json" in entry["type"] else None

        mock.replies(operation_id, changed, 422)


_malformed("text", "update tells of malformed JSON in a string.", "ERR-2", UPDATE, {"detail": "Malformed JSON"})
_malformed(
    "traceback",
    "send tells of malformed JSON by a traceback.",
    "ERR-6",
    SEND,
    {"detail": [{"loc": ["body"], "msg": _TRACEBACK, "type": "json"}]},
)
_malformed("empty", "compact tells nothing of malformed JSON.", "ERR-2", COMPACT, {"detail": []})
_malformed("bare", "create tells of malformed JSON in an object of its own.", "ERR-2", CREATE, {"error": "malformed"})


@mutant("405-html", "A 405 is HTML.", "ERR-1", "fork_conversation/other-methods")
def _(mock: Mock) -> None:
    async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if status == 405:
                    kept = [
                        header for header in message["headers"] if header[0] not in (b"content-type", b"content-length")
                    ]
                    message = {**message, "headers": [*kept, (b"content-type", b"text/html")]}
            elif status == 405:
                message = {**message, "body": b"<h1>405</h1>"}
            await send(message)

        await app(scope, receive, sending)

    mock.routed(routed)


@mutant("loc-shallow", "A 422 of update names nothing but the body.", "ERR-3", "update_conversation/body-values")
def _(mock: Mock) -> None:
    def shallow(reply: Reply) -> Reply:
        detail = [{**entry, "loc": entry["loc"][:1]} for entry in json.loads(reply.body)["detail"]]
        return Reply.json({"detail": detail}, 422)

    mock.replies(UPDATE, shallow, 422)


@mutant(
    "422-nested-500", "send falls over a fault deep in a message.", "STATE-48", "send_conversation_message/body-values"
)
def _(mock: Mock) -> None:
    mock.replies(
        SEND,
        lambda reply: (
            Reply.json({"detail": "TypeError"}, 500)
            if max(len(entry["loc"]) for entry in json.loads(reply.body)["detail"]) > 4
            else None
        ),
        422,
    )


# -- tokens -----------------------------------------------------------------------------------------------------------


class _Checks:
    """Lets in whoever shows an Authorization that `good` takes."""

    def __init__(self, good: Callable[[str], bool]) -> None:
        self._good = good

    def check(self, headers: list[tuple[bytes, bytes]]) -> None:
        shown = next((value.decode("latin-1") for name, value in headers if name == b"authorization"), "")
        if not self._good(shown):
            raise Refusal(401, "The token is missing or wrong.")


def _lets_in(slug: str, what: str, operation_id: str, good: Callable[[str], bool]) -> None:
    @mutant(f"token-{slug}", f"{operation_id} {what}.", "STATE-49", f"{operation_id}/asks-for-the-token", token=_TOKEN)
    def _(mock: Mock) -> None:
        mock.operations[operation_id].token = _Checks(good)


_lets_in(
    "length", "takes any token as long as the right one", RETRIEVE, lambda shown: len(shown) == len(f"Bearer {_TOKEN}")
)
_lets_in("case", "takes a token in any case", LIST, lambda shown: shown.casefold() == f"bearer {_TOKEN}".casefold())
_lets_in(
    "within",
    "takes a list of tokens with the right one in it",
    SEND,
    lambda shown: _TOKEN in shown and shown.startswith("Bearer "),
)
_lets_in(
    "empty",
    "takes a token of spaces",
    UPDATE,
    lambda shown: shown.startswith("Bearer") and shown.split()[1:] in ([], [_TOKEN]),
)


@mutant(
    "token-after-json",
    "send judges whether the body is JSON before it asks for the token.",
    "ORDER-1",
    "send_conversation_message/asks-for-the-token",
    token=_TOKEN,
)
def _(mock: Mock) -> None:
    operation: Any = mock.operations[SEND]
    check = operation.token.check
    operation.token = None

    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        try:
            check(scope["headers"])
        except Refusal as refusal:
            try:
                await answering(scope, receive)
            except Refusal as other:
                if other.status == 422 and b'"body"' in other.reply.body:
                    raise
            raise refusal from None
        return await answering(scope, receive)

    mock.judged(SEND, judged)


@mutant(
    "token-default",
    "`default` needs no token.",
    "STATE-49",
    "list_conversation_messages/asks-for-the-token",
    token=_TOKEN,
)
def _(mock: Mock) -> None:
    operation: Any = mock.operations[MESSAGES]
    check = operation.token.check
    operation.token = None

    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        if "default" not in scope["path"]:
            check(scope["headers"])
        return await answering(scope, receive)

    mock.judged(MESSAGES, judged)


# -- what one operation does to what others show ----------------------------------------------------------------------


def _behind(slug: str, what: str, rule: str, case: str, change: Callable[[Value], Value]) -> None:
    """Forget a filter behind a cursor."""

    @mutant(slug, what, rule, f"list_conversations/{case}")
    def _(mock: Mock) -> None:
        mock.requests(
            LIST,
            lambda request: (
                replace(request, query={**request.query, **change(request.query)})
                if request.query.get("after")
                else request
            ),
        )


_behind(
    "search-after",
    "A search forgets its text behind a cursor.",
    "STATE-28",
    "summary-search-filters",
    lambda _: {"summary_search": None},
)
_behind(
    "archive-after",
    "A list of the unarchived shows the archived behind a cursor.",
    "STATE-7",
    "archive-status-filters",
    lambda _: {"archive_status": "all"},
)
_foreign("after", "agent_id has no effect behind a cursor.", lambda query: query.get("after"))


def _side_effect(slug: str, what: str, rule: str, operation_id: str, case: str, **fields: Any) -> None:
    """Show other fields of a conversation once an operation has been at it."""

    @mutant(slug, what, rule, case)
    def _(mock: Mock) -> None:
        touched: set[str] = set()

        async def touch(handler: Handler, request: Request) -> Answer:
            touched.add(_id(request))
            return await handler(request)

        mock.around(operation_id, touch)
        mock.values(RETRIEVE, lambda value, _: {**value, **fields} if value["id"] in touched else value)


_side_effect(
    "send-dates",
    "send changes created_at.",
    "STATE-16",
    SEND,
    "retrieve_conversation/random-lives",
    created_at="2026-05-05T05:05:05Z",
)
_side_effect("send-clears", "send clears the summary.", "STATE-1", SEND, _SHOWS, summary=None)
_side_effect(
    "compact-clears",
    "compact clears the summary.",
    "STATE-1",
    COMPACT,
    "compact_conversation/leaves-no-more",
    summary=None,
)


@mutant(
    "spoken-undeletable",
    "What has messages cannot be deleted.",
    "STATE-48",
    "fork_conversation/has-the-sources-messages",
)
def _(mock: Mock) -> None:
    async def delete(handler: Handler, request: Request) -> Answer:
        rows = await mock.ask(MESSAGES, _id(request)) if await mock.exists(_id(request)) else []
        if any(row["message_type"] == "user_message" for row in rows):
            raise Refusal(500, "ForeignKeyViolation")
        return await handler(request)

    mock.around(DELETE, delete)


@mutant("hidden-unknown", "What is hidden can be shown by nobody.", "STATE-1", "create_conversation/hidden")
def _(mock: Mock) -> None:
    hidden: set[str] = set()

    async def create(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if request.field("hidden") and isinstance(answer, Reply):
            hidden.add(json.loads(answer.body)["id"])
        return answer

    async def retrieve(handler: Handler, request: Request) -> Answer:
        if _id(request) in hidden:
            raise Refusal(404, "There is no such conversation.")
        return await handler(request)

    mock.around(CREATE, create)
    mock.around(RETRIEVE, retrieve)
