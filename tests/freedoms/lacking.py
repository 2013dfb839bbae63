"""Servers that lack what they only should have (LEVEL-2 to LEVEL-13)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from letta_contract.mock_server.refusal import Invalid
from starlette.types import Receive, Scope

from tests.mutants.mock import CREATE, FORK, LIST, UPDATE, Answer, Answering, Mock, again, read

from .freedom import Theme
from .wire import objects
from .world import SHOWING

freedom = Theme("lacking")


def _deaf(mock: Mock, ids: tuple[str, ...], *names: str) -> None:
    """Ignore fields of bodies, whatever they hold."""

    def without(body: bytes) -> bytes:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return body
        if not isinstance(value, dict) or not set(names) & set(value):
            return body
        return json.dumps({name: held for name, held in value.items() if name not in names}).encode()

    mock.sent(ids, without)


def _blind(mock: Mock, id_: str, name: str) -> None:
    """Ignore a query parameter, whatever it holds."""

    def without(query: bytes) -> bytes:
        parts = query.split(b"&")
        kept = [
            part for part in parts if [key for key, _ in parse_qsl(part.decode(), keep_blank_values=True)] != [name]
        ]
        return b"&".join(kept)

    mock.queried(id_, without)


def _lacks_field(name: str, rule: str) -> None:
    @freedom(name, f"Conversations have no {name}, and it is ignored.", rule)
    def _(mock: Mock) -> None:
        _deaf(mock, (CREATE, UPDATE), name)
        mock.without(SHOWING, name)


_lacks_field("description", "LEVEL-4")
_lacks_field("context_window_limit", "LEVEL-5")


@freedom("archived", "Nothing can be archived.", "LEVEL-3")
def _(mock: Mock) -> None:
    _deaf(mock, (UPDATE,), "archived")
    _blind(mock, LIST, "archive_status")
    mock.without(SHOWING, "archived")
    mock.without(SHOWING, "archived_at")


@freedom("archived_at", "Nothing tells when something was archived.", "LEVEL-3")
def _(mock: Mock) -> None:
    mock.fields(SHOWING, archived_at=None)


@freedom("archives-of-its-own", "What is archived is listed like all else, whatever is asked for.", "LEVEL-2")
def _(mock: Mock) -> None:
    _blind(mock, LIST, "archive_status")
    mock.requests(LIST, lambda request: replace(request, query={**request.query, "archive_status": "all"}))


@freedom("archive_status", "What is archived is never listed, whatever is asked for.", "LEVEL-2")
def _(mock: Mock) -> None:
    _blind(mock, LIST, "archive_status")


@freedom("hidden", "Nothing can be hidden.", "LEVEL-6")
def _(mock: Mock) -> None:
    _deaf(mock, (CREATE,), "hidden")
    _blind(mock, FORK, "hidden")


@freedom("message_id", "A fork takes all messages.", "LEVEL-7")
def _(mock: Mock) -> None:
    _blind(mock, FORK, "message_id")


def _refuses(slug: str, what: str, rule: str, lacks: Callable[[dict[str, Any]], bool]) -> None:
    @freedom(slug, what, rule)
    def _(mock: Mock) -> None:
        async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
            body = await read(receive)
            answer = await answering(scope, again(body, receive))
            try:
                value = json.loads(body)
            except (ValueError, RecursionError):
                return answer
            if any(map(lacks, objects(value))):
                raise Invalid([{"loc": ["body"], "msg": "Input tag does not match", "type": "union_tag_invalid"}])
            return answer

        mock.judged((CREATE, UPDATE), judged)


_refuses("moonshot", "The provider moonshot is 422.", "LEVEL-8", lambda one: one.get("provider_type") == "moonshot")
_refuses("moonshot_coding", "The provider moonshot_coding is 422.", "LEVEL-9", lambda one: one.get("provider_type") == "moonshot_coding")  # fmt: skip
_refuses("xhigh", "The effort xhigh is 422.", "LEVEL-10", lambda one: one.get("effort") == "xhigh")
