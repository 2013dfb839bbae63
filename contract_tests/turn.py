"""The order of events in one streamed turn, and what it used (SSE-3 to SSE-10, STATE-41)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import event_stream
from .event_stream import Event
from .exchange import strict_json
from .json_schema import breaches
from .problem import Problem, short

DONE = "[DONE]"
FAILED = frozenset({"error", "llm_api_error"})  # reasons that are never a turn's normal end
WELL = frozenset({"end_turn", "cancelled", "requires_approval"})
UNDONE = FAILED | {  # reasons that no turn ends with that was asked for a word and is left alone
    "invalid_llm_response",
    "cancelled",
    "insufficient_credits",
    "requires_approval",
    "context_window_overflow_in_system_prompt",
}
# Readers pass an event with a name of its own to nobody who listens for messages, which is the name of those without.
_NAMES = {False: ("", "message"), True: ("", "message", "error")}
CLOSING = ("stop_reason", "usage_statistics", "error_message")


def problems(content: bytes, valid: Any, *, pings: bool = True) -> Iterator[Problem]:
    """What is wrong with a whole stream; `valid` validates one event's JSON, `pings` says whether they may come."""
    try:
        events = event_stream.read(content)
    except event_stream.StreamError as error:
        yield Problem("SSE-2", "an event stream: `data:` lines, each event ended by a blank line", str(error))
        return
    yield from _terminator(events)
    turn: list[tuple[Event, dict[str, Any]]] = []
    for event in events:
        if event.data == DONE:
            if event.name not in _NAMES[False]:
                yield Problem("SSE-6", "`data: [DONE]` without a name", f"line {event.line}: {event.name}")
            continue
        if "\n" in event.data:
            yield Problem("SSE-2", "each event on one data line", f"line {event.line}: an event of several")
            return
        value = _object(event.data)
        why = "no JSON object" if value is None else _breach(valid, value)
        if value is None or why:
            yield Problem("SSE-3", "each event's data is a message of the document", f"line {event.line}: {why}")
            return
        if event.name not in _NAMES[value["message_type"] == "error_message"]:
            yield Problem("SSE-2", "no event with a name, but an error", f"line {event.line}: {event.name}")
        turn.append((event, value))
    yield from _contents([value for _, value in turn], pings=pings)
    yield from _order([(event, value) for event, value in turn if value["message_type"] != "ping"])


def _contents(values: list[dict[str, Any]], *, pings: bool) -> Iterator[Problem]:
    if not pings and any(value["message_type"] == "ping" for value in values):
        yield Problem("SSE-8", "no ping, as include_pings is false", "a ping")
    for value in values:
        if value["message_type"] == "usage_statistics" and not adds_up(value):
            yield Problem("STATE-41", "total_tokens that holds the others", str(value))


def adds_up(usage: Mapping[str, Any]) -> bool:
    """Whether total_tokens, where there is one, is no less than the tokens of prompt and completion (STATE-41)."""
    parts: int = usage.get("prompt_tokens", 0) + usage.get("completion_tokens", 0)
    return bool(usage.get("total_tokens", parts) >= parts)


def _terminator(events: list[Event]) -> Iterator[Problem]:
    places = [index for index, event in enumerate(events) if event.data == DONE]
    if places != [len(events) - 1]:
        actual = "never" if not places else f"as events {', '.join(str(p + 1) for p in places)} of {len(events)}"
        yield Problem("SSE-6", "`data: [DONE]` once, as the last event", actual)


def _order(turn: list[tuple[Event, dict[str, Any]]]) -> Iterator[Problem]:
    kinds = [value["message_type"] for _, value in turn]
    closing = [kind for kind in kinds if kind in CLOSING]
    reason = next((value["stop_reason"] for _, value in turn if value["message_type"] == "stop_reason"), None)
    shown = " · ".join(kinds) or "no events"
    if kinds[len(kinds) - len(closing) :] != closing:
        yield Problem("SSE-4", "messages first, then stop_reason and usage_statistics", shown)
    elif "error_message" in closing or reason in FAILED:
        if closing != ["stop_reason", "error_message"]:
            yield Problem("SSE-10", "a failed turn ends: stop_reason · error_message · [DONE]", shown)
        elif reason in WELL:
            yield Problem("SSE-10", "a failed turn has a stop_reason that says so", f"{reason}: {shown}")
        elif next(event.name for event, value in turn if value["message_type"] == "error_message") != "error":
            yield Problem("SSE-10", "the error_message is an event named `error`", "an event without that name")
    elif reason == "cancelled":
        if closing not in (["stop_reason"], ["stop_reason", "usage_statistics"]):
            yield Problem("SSE-7", "a cancelled turn ends: stop_reason · (usage_statistics) · [DONE]", shown)
    elif closing != ["stop_reason", "usage_statistics"]:
        yield Problem("SSE-4", "a turn ends: stop_reason · usage_statistics · [DONE]", shown)


def _breach(valid: Any, value: dict[str, Any]) -> str:
    return next((short(breach.message, 160) for breach in breaches(valid, value)), "")


def _object(data: str) -> dict[str, Any] | None:
    try:
        value = strict_json(data)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
