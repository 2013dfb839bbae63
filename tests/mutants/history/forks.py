"""Messages that a fork has otherwise than its source, or that go from one to the other (STATE-11 to STATE-13, STATE-40)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby

from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request

from ..lists import Rows
from ..mock import DELETE, FORK, MESSAGES, SEND, Answer, Mock, made, reaches_sources, sources, subject
from ..mutant import Section, subtle

mutant = Section("history")

_FORKED = "fork_conversation/has-the-sources-messages"


def _forked(slug: str, what: str, case: str, rule: str, change: Callable[[Rows], Rows]) -> None:
    @mutant(f"fork-{slug}", what, rule, case)
    def _(mock: Mock) -> None:
        forks = made(mock, FORK)
        mock.values(MESSAGES, lambda rows, request: change(rows) if subject(request) in forks else rows)


def _but_last(rows: Rows) -> Rows:
    groups = [list(group) for _, group in groupby(rows, key=lambda row: row["id"])]
    return [row for group in groups[:-1] for row in group]


_forked("empty", "A fork has no messages.", _FORKED, "STATE-11", lambda _: [])
_forked("but-last", "A fork lacks the last message.", _FORKED, "STATE-11", _but_last)
_forked(
    "users-only",
    "A fork has what the user said.",
    _FORKED,
    "STATE-11",
    lambda rows: [row for row in rows if row["message_type"] == "user_message"],
)
_forked(
    "doubled",
    "A fork has each message twice.",
    _FORKED,
    "STATE-11",
    lambda rows: [row for row in rows for _ in range(2)],
)
_forked("reversed", "A fork has the messages in the other order.", _FORKED, "STATE-11", lambda rows: rows[::-1])
_forked(
    "two-systems",
    "A fork shows the source's system message as one of the user.",
    _FORKED,
    "STATE-11",
    lambda rows: [
        {**row, "message_type": "user_message"} if row["message_type"] == "system_message" else row for row in rows
    ],
)


@mutant(
    "fork-exclusive", "message_id is the first that is not taken.", "STATE-12", "fork_conversation/up-to-message-id"
)
def _(mock: Mock) -> None:
    async def fork(handler: Handler, request: Request) -> Answer:
        wanted = request.query.get("message_id")
        if wanted is not None:
            rows = await mock.ask(MESSAGES, subject(request), order="asc")
            ids = list(dict.fromkeys(row["id"] for row in rows))
            request = replace(request, query={**request.query, "message_id": ids[max(ids.index(wanted) - 1, 1)]})
        return await handler(request)

    mock.around(FORK, fork)


@mutant("fork-from", "message_id is where the fork begins.", "STATE-12", "fork_conversation/up-to-message-id")
def _(mock: Mock) -> None:
    begins: dict[str, str] = {}

    async def fork(handler: Handler, request: Request) -> Answer:
        wanted = request.query.get("message_id")
        answer = await handler(replace(request, query={**request.query, "message_id": None}))
        if wanted is not None and isinstance(answer, Reply):
            begins[json.loads(answer.body)["id"]] = wanted
        return answer

    def listed(rows: Rows, request: Request) -> Rows:
        begin = begins.get(subject(request))
        ids = [row["id"] for row in rows]
        if begin not in ids:
            return rows
        return rows[ids.index(begin) :] if request.query["order"] == "asc" else rows[: ids.index(begin) + 1]

    mock.around(FORK, fork)
    mock.values(MESSAGES, listed)


@mutant(
    "fork-talks-back", "What is said in a fork is said in its source.", "STATE-13", "fork_conversation/goes-its-own-way"
)
def _(mock: Mock) -> None:
    reaches_sources(mock, SEND, streaming=False)


@mutant("fork-tells-source", "A fork leaves a message in its source.", "STATE-13", "fork_conversation/source-stays")
def _(mock: Mock) -> None:
    async def fork(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        if subject(request).startswith("conv-"):
            await mock.ask(SEND, subject(request), body={"input": "forked", "streaming": False})
        return answer

    mock.around(FORK, fork)


@subtle("fork-of-fork", "A fork of a fork has no messages.", "STATE-11", "fork_conversation/has-the-sources-messages")
def _(mock: Mock) -> None:
    origins = sources(mock)
    mock.values(MESSAGES, lambda rows, request: [] if origins.get(subject(request)) in origins else rows)


@subtle(
    "source-tells-forks",
    "What is said in a source after a fork shows in the fork.",
    "STATE-40",
    "fork_conversation/goes-its-own-way",
)
def _(mock: Mock) -> None:
    origins = sources(mock)

    async def send(handler: Handler, request: Request) -> Answer:
        for fork in [
            fork for fork, source in origins.items() if source == subject(request) and await mock.exists(fork)
        ]:
            await mock.ask(SEND, fork, body={**request.body, "streaming": False})
        return await handler(request)

    mock.around(SEND, send)


def _deleted_takes(slug: str, what: str, rule: str, case: str, lost: Callable[[dict[str, str], str], set[str]]) -> None:
    """With what is deleted, the messages of others go."""

    @subtle(slug, what, rule, case)
    def _(mock: Mock) -> None:
        origins, gone = sources(mock), set[str]()

        async def delete(handler: Handler, request: Request) -> Answer:
            answer = await handler(request)
            gone.update(lost(origins, subject(request)))
            return answer

        mock.around(DELETE, delete)
        mock.values(MESSAGES, lambda rows, request: [] if subject(request) in gone else rows)


_deleted_takes(
    "fork-takes-messages", "With a fork, the messages of its source are deleted.", "STATE-13",
    "fork_conversation/has-the-sources-messages", lambda origins, id_: {origins[id_]} if id_ in origins else set(),
)  # fmt: skip
_deleted_takes(
    "source-takes-messages", "With a source, the messages of its forks are deleted.", "STATE-11",
    "fork_conversation/has-the-sources-messages", lambda origins, id_: {fork for fork, source in origins.items() if source == id_},
)  # fmt: skip


@subtle(
    "fork-last-twice",
    "A fork of two turns or more has its last message twice.",
    "STATE-11",
    "fork_conversation/has-the-sources-messages",
)
def _(mock: Mock) -> None:
    forks = made(mock, FORK)

    def doubled(rows: Rows, request: Request) -> Rows:
        if subject(request) not in forks or len(rows) < 4:
            return rows
        again = {**rows[-1], "id": f"{rows[-1]['id'][:-4]}beef"}
        return [*rows, again] if request.query["order"] == "asc" else [again, *rows]

    mock.values(MESSAGES, doubled)


@subtle(
    "fork-id-source",
    "The messages of a fork lack what its source said last, in descending order only.",
    "STATE-11",
    "fork_conversation/has-the-sources-messages",
)
def _(mock: Mock) -> None:
    forks = made(mock, FORK)
    mock.values(
        MESSAGES,
        lambda rows, request: rows[1:] if subject(request) in forks and request.query["order"] == "desc" else rows,
    )
