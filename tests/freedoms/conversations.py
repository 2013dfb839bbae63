"""What conversations show beyond what they must, and what an update or a fork leaves to the server (STATE-1 to STATE-16)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from tests.mutants.mock import (
    CREATE,
    FORK,
    LIST,
    RETRIEVE,
    SEND,
    UPDATE,
    Answer,
    Mock,
    subject,
)

from .freedom import Theme
from .world import SHOWING, rows_of, unsent, world

freedom = Theme("conversations")
Shown = dict[str, Any]
_COPIED = ("summary", "description", "model", "model_settings", "context_window_limit")


def _shown(mock: Mock, change: Callable[[Shown], None], ids: tuple[str, ...] = SHOWING) -> None:
    def changed(value: Any, _request: Request) -> Any:
        for one in rows_of(value):
            change(one)
        return value

    mock.values(ids, changed)


@freedom("archived_at-stays", "What is unarchived still tells when it was archived.", "STATE-14")
def _(mock: Mock) -> None:
    dates: dict[str, str] = {}

    def kept(one: Shown) -> None:
        if one["archived_at"] is not None:
            dates[one["id"]] = one["archived_at"]
        one["archived_at"] = dates.get(one["id"])

    _shown(mock, kept)


@freedom("archived_at-renewed", "What is archived again has a new date of that.", "STATE-14")
def _(mock: Mock) -> None:
    async def updated(handler: Handler, request: Request) -> Answer:
        if request.field("archived"):
            await mock.ask(UPDATE, subject(request), body={"archived": False})
        return await handler(request)

    mock.around(UPDATE, updated)


@freedom("updated_at-stays", "updated_at is when a conversation was made.", "STATE-17")
def _(mock: Mock) -> None:
    _shown(mock, lambda one: one.update(updated_at=one["created_at"]))


@freedom("archived-null", "What is not archived has null as archived.", "BODY-10")
def _(mock: Mock) -> None:
    _shown(mock, lambda one: one.update(archived=one["archived"] or None))


@freedom("sent-updates", "A message that is sent is an update of its conversation.", "STATE-14")
def _(mock: Mock) -> None:
    async def sent(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        store = world(mock).store
        found = store.conversation(subject(request))
        if found is not None:
            found.shown["updated_at"] = world(mock).clock.now()
            found.shown["last_updated_by_id"] = None
            store.save_conversation(found)
        return answer

    mock.around(SEND, sent)


@freedom("description-generated", "A conversation without a description is given one, another each time.", "STATE-4")
def _(mock: Mock) -> None:
    said: list[int] = []

    def described(one: Shown) -> None:
        said.append(1)
        one["description"] = one["description"] or f"Generated {len(said)}."

    _shown(mock, described)


@freedom("description-later", "retrieve alone shows a description that the server generated.", "STATE-4")
def _(mock: Mock) -> None:
    _shown(mock, lambda one: one.update(description=one["description"] or "Generated."), (RETRIEVE,))


@freedom("no-contexts", "Only retrieve shows the messages in context.", "STATE-4")
def _(mock: Mock) -> None:
    mock.fields((CREATE, UPDATE, FORK, LIST), in_context_message_ids=None)


@freedom("null-clears", "Null in an update clears a field.", "STATE-15")
def _(mock: Mock) -> None:
    async def updated(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        given = request.body or {}
        cleared = [name for name in _COPIED if name in given and given[name] is None]
        found = world(mock).store.conversation(subject(request))
        if not cleared or found is None or not isinstance(answer, Reply):
            return answer
        found.shown |= dict.fromkeys(cleared)
        world(mock).store.save_conversation(found)
        return Reply.json(json.loads(answer.body) | dict.fromkeys(cleared))

    mock.around(UPDATE, updated)


def _forks(slug: str, what: str, **fields: Any) -> None:
    """Give a fork these fields."""

    @freedom(slug, what, "STATE-10")
    def _(mock: Mock) -> None:
        def changed(value: Shown, _request: Request) -> Shown:
            found = world(mock).store.conversation(value["id"])
            assert found is not None
            found.shown |= fields
            world(mock).store.save_conversation(found)
            return value | fields

        mock.values(FORK, changed)


_forks("fork-named", "A fork has a summary of its own.", summary="A fork")
_forks("fork-bare", "A fork has none of what its source was given.", **dict.fromkeys(_COPIED), last_message_at=None)


@freedom("unknown-model", "A model that the server does not have is 404.", "TOL-12")
def _(mock: Mock) -> None:
    _unless(mock, (CREATE, UPDATE), "model", 404)


@freedom("unknown-override", "A model to answer with that the server does not have is 400.", "TOL-12")
def _(mock: Mock) -> None:
    _unless(mock, (SEND,), "override_model", 400)


def _unless(mock: Mock, ids: tuple[str, ...], name: str, status: int) -> None:
    def asked(request: Request) -> Request:
        if request.field(name) is not None:
            raise Refusal(status, "There is no such model.")
        return request

    mock.requests(ids, asked)


@freedom("settings-refused", "Settings of a model are 400: the server has no keys for its provider.", "TOL-12")
def _(mock: Mock) -> None:
    _unless(mock, (CREATE, UPDATE), "model_settings", 400)


@freedom("created-with-dates", "A conversation has a last message from the start.", "BODY-10")
def _(mock: Mock) -> None:
    def begun(value: Shown, _request: Request) -> Shown:
        found = world(mock).store.conversation(value["id"])
        assert found is not None
        found.shown["last_message_at"] = found.shown["created_at"]
        world(mock).store.save_conversation(found)
        return value | {"last_message_at": value["created_at"]}

    mock.values(CREATE, begun)


@freedom("last_message_at-given", "last_message_at is what an update gave, and null before.", "BODY-10")
def _(mock: Mock) -> None:
    here = world(mock)
    add = here.add_message

    def added(conversation_id: str, message: Any) -> None:
        before = here.store.conversation(conversation_id)
        date = before.shown["last_message_at"] if before else None
        add(conversation_id, message)
        after = here.store.conversation(conversation_id)
        if after is not None:
            after.shown["last_message_at"] = date
            here.store.save_conversation(after)

    here.add_message = added  # type: ignore[method-assign]  # of this world alone


@freedom("fork-archived", "A fork of what is archived is archived, too.", "STATE-10")
def _(mock: Mock) -> None:
    def changed(value: Shown, request: Request) -> Shown:
        store = world(mock).store
        source, fork = store.conversation(subject(request)), store.conversation(value["id"])
        if source is None or fork is None:
            return value
        like = {name: source.shown[name] for name in ("archived", "archived_at")}
        fork.shown |= like
        store.save_conversation(fork)
        return value | like

    mock.values(FORK, changed)


@freedom("fork-up-to-nothing", "A fork up to a message that there is not is one of all messages.", "TOL-12")
def _(mock: Mock) -> None:
    async def forked(handler: Handler, request: Request) -> Answer:
        try:
            return await handler(request)
        except Refusal as refusal:
            if "no such message" not in str(refusal):
                raise
            return await handler(replace(request, query=request.query | {"message_id": None}))

    mock.around(FORK, forked)


@freedom("context-without-system", "The messages in context are told without the system message.", "BODY-10")
def _(mock: Mock) -> None:
    def told(one: Shown) -> None:
        if one["in_context_message_ids"]:
            one["in_context_message_ids"] = one["in_context_message_ids"][1:]

    _shown(mock, told)


@freedom("untitled", "A conversation that was given no summary has one.", "STATE-8")
def _(mock: Mock) -> None:
    _shown(mock, lambda one: one.update(summary=_or(one["summary"], "Untitled")))


@freedom("default-window", "A conversation that was given no context_window_limit shows that of its model.", "STATE-8")
def _(mock: Mock) -> None:
    _shown(mock, lambda one: one.update(context_window_limit=_or(one["context_window_limit"], 128_000)))


@freedom("greets", "A conversation begins with messages that nobody sent.", "STATE-39")
def _(mock: Mock) -> None:
    async def created(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        assert isinstance(answer, Reply)
        id_ = json.loads(answer.body)["id"]
        for kind in ("user_message", "assistant_message"):
            unsent(mock, id_, kind, "Hello! What are we to speak about?")
        return Reply.json(await mock.ask(RETRIEVE, id_))

    mock.around(CREATE, created)


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value
