"""Conversations that are not remembered as they were told (STATE-1 to STATE-20)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from .mock import (
    AGENT,
    COMPACT,
    CONVERSATION,
    CREATE,
    DELETE,
    FORK,
    LIST,
    MESSAGES,
    RECOMPILE,
    RETRIEVE,
    SEND,
    UPDATE,
    Answer,
    Mock,
)
from .mutant import Section

mutant = Section("lifecycle")
Change = Callable[[Any, Request], Any]


def _with(**fields: Any) -> Change:
    def change(value: Any, _request: Request) -> Any:
        return {**value, **fields}

    return change


# -- create -----------------------------------------------------------------------------------------------------------


def _ignores(name: str) -> None:
    @mutant(f"create-ignores-{name}", f"create ignores {name}.", "STATE-8", "create_conversation/keeps-what-was-given")
    def _(mock: Mock) -> None:
        mock.body(CREATE, **{name: None})


for _name in ("summary", "model", "model_settings"):
    _ignores(_name)


@mutant(
    "create-for-another-agent",
    "create answers another agent_id.",
    "STATE-8",
    "create_conversation/keeps-what-was-given",
)
def _(mock: Mock) -> None:
    mock.fields(CREATE, agent_id="agent-00000000-0000-4000-8000-000000000000")


@mutant(
    "create-drops-settings",
    "create keeps only the provider of model_settings.",
    "STATE-8",
    "create_conversation/keeps-what-was-given",
)
def _(mock: Mock) -> None:
    def change(value: Any, _request: Request) -> Any:
        kept = {name: setting for name, setting in (value["model_settings"] or {}).items() if name == "provider_type"}
        return {**value, "model_settings": kept or None}

    mock.values(
        (CREATE, RETRIEVE, LIST), lambda value, request: value if isinstance(value, list) else change(value, request)
    )


@mutant(
    "create-capitalizes", "create changes the case of a summary.", "STATE-8", "create_conversation/keeps-what-was-given"
)
def _(mock: Mock) -> None:
    mock.values(CREATE, lambda value, _: {**value, "summary": (value["summary"] or "").upper() or None})


@mutant("create-twice-one-id", "Two creates answer one id.", "STATE-9", "create_conversation/new-id")
def _(mock: Mock) -> None:
    made: list[Any] = []

    async def create(handler: Handler, request: Request) -> Answer:
        if not made:
            made.append(await handler(request))
        answer: Answer = made[0]
        return answer

    mock.around(CREATE, create)


@mutant(
    "create-hidden-shown", "A conversation that is made hidden shows in lists.", "STATE-6", "create_conversation/hidden"
)
def _(mock: Mock) -> None:
    mock.body(CREATE, hidden=False)
    mock.fields((CREATE, LIST), hidden=True)


@mutant("create-201", "create answers 201.", "OP-1", "create_conversation/body-is-optional")
def _(mock: Mock) -> None:
    mock.replies(CREATE, lambda reply: Reply(201, reply.body))


@mutant("delete-204", "delete answers 204.", "OP-5", "delete_conversation/conversation-id-known")
def _(mock: Mock) -> None:
    mock.replies(DELETE, lambda _: Reply(204, b""))


@mutant(
    "create-not-kept", "What create answered is forgotten.", "STATE-1", "retrieve_conversation/shows-what-was-created"
)
def _(mock: Mock) -> None:
    def change(value: Any, _request: Request) -> Any:
        return {**value, "id": value["id"][:-4] + "0000"}

    mock.values(CREATE, change)


@mutant(
    "create-late-date",
    "created_at is another one in retrieve.",
    "STATE-1",
    "retrieve_conversation/shows-what-was-created",
)
def _(mock: Mock) -> None:
    mock.fields(CREATE, created_at="2026-01-01T00:00:00Z")


@mutant("create-needs-summary", "create without a body is 400.", "OP-1", "create_conversation/body-is-optional")
def _(mock: Mock) -> None:
    async def create(handler: Handler, request: Request) -> Answer:
        if request.body is None:
            raise Refusal(500, "KeyError: summary")
        return await handler(request)

    mock.around(CREATE, create)


# -- retrieve ---------------------------------------------------------------------------------------------------------


@mutant(
    "retrieve-another",
    "retrieve answers the conversation that was made last.",
    "STATE-1",
    "retrieve_conversation/shows-the-one-asked-for",
)
def _(mock: Mock) -> None:
    last: list[str] = []
    mock.values(CREATE, lambda value, _: last.append(value["id"]) or value)

    async def retrieve(handler: Handler, request: Request) -> Answer:
        if last and request.path["conversation_id"] in last:
            request = replace(request, path={"conversation_id": last[-1]})
        return await handler(request)

    mock.around(RETRIEVE, retrieve)


@mutant(
    "retrieve-stale",
    "retrieve goes on showing what it showed first.",
    "STATE-2",
    "retrieve_conversation/shows-what-was-updated",
    "retrieve_conversation/random-lives",
)
def _(mock: Mock) -> None:
    shown: dict[str, Any] = {}
    mock.values(RETRIEVE, lambda value, _: shown.setdefault(value["id"], value))


@mutant("retrieve-touches", "retrieve changes updated_at.", "STATE-18", "retrieve_conversation/changes-nothing")
def _(mock: Mock) -> None:
    _touches(mock, RETRIEVE)


@mutant("messages-touches", "Listing messages changes updated_at.", "STATE-18", "retrieve_conversation/changes-nothing")
def _(mock: Mock) -> None:
    _touches(mock, MESSAGES)


def _touches(mock: Mock, operation_id: str) -> None:
    async def touch(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if request.path["conversation_id"].startswith("conv-"):
            await mock.ask(UPDATE, request.path["conversation_id"], body={})
        return answer

    mock.around(operation_id, touch)


@mutant("list-renames", "Listing conversations renames them.", "STATE-18", "retrieve_conversation/changes-nothing")
def _(mock: Mock) -> None:
    async def listed(handler: Handler, request: Request) -> Answer:
        for item in await mock.ask(LIST, limit=3):
            await mock.ask(UPDATE, item["id"], body={"summary": "seen"})
        return await handler(request)

    mock.around(LIST, listed)


def _field(slug: str, what: str, rule: str, *cases: str, **fields: Any) -> None:
    @mutant(f"shows-{slug}", f"retrieve shows {what}.", rule, *cases)
    def _(mock: Mock) -> None:
        mock.fields(RETRIEVE, **fields)


_CREATED = "retrieve_conversation/shows-what-was-created"
_field("no-summary", "no summary", "STATE-1", _CREATED, summary=None)
_field("no-model", "no model", "STATE-1", _CREATED, model=None)
_field("no-settings", "no model_settings", "STATE-1", _CREATED, model_settings=None)
_field("other-agent", "another agent", "STATE-1", _CREATED, agent_id="agent-00000000-0000-4000-8000-000000000000")
_field("other-author", "another author", "STATE-1", _CREATED, created_by_id="user-1")
_field("no-date", "no created_at", "STATE-1", _CREATED, created_at=None)


# -- update -----------------------------------------------------------------------------------------------------------

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
        shown = await mock.ask(RETRIEVE, request.path["conversation_id"])
        return Reply.json({**shown, **{name: value for name, value in request.body.items() if value is not None}})

    mock.around(UPDATE, update)


@mutant("update-answers-before", "update answers what was there before.", "STATE-15", _CHANGES)
def _(mock: Mock) -> None:
    async def update(handler: Handler, request: Request) -> Answer:
        before = await mock.ask(RETRIEVE, request.path["conversation_id"])
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

_ELSE = "update_conversation/changes-nothing-else"


def _clears(given: str, cleared: str, value: Any) -> None:
    @mutant(f"{given}-clears-{cleared}", f"update of {given} changes {cleared}.", "STATE-14", _ELSE)
    def _(mock: Mock) -> None:
        lost: set[str] = set()

        async def update(handler: Handler, request: Request) -> Answer:
            if request.field(given) is not None:
                lost.add(request.path["conversation_id"])
            if request.field(cleared) is not None:
                lost.discard(request.path["conversation_id"])
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
        before = await mock.ask(RETRIEVE, request.path["conversation_id"])
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


@mutant("archive-undated", "archived comes without archived_at.", "STATE-14", "update_conversation/archives")
def _(mock: Mock) -> None:
    mock.fields((UPDATE, RETRIEVE, LIST), archived_at=None)


@mutant("archive-date-only", "archived_at comes without archived.", "STATE-15", "update_conversation/archives")
def _(mock: Mock) -> None:
    mock.fields((UPDATE, RETRIEVE, LIST), archived=False)


# -- fork -------------------------------------------------------------------------------------------------------------


@mutant("fork-same-id", "fork answers its source.", "STATE-10", "fork_conversation/new-id-same-agent")
def _(mock: Mock) -> None:
    async def fork(_handler: Handler, request: Request) -> Answer:
        return Reply.json(await mock.ask(RETRIEVE, request.path["conversation_id"]))

    mock.around(FORK, fork)


@mutant("fork-once", "A second fork answers the first.", "STATE-10", "fork_conversation/new-id-same-agent")
def _(mock: Mock) -> None:
    forks: dict[str, Any] = {}
    mock.values(FORK, lambda value, request: forks.setdefault(request.path["conversation_id"], value))


@mutant("fork-other-agent", "fork answers another agent.", "STATE-10", "fork_conversation/new-id-same-agent")
def _(mock: Mock) -> None:
    mock.fields(FORK, agent_id="agent-00000000-0000-4000-8000-000000000000")


@mutant(
    "fork-not-kept",
    "What fork answered, retrieve does not know.",
    "STATE-3",
    "retrieve_conversation/shows-what-was-forked",
)
def _(mock: Mock) -> None:
    async def fork(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        assert isinstance(answer, Reply)
        forked.add(_id(answer))
        return answer

    async def retrieve(handler: Handler, request: Request) -> Answer:
        if request.path["conversation_id"] in forked:
            raise Refusal(404, "There is no such conversation.")
        return await handler(request)

    forked: set[str] = set()
    mock.around(FORK, fork)
    mock.around(RETRIEVE, retrieve)


def _id(reply: Reply) -> str:
    import json

    return str(json.loads(reply.body)["id"])


@mutant(
    "fork-says-more",
    "fork answers a summary that retrieve does not show.",
    "STATE-3",
    "retrieve_conversation/shows-what-was-forked",
)
def _(mock: Mock) -> None:
    mock.values(FORK, lambda value, _: {**value, "summary": f"Fork of {value['summary']}"})


@mutant("fork-renames-source", "fork renames its source.", "STATE-13", "fork_conversation/source-stays")
def _(mock: Mock) -> None:
    async def fork(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if request.path["conversation_id"].startswith("conv-"):
            await mock.ask(UPDATE, request.path["conversation_id"], body={"summary": "forked"})
        return answer

    mock.around(FORK, fork)


@mutant("fork-touches-source", "fork changes updated_at of its source.", "STATE-13", "fork_conversation/source-stays")
def _(mock: Mock) -> None:
    async def fork(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if request.path["conversation_id"].startswith("conv-"):
            await mock.ask(UPDATE, request.path["conversation_id"], body={})
        return answer

    mock.around(FORK, fork)


@mutant(
    "fork-shares", "What is changed in a fork is changed in its source.", "STATE-13", "fork_conversation/source-stays"
)
def _(mock: Mock) -> None:
    sources = _sources(mock)

    async def update(handler: Handler, request: Request) -> Answer:
        source = sources.get(request.path["conversation_id"])
        if source:
            await mock.ask(UPDATE, source, body=request.body)
        return await handler(request)

    mock.around(UPDATE, update)


@mutant("fork-takes-source", "With a fork, its source is deleted.", "STATE-13", "fork_conversation/source-stays")
def _(mock: Mock) -> None:
    sources = _sources(mock)

    async def delete(handler: Handler, request: Request) -> Answer:
        source = sources.get(request.path["conversation_id"])
        if source:
            await mock.ask(DELETE, source)
        return await handler(request)

    mock.around(DELETE, delete)


@mutant(
    "source-takes-forks", "With a source, its forks are deleted.", "STATE-19", "delete_conversation/leaves-others-alone"
)
def _(mock: Mock) -> None:
    sources = _sources(mock)

    async def delete(handler: Handler, request: Request) -> Answer:
        for fork, source in sources.items():
            if source == request.path["conversation_id"] and await mock.exists(fork):
                await mock.ask(DELETE, fork)
        return await handler(request)

    mock.around(DELETE, delete)


def _sources(mock: Mock) -> dict[str, str]:
    """What each fork was made of, as it fills."""
    sources: dict[str, str] = {}

    def note(value: Any, request: Request) -> Any:
        sources[value["id"]] = request.path["conversation_id"]
        return value

    mock.values(FORK, note)
    return sources


@mutant("fork-hidden-shown", "A fork that is made hidden shows in lists.", "STATE-6", "fork_conversation/hidden")
def _(mock: Mock) -> None:
    mock.query(FORK, hidden=False)
    mock.fields((FORK, LIST), hidden=True)


# -- delete -----------------------------------------------------------------------------------------------------------


@mutant(
    "delete-not",
    "delete deletes nothing.",
    "STATE-19",
    "retrieve_conversation/gone-after-delete",
    "delete_conversation/gone-after-delete",
    "list_conversations/leaves-out-deleted",
    "retrieve_conversation/random-lives",
)
def _(mock: Mock) -> None:
    async def delete(_handler: Handler, request: Request) -> Answer:
        await mock.ask(RETRIEVE, request.path["conversation_id"])
        return Reply.json(None)

    mock.around(DELETE, delete)


def _survives(operation_id: str, answer: Any) -> None:
    @mutant(
        f"{operation_id}-after-delete",
        f"{operation_id} works on what was deleted.",
        "STATE-19",
        f"{operation_id}/gone-after-delete",
    )
    def _(mock: Mock) -> None:
        deleted: set[str] = set()
        mock.requests(DELETE, lambda request: deleted.add(request.path["conversation_id"]) or request)

        async def survives(handler: Handler, request: Request) -> Answer:
            id_ = request.path["conversation_id"]
            if id_ not in deleted or await mock.exists(id_):
                return await handler(request)
            return Reply.json(answer if not callable(answer) else answer(id_))

        mock.around(operation_id, survives)


def _shown(id_: str) -> dict[str, Any]:
    return {"id": id_, "agent_id": AGENT}


_survives(RETRIEVE, _shown)
_survives(UPDATE, _shown)
_survives(DELETE, None)
_survives(FORK, _shown)
_survives(MESSAGES, [])
_survives(RECOMPILE, "You are an agent.")
_survives(COMPACT, {"summary": "Nothing.", "num_messages_before": 1, "num_messages_after": 1})
_survives(
    SEND,
    {
        "messages": [],
        "stop_reason": {"message_type": "stop_reason", "stop_reason": "end_turn"},
        "usage": {"message_type": "usage_statistics"},
    },
)


def _wrong_after(operation_id: str, status: int) -> None:
    @mutant(
        f"{operation_id}-{status}-after-delete",
        f"{operation_id} is {status} on what was deleted.",
        "STATE-19",
        f"{operation_id}/gone-after-delete",
    )
    def _(mock: Mock) -> None:
        deleted: set[str] = set()
        mock.requests(DELETE, lambda request: deleted.add(request.path["conversation_id"]) or request)

        async def wrong(handler: Handler, request: Request) -> Answer:
            try:
                return await handler(request)
            except Refusal:
                if request.path["conversation_id"] in deleted:
                    raise Refusal(status, "It is gone.") from None
                raise

        mock.around(operation_id, wrong)


_wrong_after(SEND, 500)
_wrong_after(RETRIEVE, 410)
_wrong_after(COMPACT, 400)
_wrong_after(DELETE, 409)


@mutant(
    "deleted-listed",
    "Lists go on showing what was deleted.",
    "STATE-20",
    "list_conversations/leaves-out-deleted",
    "retrieve_conversation/random-lives",
)
def _(mock: Mock) -> None:
    deleted: list[Any] = []

    async def delete(handler: Handler, request: Request) -> Answer:
        shown = await mock.ask(RETRIEVE, request.path["conversation_id"])
        answer = await handler(request)
        deleted.append(shown)
        return answer

    mock.around(DELETE, delete)
    mock.values(LIST, lambda items, _: [*deleted, *items])


@mutant(
    "deleted-archived", "What was deleted shows in lists of all.", "STATE-20", "list_conversations/leaves-out-deleted"
)
def _(mock: Mock) -> None:
    deleted: list[Any] = []

    async def delete(handler: Handler, request: Request) -> Answer:
        shown = await mock.ask(RETRIEVE, request.path["conversation_id"])
        answer = await handler(request)
        deleted.append({**shown, "archived": True})
        return answer

    mock.around(DELETE, delete)
    mock.values(
        LIST, lambda items, request: [*items, *deleted] if request.query.get("archive_status") == "all" else items
    )


@mutant(
    "delete-more", "delete takes the agent's newest one with it.", "STATE-19", "delete_conversation/leaves-others-alone"
)
def _(mock: Mock) -> None:
    async def delete(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        for item in (await mock.ask(LIST, agent_id=AGENT))[:1]:
            if item["id"] != CONVERSATION:
                await mock.ask(DELETE, item["id"])
        return answer

    mock.around(DELETE, delete)


# -- lists of what was made -------------------------------------------------------------------------------------------

_LISTED = "list_conversations/shows-what-was-made"


@mutant("list-without-forks", "Lists leave out forks.", "STATE-5", _LISTED, "retrieve_conversation/random-lives")
def _(mock: Mock) -> None:
    sources = _sources(mock)
    mock.values(LIST, lambda items, _: [item for item in items if item["id"] not in sources])


@mutant("list-of-old-names", "Lists show the summary that a conversation was made with.", "STATE-5", _LISTED)
def _(mock: Mock) -> None:
    names: dict[str, Any] = {}
    mock.values(CREATE, lambda value, _: (names.setdefault(value["id"], value["summary"]) and value) or value)
    mock.values(LIST, lambda items, _: [{**item, "summary": names.get(item["id"], item["summary"])} for item in items])


def _list_field(name: str, value: Any) -> None:
    @mutant(f"list-without-{name}", f"Lists show no {name}.", "STATE-5", _LISTED)
    def _(mock: Mock) -> None:
        mock.fields(LIST, **{name: value})


for _name in ("model", "model_settings", "created_at", "updated_at"):
    _list_field(_name, None)
