"""What update changes otherwise than it was told (STATE-2, STATE-14 to STATE-17)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from ..mock import AGENT, LIST, RETRIEVE, UPDATE, Answer, Mock, Schema, parts, subject
from ..mutant import Section, subtle

mutant = Section("lifecycle")
_CHANGES = "update_conversation/changes-what-was-given"


@mutant(
    "update-not-kept",
    "update keeps nothing.",
    "STATE-2",
    "retrieve_conversation/shows-what-was-updated",
    "retrieve_conversation/random-lives",
)
def _(mock: Mock) -> None:
    async def update(_handler: Handler, request: Request) -> Answer:
        shown = await mock.ask(RETRIEVE, subject(request))
        return Reply.json({**shown, **{name: value for name, value in request.body.items() if value is not None}})

    mock.around(UPDATE, update)


@mutant("update-answers-before", "update answers what was there before.", "STATE-15", _CHANGES)
def _(mock: Mock) -> None:
    async def update(handler: Handler, request: Request) -> Answer:
        before = await mock.ask(RETRIEVE, subject(request))
        await handler(request)
        return Reply.json(before)

    mock.around(UPDATE, update)


def _update_ignores(name: str, case: str) -> None:
    @mutant(f"update-ignores-{name}", f"update ignores {name}.", "STATE-15", case)
    def _(mock: Mock) -> None:
        mock.body(UPDATE, **{name: None})


for _name in ("summary", "model", "model_settings", "last_message_at"):
    _update_ignores(_name, _CHANGES)


def _half(name: str, other: Any, case: str) -> None:
    @mutant(f"update-mangles-{name}", f"update makes something else of {name}.", "STATE-15", case)
    def _(mock: Mock) -> None:
        async def update(handler: Handler, request: Request) -> Answer:
            if request.field(name) is not None:
                request = replace(request, body={**request.body, name: other})
            return await handler(request)

        mock.around(UPDATE, update)


_half("description", "none", "update_conversation/changes-newer-fields")
_half("context_window_limit", 1, "update_conversation/changes-newer-fields")
_half("last_message_at", "2020-01-01T00:00:00Z", _CHANGES)

_SHOWN = "retrieve_conversation/shows-what-was-updated"
_ELSE = "update_conversation/changes-nothing-else"


def _clears(given: str, cleared: str, value: Any) -> None:
    @mutant(f"{given}-clears-{cleared}", f"update of {given} changes {cleared}.", "STATE-14", _SHOWN)
    def _(mock: Mock) -> None:
        lost: set[str] = set()

        async def update(handler: Handler, request: Request) -> Answer:
            if request.field(given) is not None:
                lost.add(subject(request))
            if request.field(cleared) is not None:
                lost.discard(subject(request))
            return await handler(request)

        mock.around(UPDATE, update)
        mock.values((UPDATE, RETRIEVE), lambda shown, _: {**shown, cleared: value} if shown["id"] in lost else shown)


_clears("summary", "model", None)
_clears("summary", "model_settings", None)
_clears("model", "summary", None)
_clears("archived", "summary", None)
_clears("summary", "last_message_at", "2026-05-05T00:00:00Z")
_clears("model_settings", "created_by_id", "someone-else")


@mutant("empty-update-clears", "An empty update clears the summary.", "STATE-14", _ELSE)
def _(mock: Mock) -> None:
    mock.values(UPDATE, lambda shown, request: shown if request.body else {**shown, "summary": None})


@mutant("settings-merged", "model_settings given anew are merged with the old ones.", "STATE-15", _CHANGES)
def _(mock: Mock) -> None:
    async def update(handler: Handler, request: Request) -> Answer:
        before = await mock.ask(RETRIEVE, subject(request))
        settings = request.field("model_settings")
        if settings is not None and before["model_settings"]:
            request = replace(
                request, body={**request.body, "model_settings": {**settings, **before["model_settings"]}}
            )
        return await handler(request)

    mock.around(UPDATE, update)


def _moves(name: str, value: Any) -> None:
    @mutant(f"update-moves-{name}", f"update changes {name}.", "STATE-16", "update_conversation/identity-stays")
    def _(mock: Mock) -> None:
        mock.fields(UPDATE, **{name: value})


_moves("created_at", "2026-06-06T00:00:00Z")
_moves("agent_id", "agent-00000000-0000-4000-8000-000000000000")


@mutant(
    "update-takes-id",
    "update takes the id and created_at of its body.",
    "STATE-16",
    "update_conversation/identity-stays",
)
def _(mock: Mock) -> None:
    def change(shown: Any, request: Request) -> Any:
        return {**shown, **{name: request.body[name] for name in ("id", "created_at") if name in request.body}}

    mock.values(UPDATE, change)


@mutant("updated-at-goes-back", "updated_at goes back.", "STATE-17", "update_conversation/updated-at-goes-on")
def _(mock: Mock) -> None:
    count: list[int] = []

    def change(shown: Any, _request: Request) -> Any:
        count.append(1)
        return {**shown, "updated_at": f"20{60 - len(count)}-01-01T00:00:00Z"}

    mock.values(UPDATE, change)


@mutant(
    "updated-before-created",
    "updated_at is long before created_at.",
    "STATE-17",
    "update_conversation/updated-at-goes-on",
)
def _(mock: Mock) -> None:
    mock.fields(UPDATE, updated_at="2000-01-01T00:00:00Z")


def _dated(slug: str, what: str, given: dict[str, Any], date: Callable[[dict[str, Any]], Any]) -> None:
    """Set updated_at to another date where an update gives the one thing that is meant."""

    @subtle(f"updated-at-{slug}", what, "STATE-17", "update_conversation/updated-at-goes-on")
    def _(mock: Mock) -> None:
        mock.values(
            UPDATE,
            lambda shown, request: (
                {**shown, "updated_at": date(shown)} if given.items() <= request.body.items() else shown
            ),
        )


_dated(
    "archived",
    "To archive sets updated_at back.",
    {"archived": True},
    lambda shown: shown["created_at"][:4] + "-01-01T00:00:00Z",
)
_dated(
    "taken-back",
    "What is taken back has the updated_at that it was made with.",
    {"archived": False},
    lambda shown: shown["created_at"],
)


@subtle(
    "updated-at-message",
    "updated_at follows last_message_at.",
    "STATE-17",
    "update_conversation/updated-at-goes-on",
    "update_conversation/changes-nothing-else",
)
def _(mock: Mock) -> None:
    mock.values(
        UPDATE,
        lambda shown, request: (
            {**shown, "updated_at": shown["last_message_at"]} if request.field("last_message_at") else shown
        ),
    )


def _takes_any(name: str, other: Any) -> None:
    @mutant(f"update-any-{name}", f"update takes any {name}.", "TOL-10", "update_conversation/changes-newer-fields")
    def _(mock: Mock) -> None:
        def loosen(schema: Schema) -> None:
            for part in parts(schema, name):
                part.clear()

        mock.schema(UPDATE, loosen)
        mock.requests(
            UPDATE,
            lambda request: (
                replace(request, body={**request.body, name: other}) if request.field(name) == _WRONG[name] else request
            ),
        )


_WRONG: dict[str, Any] = {"archived": "maybe", "description": ["Two days"], "context_window_limit": "abc"}
_takes_any("archived", other=False)
_takes_any("description", "text")
_takes_any("context_window_limit", 1)


@mutant(
    "update-changes-others",
    "update renames the one made before it as well.",
    "STATE-14",
    "update_conversation/leaves-others-alone",
    "retrieve_conversation/random-lives",
)
def _(mock: Mock) -> None:
    async def update(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        for item in (await mock.ask(LIST, agent_id=AGENT))[:2]:
            await mock.ask(UPDATE, item["id"], body=request.body)
        return answer

    mock.around(UPDATE, update)


@mutant("archive-forever", "archived cannot be taken back.", "STATE-15", "update_conversation/archives")
def _(mock: Mock) -> None:
    mock.requests(
        UPDATE,
        lambda request: replace(request, body={n: v for n, v in request.body.items() if (n, v) != ("archived", False)}),
    )


@mutant("archive-date-only", "archived_at comes without archived.", "STATE-15", "update_conversation/archives")
def _(mock: Mock) -> None:
    mock.fields((UPDATE, RETRIEVE, LIST), archived=False)


@subtle(
    "update-once",
    "update changes a field that has been given before to nothing new.",
    "STATE-15",
    "retrieve_conversation/shows-what-was-updated",
)
def _(mock: Mock) -> None:
    given: set[tuple[str, str]] = set()

    def once(request: Request) -> Request:
        new = {name: value for name, value in request.body.items() if (subject(request), name) not in given}
        given.update((subject(request), name) for name in new)
        return replace(request, body=new)

    mock.requests(UPDATE, once)


@subtle(
    "update-empty",
    "update takes an empty summary for none.",
    "STATE-15",
    "retrieve_conversation/shows-what-was-updated",
)
def _(mock: Mock) -> None:
    mock.requests(UPDATE, lambda request: replace(request, body={k: v for k, v in request.body.items() if v != ""}))


@subtle(
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
