"""What goes over the wire, changed on its way: whole answers, events, and the JSON in both."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from letta_contract.mock_server.reply import Headers, encode
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.mutants.mock import Mock, event, json_of

Change = Callable[[Any], Any]


@dataclass
class Whole:
    """An answer that is no stream; what is changed of it goes out."""

    scope: Scope
    status: int
    headers: Headers
    body: bytes

    @property
    def is_json(self) -> bool:
        """Whether it has a JSON body: not the answer to HEAD, and no redirect."""
        return bool(self.body) and _media_type(self.headers).startswith(b"application/json")

    def put(self, name: bytes, value: bytes | None) -> None:
        """Give it a header instead of those of that name; None takes them away."""
        self.headers = [header for header in self.headers if header[0] != name]
        if value is not None:
            self.headers.append((name, value))


def answers(mock: Mock, change: Callable[[Whole], None]) -> None:
    """Change whole answers, errors and those of no operation included."""

    async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        begun: list[Message] = []
        body = bytearray()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and not is_stream(message["headers"]):
                begun.append(message)
            elif not begun:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    await _send(send, begun[0], _changed(scope, begun[0], bytes(body), change))

        await app(scope, receive, sending)

    mock.routed(routed)


def _changed(scope: Scope, start: Message, body: bytes, change: Callable[[Whole], None]) -> Whole:
    whole = Whole(scope, start["status"], list(start["headers"]), body)
    change(whole)
    told = any(name.lower() == b"content-length" for name, _ in whole.headers)
    if told and whole.body != body:
        whole.put(b"content-length", str(len(whole.body)).encode())
    return whole


async def _send(send: Send, start: Message, whole: Whole) -> None:
    await send({**start, "status": whole.status, "headers": whole.headers})
    await send({"type": "http.response.body", "body": whole.body})


Chunked = Callable[[bytes], Iterable[bytes]]
"""Makes other chunks of one, which is an event until events are cut."""


def chunks(mock: Mock, change: Chunked) -> None:
    """Send each chunk of a stream as others."""
    streams(mock, lambda: change)


def streams(mock: Mock, begin: Callable[[], Chunked]) -> None:
    """The same, by what `begin` makes for each stream."""

    async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        changes: list[Chunked] = []

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and is_stream(message["headers"]):
                changes.append(begin())
            if changes and message.get("body"):
                for chunk in changes[0](message["body"]):
                    await send({**message, "body": chunk})
            else:
                await send(message)

        await app(scope, receive, sending)

    mock.routed(routed)


def bodies(mock: Mock, change: Callable[[Any, Whole], Any]) -> None:
    """Change the JSON of whole answers."""

    def changed(whole: Whole) -> None:
        if whole.is_json:
            whole.body = encode(change(json.loads(whole.body), whole))

    answers(mock, changed)


def events(mock: Mock, change: Change) -> None:
    """Change the JSON of events; a list stands for several."""

    def changed(chunk: bytes) -> Iterable[bytes]:
        value = json_of(chunk)
        if value is None:
            return [chunk]
        other = change(value)
        every = other if isinstance(other, list) else [other]
        return [event(one, "error" if one["message_type"] == "error_message" else "") for one in every]

    chunks(mock, changed)


def values(mock: Mock, change: Change) -> None:
    """Change the JSON of whole answers and of events alike."""
    bodies(mock, lambda value, _: change(value))
    events(mock, change)


def objects(value: Any) -> Iterable[dict[str, Any]]:
    """Each object in a JSON value, the outer ones first."""
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(item)


def of_messages(change: Callable[[dict[str, Any]], None]) -> Change:
    """Change each message in a JSON value, in place."""

    def changed(value: Any) -> Any:
        for one in list(objects(value)):
            if "message_type" in one:
                change(one)
        return value

    return changed


def is_stream(headers: Headers) -> bool:
    """Whether an answer is an event stream."""
    return _media_type(headers).startswith(b"text/event-stream")


def _media_type(headers: Headers) -> bytes:
    return next((value.lower() for name, value in headers if name.lower() == b"content-type"), b"")
