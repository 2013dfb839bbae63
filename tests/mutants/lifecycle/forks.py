"""Forks that are no conversations of their own (STATE-3, STATE-6, STATE-10, STATE-13, STATE-14, STATE-19)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from letta_contract.mock_server.refusal import Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from ..mock import (
    CREATE,
    DELETE,
    FORK,
    LIST,
    RETRIEVE,
    UPDATE,
    Answer,
    Mock,
    Schema,
    made,
    parts,
    reaches_sources,
    sources,
    subject,
    touched,
)
from ..mutant import Section, subtle

mutant = Section("lifecycle")


@mutant("fork-same-id", "fork answers its source.", "STATE-10", "fork_conversation/new-id-same-agent")
def _(mock: Mock) -> None:
    async def fork(_handler: Handler, request: Request) -> Answer:
        return Reply.json(await mock.ask(RETRIEVE, subject(request)))

    mock.around(FORK, fork)


@mutant("fork-once", "A second fork answers the first.", "STATE-10", "fork_conversation/new-id-same-agent")
def _(mock: Mock) -> None:
    forks: dict[str, Any] = {}
    mock.values(FORK, lambda value, request: forks.setdefault(subject(request), value))


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
    forked = made(mock, FORK)

    async def retrieve(handler: Handler, request: Request) -> Answer:
        if subject(request) in forked:
            raise Refusal(404, "There is no such conversation.")
        return await handler(request)

    mock.around(RETRIEVE, retrieve)


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
        if subject(request).startswith("conv-"):
            await mock.ask(UPDATE, subject(request), body={"summary": "forked"})
        return answer

    mock.around(FORK, fork)


@mutant("fork-touches-source", "fork changes updated_at of its source.", "STATE-13", "fork_conversation/source-stays")
def _(mock: Mock) -> None:
    async def fork(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if subject(request).startswith("conv-"):
            await mock.ask(UPDATE, subject(request), body={})
        return answer

    mock.around(FORK, fork)


@subtle(
    "fork-touches-changed",
    "fork changes updated_at of a source that was changed before.",
    "STATE-13",
    "fork_conversation/source-stays",
)
def _(mock: Mock) -> None:
    changed = touched(mock, UPDATE)

    async def fork(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if subject(request) in changed:
            await mock.ask(UPDATE, subject(request), body={})
        return answer

    mock.around(FORK, fork)


@subtle(
    "fork-shares-settings",
    "The model_settings of a fork and its source are one object.",
    "STATE-13",
    "fork_conversation/source-stays",
)
def _(mock: Mock) -> None:
    origins = sources(mock)

    async def update(handler: Handler, request: Request) -> Answer:
        settings, source = request.field("model_settings"), origins.get(subject(request))
        if source and settings:
            await mock.ask(UPDATE, source, body={"model_settings": settings})
        return await handler(request)

    mock.around(UPDATE, update)


def _heeds_not(slug: str, what: str, case: str, operation_id: str) -> None:
    @mutant(slug, what, "STATE-6", case)
    def _(mock: Mock) -> None:
        def unhidden(request: Request) -> Request:
            body = None if request.body is None else {**request.body, "hidden": False}
            return replace(request, query={**request.query, "hidden": False}, body=body)

        mock.requests(operation_id, unhidden)


_heeds_not("fork-hidden-ignored", "fork ignores hidden, which create heeds.", "fork_conversation/hidden", FORK)
_heeds_not("create-hidden-ignored", "create ignores hidden, which fork heeds.", "create_conversation/hidden", CREATE)


@mutant("fork-any-hidden", "fork takes any hidden.", "TOL-10", "fork_conversation/hidden")
def _(mock: Mock) -> None:
    mock.parameter(FORK, "hidden", type=None)


@mutant("fork-hidden-loc", "fork tells of a query as of a body.", "ERR-3", "fork_conversation/hidden")
def _(mock: Mock) -> None:
    mock.replies(FORK, lambda reply: Reply(422, reply.body.replace(b'"query"', b'"body"')), 422)


@mutant("create-null-hidden", "create takes hidden null.", "TOL-10", "create_conversation/hidden")
def _(mock: Mock) -> None:
    def nullable(schema: Schema) -> None:
        for part in parts(schema, "hidden"):
            part["nullable"] = True

    mock.schema(CREATE, nullable)


@mutant(
    "fork-shares", "What is changed in a fork is changed in its source.", "STATE-13", "fork_conversation/source-stays"
)
def _(mock: Mock) -> None:
    reaches_sources(mock, UPDATE)


@mutant("fork-takes-source", "With a fork, its source is deleted.", "STATE-13", "fork_conversation/source-stays")
def _(mock: Mock) -> None:
    reaches_sources(mock, DELETE)


@mutant(
    "source-takes-forks", "With a source, its forks are deleted.", "STATE-19", "delete_conversation/leaves-others-alone"
)
def _(mock: Mock) -> None:
    origins = sources(mock)

    async def delete(handler: Handler, request: Request) -> Answer:
        for fork, source in origins.items():
            if source == subject(request) and await mock.exists(fork):
                await mock.ask(DELETE, fork)
        return await handler(request)

    mock.around(DELETE, delete)


@mutant("fork-hidden-shown", "A fork that is made hidden shows in lists.", "STATE-6", "fork_conversation/hidden")
def _(mock: Mock) -> None:
    mock.query(FORK, hidden=False)
    mock.fields((FORK, LIST), hidden=True)


@subtle(
    "fork-follows",
    "What is renamed in a source is renamed in its forks.",
    "STATE-14",
    "retrieve_conversation/random-lives",
)
def _(mock: Mock) -> None:
    origins = sources(mock)

    async def update(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        for fork in [
            fork for fork, source in origins.items() if source == subject(request) and await mock.exists(fork)
        ]:
            await mock.ask(UPDATE, fork, body=request.body)
        return answer

    mock.around(UPDATE, update)
