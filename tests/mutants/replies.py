"""Replies that are not as documented, or no whole replies at all (BODY-10, BODY-11, MSG, STATUS-1, STATUS-11)."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
from collections.abc import Callable
from itertools import cycle
from typing import Any

from letta_contract.mock_server.reply import Reply
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .mock import (
    COMPACT,
    CREATE,
    DELETE,
    EVERY,
    FORK,
    LIST,
    MESSAGES,
    RECOMPILE,
    RETRIEVE,
    SEND,
    SUMMARIZE,
    UPDATE,
    Mock,
    hangs_up,
    plain,
)
from .mutant import Section

mutant = Section("replies")
_CASES = {
    CREATE: "create_conversation/body-is-optional",
    LIST: "list_conversations/default-page",
    MESSAGES: "list_conversation_messages/conversation-id-known",
    SEND: "send_conversation_message/streaming-picks-the-media-type",
    **{id_: f"{id_}/conversation-id-known" for id_ in (RETRIEVE, UPDATE, FORK, DELETE)},
}
_SHOWING = (RETRIEVE, CREATE, UPDATE, FORK, LIST)

# -- fields of a Conversation -----------------------------------------------------------------------------------------


def _field(operation_id: str, slug: str, what: str, name: str, value: Any) -> None:
    @mutant(f"{slug}-{operation_id}", f"{operation_id} answers {what}.", "BODY-10", _CASES[operation_id])
    def _(mock: Mock) -> None:
        mock.fields(operation_id, **{name: value})


for _operation_id, _kind in zip(
    cycle(_SHOWING),
    (
        ("id-number", "an id that is a number", "id", 7),
        ("id-bare", "an id without its prefix", "id", "123e4567-e89b-42d3-8456-426614174000"),
        ("id-upper", "an id in upper case", "id", "conv-123E4567-E89B-42D3-8456-426614174000"),
        ("id-version-1", "an id of version 1", "id", "conv-123e4567-e89b-12d3-8456-426614174000"),
        ("agent-null", "an agent_id of null", "agent_id", None),
        ("agent-object", "the agent itself as agent_id", "agent_id", {"id": "agent-1"}),
        ("created-epoch", "created_at as a number", "created_at", 1767225600),
        ("created-naive", "created_at without an offset", "created_at", "2026-01-01T00:00:00"),
        ("created-date", "created_at without a time", "created_at", "2026-01-01"),
        ("created-text", "created_at in words", "created_at", "Thu, 01 Jan 2026 00:00:00 GMT"),
        ("updated-month-13", "updated_at in month 13", "updated_at", "2026-13-01T00:00:00Z"),
        ("updated-space", "updated_at with a space for its T and no offset", "updated_at", "2026-01-01 00:00:00"),
        ("last-message-empty", "an empty last_message_at", "last_message_at", ""),
        ("archived-text", "archived as text", "archived", "false"),
        ("archived-number", "archived as a number", "archived", 0),
        ("archived-at-true", "archived_at as true", "archived_at", True),
        ("summary-number", "a summary that is a number", "summary", 7),
        ("summary-list", "a summary that is a list", "summary", []),
        ("description-object", "a description that is an object", "description", {}),
        ("model-object", "a model that is an object", "model", {"name": "gpt-4o"}),
        ("settings-untagged", "model_settings without provider_type", "model_settings", {"temperature": 0.5}),
        ("settings-unknown", "model_settings of an unknown provider", "model_settings", {"provider_type": "acme"}),
        ("settings-text", "model_settings as text", "model_settings", '{"provider_type": "openai"}'),
        ("window-text", "context_window_limit as text", "context_window_limit", "8000"),
        ("window-fraction", "context_window_limit as a fraction", "context_window_limit", 0.5),
        ("context-text", "in_context_message_ids as text", "in_context_message_ids", "message-1"),
        ("context-objects", "in_context_message_ids as messages", "in_context_message_ids", [{"id": "message-1"}]),
        ("blocks-number", "isolated_block_ids as numbers", "isolated_block_ids", [1]),
        ("author-number", "created_by_id as a number", "created_by_id", 7),
        ("editor-object", "last_updated_by_id as an object", "last_updated_by_id", {}),
    ),
):  # fmt: skip
    _field(_operation_id, *_kind)


def _lacks(operation_id: str, name: str) -> None:
    @mutant(f"no-{name}-{operation_id}", f"{operation_id} answers no {name}.", "BODY-10", _CASES[operation_id])
    def _(mock: Mock) -> None:
        mock.without(operation_id, name)


for _operation_id, _name in ((RETRIEVE, "id"), (UPDATE, "agent_id"), (FORK, "agent_id"), (LIST, "agent_id")):
    _lacks(_operation_id, _name)


def _shape(operation_id: str, slug: str, what: str, rule: str, change: Callable[[Any], Any]) -> None:
    @mutant(f"{slug}-{operation_id}", f"{operation_id} answers {what}.", rule, _CASES[operation_id])
    def _(mock: Mock) -> None:
        mock.values(operation_id, lambda value, _: change(value))


def _camel(value: dict[str, Any]) -> dict[str, Any]:
    return {
        name.split("_")[0] + "".join(part.title() for part in name.split("_")[1:]): part for name, part in value.items()
    }


_shape(RETRIEVE, "camel", "keys in camelCase", "DOC-6", _camel)
_shape(RETRIEVE, "wrapped", "the conversation in an object of its own", "OP-3", lambda value: {"conversation": value})
_shape(RETRIEVE, "list", "a list of one conversation", "OP-3", lambda value: [value])
_shape(UPDATE, "null", "null", "OP-4", lambda _: None)
_shape(UPDATE, "ok", "that it went well", "OP-4", lambda _: {"success": True})
_shape(FORK, "id", "an id", "OP-6", lambda value: value["id"])
_shape(LIST, "page", "an object with a list in it", "OP-2", lambda value: {"data": value, "has_more": False})
_shape(LIST, "null", "null for an empty list", "OP-2", lambda _: None)
_shape(LIST, "nulls", "a null among the conversations", "OP-2", lambda value: [*value, None])
_shape(LIST, "ids", "ids", "OP-2", lambda value: [item["id"] for item in value])
_shape(LIST, "keyed", "an object by id", "OP-2", lambda value: {item["id"]: item for item in value})
_shape(MESSAGES, "page", "an object with a list in it", "OP-7", lambda value: {"messages": value})

# -- fields of messages -----------------------------------------------------------------------------------------------


def _message(slug: str, what: str, rule: str, change: Callable[[dict[str, Any]], Any]) -> None:
    _shape(MESSAGES, f"message-{slug}", what, rule, lambda rows: [change(row) for row in rows])


def _less(*names: str) -> Callable[[dict[str, Any]], Any]:
    return lambda row: {name: value for name, value in row.items() if name not in names}


_message("no-id", "messages without id", "MSG-1", _less("id"))
_message("no-date", "messages without date", "MSG-1", _less("date"))
_message("no-type", "messages without message_type", "MSG-1", _less("message_type"))
_message("no-content", "messages without content", "MSG-3", _less("content"))
_message("unknown", "messages of an unknown type", "MSG-2", lambda row: {**row, "message_type": "note"})
_message("ping", "pings", "MSG-2", lambda row: {**row, "message_type": "ping"})
_message("content-null", "messages with a content of null", "MSG-3", lambda row: {**row, "content": None})
_message("content-number", "messages with a number for content", "MSG-3", lambda row: {**row, "content": 7})
_message("date-naive", "dates without an offset", "DOC-7", lambda row: {**row, "date": "2026-01-01T00:00:00"})
_message("date-null", "dates of null", "MSG-1", lambda row: {**row, "date": None})
_message("id-number", "ids that are numbers", "MSG-1", lambda row: {**row, "id": 7})
_message("err-text", "is_err as text", "MSG-1", lambda row: {**row, "is_err": "false"})
_message("seq-text", "seq_id as text", "MSG-1", lambda row: {**row, "seq_id": "1"})
_message("run-number", "run_id as a number", "MSG-1", lambda row: {**row, "run_id": 7})
_message("name-list", "name as a list", "MSG-1", lambda row: {**row, "name": []})


def _result(slug: str, what: str, rule: str, change: Callable[[dict[str, Any]], Any]) -> None:
    _shape(SEND, f"result-{slug}", what, rule, change)


_result("no-usage", "a result without usage", "BODY-11", _less("usage"))
_result("no-stop", "a result without stop_reason", "BODY-11", _less("stop_reason"))
_result("no-messages", "a result without messages", "BODY-11", _less("messages"))
_result("stop-text", "stop_reason as text", "BODY-11", lambda value: {**value, "stop_reason": "end_turn"})
_result(
    "stop-untyped",
    "a stop_reason without message_type",
    "MSG-16",
    lambda value: {**value, "stop_reason": {"stop_reason": "end_turn"}},
)
_result("usage-untyped", "usage without message_type", "MSG-17", lambda value: {**value, "usage": {"total_tokens": 1}})
_result(
    "usage-negative",
    "a negative step_count",
    "MSG-17",
    lambda value: {**value, "usage": {**value["usage"], "step_count": -1}},
)
_result("list", "messages only", "BODY-11", lambda value: value["messages"])
_result(
    "stop-among",
    "stop_reason among the messages",
    "MSG-2",
    lambda value: {**value, "messages": [*value["messages"], value["stop_reason"]]},
)
_result("logprobs", "logprobs as numbers", "BODY-11", lambda value: {**value, "logprobs": [0.5]})
_result("turns", "turns of an unknown role", "BODY-11", lambda value: {**value, "turns": [{"role": "user"}]})

# -- statuses, headers, bytes -----------------------------------------------------------------------------------------


def _reply(operation_id: str, slug: str, what: str, rule: str, change: Callable[[Reply], Reply | None]) -> None:
    @mutant(f"{slug}-{operation_id}", f"{operation_id} answers {what}.", rule, _CASES[operation_id])
    def _(mock: Mock) -> None:
        mock.replies(operation_id, change)


def _headed(reply: Reply, name: bytes, value: bytes | None) -> None:
    others = [header for header in reply.headers if header[0] != name]
    reply.headers = others if value is None else [*others, (name, value)]


_reply(CREATE, "201", "201", "STATUS-1", lambda reply: Reply(201, reply.body))
_reply(UPDATE, "204", "204", "STATUS-1", lambda _: Reply(204, b""))
_reply(FORK, "202", "202", "STATUS-1", lambda reply: Reply(202, reply.body))
_reply(LIST, "206", "206", "STATUS-1", lambda reply: Reply(206, reply.body))
_reply(RETRIEVE, "304", "304", "STATUS-1", lambda _: Reply(304, b""))
_reply(RETRIEVE, "html", "HTML", "OP-3", lambda _: plain(200, "<h1>conversation</h1>", "text/html"))
_reply(RETRIEVE, "text", "JSON as text/plain", "OP-3", lambda reply: Reply(200, reply.body, media_type=b"text/plain"))
_reply(LIST, "untyped", "without a Content-Type", "OP-2", lambda reply: _headed(reply, b"content-type", None))
_reply(
    MESSAGES,
    "problem",
    "application/problem+json",
    "OP-7",
    lambda reply: Reply(200, reply.body, media_type=b"application/problem+json"),
)
_reply(RETRIEVE, "empty", "200 without a body", "OP-3", lambda _: Reply(200, b""))
_reply(DELETE, "empty", "200 without a body", "OP-5", lambda _: Reply(200, b""))
_reply(DELETE, "text", "OK", "OP-5", lambda _: plain(200, "OK"))
_reply(UPDATE, "cut", "JSON that is cut short", "OP-4", lambda reply: Reply(200, reply.body[:-1]))
_reply(
    UPDATE,
    "trailing",
    "JSON with a line of log behind it",
    "OP-4",
    lambda reply: Reply(200, reply.body + b"\nok in 3 ms"),
)
_reply(FORK, "nan", "NaN", "OP-6", lambda reply: Reply(200, reply.body[:-1] + b',"score":NaN}'))
_reply(CREATE, "key-twice", "a key twice", "OP-1", lambda reply: Reply(200, b'{"id":"conv-0",' + reply.body[1:]))
_reply(LIST, "python", "what Python prints", "OP-2", lambda reply: Reply(200, repr(json.loads(reply.body)).encode()))
_reply(RETRIEVE, "utf-16", "UTF-16", "OP-3", lambda reply: Reply(200, reply.body.decode().encode("utf-16")))
_reply(FORK, "latin-1", "Latin-1", "OP-6", lambda reply: Reply(200, reply.body[:-1] + b',"note":"caf\xe9"}'))
_reply(MESSAGES, "gzip-untold", "gzip without saying so", "OP-7", lambda reply: Reply(200, gzip.compress(reply.body)))
_reply(CREATE, "gzip-untrue", "what it calls gzip", "OP-1", lambda reply: _headed(reply, b"content-encoding", b"gzip"))
_reply(RETRIEVE, "quoted", "JSON in a JSON string", "OP-3", lambda reply: Reply.json(reply.body.decode()))
_reply(LIST, "html-after", "JSON and a script", "OP-2", lambda reply: Reply(200, reply.body + b"<script></script>"))


@mutant("longer-than-told", "retrieve says that its body is longer than it is.", "OP-3", _CASES[RETRIEVE])
def _(mock: Mock) -> None:
    async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["method"] == "GET" and message["status"] == 200:
                told = dict(message["headers"])
                longer = str(int(told[b"content-length"]) + 10).encode()
                message["headers"] = [
                    *((name, value) for name, value in told.items() if name != b"content-length"),
                    (b"content-length", longer),
                ]
            await send(message)
            if message["type"] == "http.response.body" and scope["method"] == "GET":
                await asyncio.sleep(0.05)  # what is there gets out first
                hangs_up(send)

        await app(scope, receive, sending)

    mock.routed(routed)


# -- servers that give no answer --------------------------------------------------------------------------------------


def _mine(scope: Scope, method: str, ending: str) -> bool:
    return bool(scope["method"] == method and scope["path"].endswith(ending))


def _connection(
    slug: str,
    what: str,
    rule: str,
    case: str,
    method: str,
    ending: str,
    patience: float,
    act: Callable[[Receive, Send], Any],
) -> None:
    @mutant(slug, what, rule, case, patience=patience)
    def _(mock: Mock) -> None:
        async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
            if _mine(scope, method, ending):
                await act(receive, send)
            await app(scope, receive, send)

        mock.routed(routed)


async def _hangs(receive: Receive, _send: Send) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _breaks(_receive: Receive, send: Send) -> None:
    hangs_up(send)


async def _raises(_receive: Receive, _send: Send) -> None:
    raise RuntimeError("broken on purpose")


_connection("hangs-fork", "fork never answers.", "STATE-48", _CASES[FORK], "POST", "/fork", 0.5, _hangs)
_connection(
    "hangs-delete",
    "delete never answers.",
    "STATE-48",
    "delete_conversation/gone-after-delete",
    "DELETE",
    "",
    0.5,
    _hangs,
)
_connection(
    "breaks-cancel",
    "cancel breaks the connection.",
    "STATE-48",
    "cancel_conversation/nothing-to-cancel",
    "POST",
    "/cancel",
    4.0,
    _breaks,
)
_connection(
    "breaks-messages", "messages breaks the connection.", "STATE-48", _CASES[MESSAGES], "GET", "/messages", 4.0, _breaks
)
_connection(
    "raises-compact",
    "compact raises an exception.",
    "STATE-48",
    "compact_conversation/conversation-id-known",
    "POST",
    "/compact",
    4.0,
    _raises,
)


@mutant("dies", "recompile takes the whole server with it.", "STATE-48", "recompile_conversation/conversation-id-known")
def _(mock: Mock) -> None:
    async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if _mine(scope, "POST", "/recompile"):
            _stop_listening(scope["server"][1])
            hangs_up(send)
        await app(scope, receive, send)

    mock.routed(routed)


def _stop_listening(port: int) -> None:
    """Let the kernel refuse connections to a port of this process, as if its server had died."""
    import socket

    for number in range(3, 256):
        try:
            with socket.socket(fileno=os.dup(number)) as found:
                if found.getsockname()[1:2] == (port,) and found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    found.shutdown(socket.SHUT_RDWR)
        except OSError:
            continue


# -- whatever is asked ------------------------------------------------------------------------------------------------


@mutant(
    "all-201",
    "Each 200 is a 201.",
    "STATUS-1",
    *(f"{id_}/documented-examples" for id_ in EVERY if id_ not in (LIST, FORK)),
)
def _(mock: Mock) -> None:
    def changed(scope: Scope, message: Message) -> None:
        if message["status"] in (200, 409, 400) and _mine(scope, scope["method"], ""):
            message["status"] = 201

    mock.heads(changed)


@mutant("all-418", "Each answer is a 418.", "STATUS-1", *(f"{id_}/generated-requests" for id_ in EVERY))
def _(mock: Mock) -> None:
    _unless_created(mock, 418)


_UNLINKED = (CREATE, DELETE, RECOMPILE, COMPACT, SUMMARIZE)


@mutant(
    "all-500",
    "Each answer but those of create is a 500 as text.",
    "STATE-48",
    *(f"{id_}/linked-sequences" for id_ in EVERY if id_ not in _UNLINKED),
)
def _(mock: Mock) -> None:
    _unless_created(mock, 500)


@mutant("418-create", "Each answer of create is a 418.", "STATUS-1", "create_conversation/linked-sequences")
def _(mock: Mock) -> None:
    mock.replies(CREATE, lambda reply: Reply(418, reply.body), None)


@mutant("418-delete", "Each answer of delete is a 418.", "STATUS-1", "delete_conversation/linked-sequences")
def _(mock: Mock) -> None:
    mock.replies(DELETE, lambda reply: Reply(418, reply.body), None)


def _unless_created(mock: Mock, status: int) -> None:
    """Each answer but a created conversation, without which no case gets anywhere."""

    def changed(scope: Scope, message: Message) -> None:
        created = _mine(scope, "POST", "/conversations/") and message["status"] == 200
        if not created:
            message["status"] = status

    mock.heads(changed)
