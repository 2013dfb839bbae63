"""Contexts that are compacted or summarized wrongly (STATE-39, STATE-42, STATE-43, STATE-48, BODY-8, BODY-9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from letta_contract.mock_server.refusal import Invalid, Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request
from letta_contract.mock_server.violations import violation

from .mock import COMPACT, MESSAGES, RETRIEVE, SEND, SUMMARIZE, Answer, Mock, plain, subject, touched
from .mutant import Section, subtle

mutant = Section("context")
_LESS = {COMPACT: "compact_conversation/leaves-no-more", SUMMARIZE: "summarize_messages/every-mode"}
_ON = "compact_conversation/goes-on"


def _answers(operation_id: str, slug: str, what: str, rule: str, change: Callable[[dict[str, Any]], Any]) -> None:
    @mutant(f"{slug}-{operation_id}", f"{operation_id} {what}.", rule, _LESS[operation_id])
    def _(mock: Mock) -> None:
        mock.values(operation_id, lambda value, _: change(value))


_answers(
    COMPACT,
    "grows",
    "answers more messages than before",
    "STATE-42",
    lambda value: {**value, "num_messages_after": value["num_messages_before"] + 1},
)
_answers(
    COMPACT,
    "swaps",
    "swaps its numbers",
    "STATE-42",
    lambda value: {
        **value,
        "num_messages_after": value["num_messages_before"],
        "num_messages_before": value["num_messages_after"],
    },
)
for _operation_id in (COMPACT, SUMMARIZE):
    _answers(
        _operation_id,
        "negative",
        "answers a negative number",
        "BODY-9",
        lambda value: {**value, "num_messages_after": -1},
    )
    _answers(
        _operation_id,
        "text",
        "answers numbers as text",
        "BODY-9",
        lambda value: {**value, "num_messages_before": str(value["num_messages_before"])},
    )
    _answers(_operation_id, "null", "answers a summary of null", "BODY-9", lambda value: {**value, "summary": None})
    _answers(_operation_id, "string", "answers the summary alone", "BODY-9", lambda value: value["summary"])
    _answers(
        _operation_id,
        "no-number",
        "leaves out num_messages_after",
        "BODY-9",
        lambda value: {"summary": value["summary"], "num_messages_before": value["num_messages_before"]},
    )


@mutant("mode-refused", "compact knows no mode all.", "BODY-8", _LESS[COMPACT])
def _(mock: Mock) -> None:
    async def compact(handler: Handler, request: Request) -> Answer:
        if request.field("compaction_settings", {}).get("mode") == "all":
            raise Invalid(
                [violation(("body", "compaction_settings", "mode"), "enum", "Input should be 'sliding_window'")]
            )
        return await handler(request)

    mock.around(COMPACT, compact)


@mutant("compact-500", "compact falls over a conversation with messages.", "STATE-48", _LESS[COMPACT])
def _(mock: Mock) -> None:
    async def compact(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        return plain(500, "IndexError") if isinstance(answer, Reply) else answer

    mock.around(COMPACT, compact)


@mutant("summarize-500", "summarize answers 500 as text.", "STATE-48", _LESS[SUMMARIZE])
def _(mock: Mock) -> None:
    mock.replies(SUMMARIZE, lambda _: plain(500, "IndexError"), None)


def _after(slug: str, what: str, rule: str, case: str, operation_id: str, answer: Reply) -> None:
    """Answer otherwise once a conversation was compacted."""

    @mutant(slug, what, rule, case)
    def _(mock: Mock) -> None:
        compacted: set[str] = set()

        def note(value: Any, request: Request) -> Any:
            compacted.add(subject(request))
            return value

        async def broken(handler: Handler, request: Request) -> Answer:
            return answer if subject(request) in compacted else await handler(request)

        mock.values(COMPACT, note)
        mock.around(operation_id, broken)


_after("list-500", "After compact, the messages are 500.", "STATE-43", _LESS[COMPACT], MESSAGES, plain(500, "KeyError"))
_after(
    "list-404",
    "After compact, the messages are 404.",
    "STATE-43",
    _LESS[COMPACT],
    MESSAGES,
    Refusal(404, "Gone.").reply,
)
_after(
    "list-broken",
    "After compact, a message has an unknown type.",
    "STATE-43",
    _LESS[COMPACT],
    MESSAGES,
    Reply.json([{"id": "message-1", "date": "2026-01-01T00:00:00Z", "message_type": "compacted"}]),
)
_after("send-500", "After compact, send is 500.", "STATE-43", _ON, SEND, plain(500, "KeyError"))
_after("send-409", "After compact, send is 409.", "STATE-43", _ON, SEND, Refusal(409, "Compacting.").reply)
_after("retrieve-404", "After compact, the conversation is gone.", "STATE-43", _ON, SEND, Refusal(404, "Gone.").reply)


@mutant("others-500", "After compact, no messages of any conversation can be read.", "STATE-43", _LESS[COMPACT])
def _(mock: Mock) -> None:
    compacted: set[str] = set()

    def note(value: Any, request: Request) -> Any:
        compacted.add(subject(request))
        return value

    async def listed(handler: Handler, request: Request) -> Answer:
        other = compacted and subject(request) not in compacted
        return plain(500, "KeyError") if other else await handler(request)

    mock.values(COMPACT, note)
    mock.around(MESSAGES, listed)


@subtle(
    "compact-others",
    "compact takes the messages of other conversations.",
    "STATE-39",
    "compact_conversation/leaves-no-more",
)
def _(mock: Mock) -> None:
    compacted: set[str] = set()

    async def compact(handler: Handler, request: Request) -> Answer:
        answer = await handler(request)
        compacted.add(subject(request))
        return answer

    mock.around(COMPACT, compact)
    mock.values(MESSAGES, lambda rows, request: [] if compacted and subject(request) not in compacted else rows)


@subtle(
    "compact-default-grows",
    "compact by its default mode answers more messages than before.",
    "STATE-42",
    "compact_conversation/leaves-no-more",
)
def _(mock: Mock) -> None:
    def grown(value: dict[str, Any], request: Request) -> dict[str, Any]:
        mode = (request.field("compaction_settings") or {}).get("mode", "sliding_window")
        return value if mode == "all" else {**value, "num_messages_after": value["num_messages_before"] + 1}

    mock.values(COMPACT, grown)


def _grown(mode: str) -> None:
    @subtle(
        f"compact-{mode}-grows",
        f"By the mode {mode}, more messages are in context than before.",
        "STATE-42",
        _LESS[COMPACT],
    )
    def _(mock: Mock) -> None:
        def grown(value: dict[str, Any], request: Request) -> dict[str, Any]:
            if (request.field("compaction_settings") or {}).get("mode") != mode:
                return value
            return {**value, "num_messages_after": value["num_messages_before"] + 1}

        mock.values(COMPACT, grown)


for _mode in ("all", "sliding_window", "self_compact_all", "self_compact_sliding_window"):
    _grown(_mode)


def _unread(order: str) -> None:
    @subtle(f"compact-{order}-500", f"After compact, the list by order={order} is 500.", "STATE-43", _LESS[COMPACT])
    def _(mock: Mock) -> None:
        compacted = touched(mock, COMPACT)

        async def listed(handler: Handler, request: Request) -> Answer:
            broken = subject(request) in compacted and request.query["order"] == order
            return plain(500, "KeyError") if broken else await handler(request)

        mock.around(MESSAGES, listed)


_unread("asc")
_unread("desc")


@subtle("compact-hides", "What is said after compact does not show.", "STATE-39", _ON)
def _(mock: Mock) -> None:
    known: dict[str, set[str]] = {}

    async def compact(handler: Handler, request: Request) -> Answer:
        rows = await mock.ask(MESSAGES, subject(request), agent_id=request.field("agent_id"))
        known[subject(request)] = {row["id"] for row in rows}
        return await handler(request)

    def shown(rows: Any, request: Request) -> Any:
        return [row for row in rows if row["id"] in known.get(subject(request), {row["id"]})]

    mock.around(COMPACT, compact)
    mock.values(MESSAGES, shown)


@subtle("compact-sets-model", "compact gives the conversation the model of its settings.", "STATE-1", _LESS[COMPACT])
def _(mock: Mock) -> None:
    models: dict[str, str] = {}

    def note(value: Any, request: Request) -> Any:
        model = request.field("compaction_settings", {}).get("model")
        if model:
            models[subject(request)] = model
        return value

    mock.values(COMPACT, note)
    mock.values(RETRIEVE, lambda value, _: {**value, "model": models.get(value["id"], value["model"])})
