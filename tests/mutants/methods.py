"""Methods that a path does not have (STATUS-17, STATUS-18, ERR-1)."""

from __future__ import annotations

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .mock import CANCEL, COMPACT, CREATE, FORK, MESSAGES, RECOMPILE, RETRIEVE, STREAM, SUMMARIZE, Mock, plain
from .mutant import Section, subtle

mutant = Section("methods")
_ENDINGS = {
    CREATE: "/v1/conversations/",
    FORK: "/fork",
    MESSAGES: "/messages",
    STREAM: "/stream",
    CANCEL: "/cancel",
    RECOMPILE: "/recompile",
    COMPACT: "/compact",
    SUMMARIZE: "/summarize",
}


def _is_of(operation_id: str, path: str) -> bool:
    if operation_id == RETRIEVE:
        return path.startswith("/v1/conversations/conv-") and path.count("/") == 3
    return path.endswith(_ENDINGS[operation_id])


def _refused(operation_id: str, slug: str, what: str, status: int, allow: str | None) -> None:
    @mutant(
        f"{slug}-{operation_id}",
        f"On the path of {operation_id}, {what}.",
        "STATUS-18",
        f"{operation_id}/other-methods",
    )
    def _(mock: Mock) -> None:
        def changed(scope: Scope, message: Message) -> None:
            if message["status"] == 405 and _is_of(operation_id, scope["path"]):
                others = [header for header in message["headers"] if header[0] != b"allow"]
                message["headers"] = [*others, (b"allow", allow.encode())] if allow is not None else others
                message["status"] = status

        mock.heads(changed)


for _operation_id in (*_ENDINGS, RETRIEVE):
    _refused(_operation_id, "no-allow", "a 405 has no Allow", 405, None)
for _operation_id, _one in ((CREATE, "POST"), (RETRIEVE, "GET, PATCH"), (MESSAGES, "GET"), (STREAM, "GET"), (FORK, "")):
    _refused(_operation_id, "part-of-allow", f"Allow is {_one!r}", 405, _one)
for _operation_id, _status in ((CANCEL, 404), (RECOMPILE, 501), (COMPACT, 400), (SUMMARIZE, 422), (RETRIEVE, 404)):
    _refused(_operation_id, f"status-{_status}", f"another method is {_status}", _status, "POST")


def _alias(operation_id: str, other: str, method: str) -> None:
    @mutant(
        f"{other}-is-{method}-{operation_id}",
        f"{other} on the path of {operation_id} works as {method}.",
        "STATUS-17",
        f"{operation_id}/other-methods",
    )
    def _(mock: Mock) -> None:
        async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
            mine = scope["method"] == other and _is_of(operation_id, scope["path"])
            await app({**scope, "method": method} if mine else scope, receive, send)

        mock.routed(routed)


_alias(RETRIEVE, "PUT", "PATCH")
_alias(RETRIEVE, "POST", "PATCH")
_alias(CREATE, "PUT", "POST")
_alias(CANCEL, "DELETE", "POST")
_alias(FORK, "GET", "POST")


@mutant("204-for-others", "DELETE on the collection is 204.", "STATUS-17", "create_conversation/other-methods")
def _(mock: Mock) -> None:
    def deleted(scope: Scope) -> Reply | None:
        return plain(204, "") if scope["method"] == "DELETE" and scope["path"] == "/v1/conversations/" else None

    mock.diverts(deleted)


@mutant(
    "token-first-404", "An unknown method on messages is 404.", "STATUS-17", "list_conversation_messages/other-methods"
)
def _(mock: Mock) -> None:
    def changing(scope: Scope) -> Reply | None:
        mine = scope["method"] in ("PUT", "PATCH", "DELETE") and scope["path"].endswith("/messages")
        return Refusal(404, "There is no such path.").reply if mine else None

    mock.diverts(changing)


@subtle("405-html", "A 405 is HTML.", "ERR-1", "fork_conversation/other-methods")
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
