"""Messages, and results of turns, that are not as documented (BODY-11, DOC-7, MSG)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..mock import MESSAGES, SEND
from .section import shape


def _message(slug: str, what: str, rule: str, change: Callable[[dict[str, Any]], Any]) -> None:
    shape(MESSAGES, f"message-{slug}", what, rule, lambda rows: [change(row) for row in rows])


def _less(*names: str) -> Callable[[dict[str, Any]], Any]:
    return lambda row: {name: value for name, value in row.items() if name not in names}


_message("no-id", "messages without id", "MSG-1", _less("id"))
_message("no-date", "messages without date", "MSG-1", _less("date"))
_message("no-type", "messages without message_type", "MSG-1", _less("message_type"))
_message("no-content", "messages without content", "MSG-3", _less("content"))
_message("unknown", "messages of an unknown type", "MSG-2", lambda row: {**row, "message_type": "note"})
_message("ping", "pings", "MSG-2", lambda row: {**row, "message_type": "ping"})
_message("content-null", "messages with a content of null", "MSG-3", lambda row: {**row, "content": None})
_message("content-number", "messages with a number for content", "MSG-3", lambda row: {**row, "content": 7})
_message("date-naive", "dates without an offset", "DOC-7", lambda row: {**row, "date": "2026-01-01T00:00:00"})
_message("date-null", "dates of null", "MSG-1", lambda row: {**row, "date": None})
_message("id-number", "ids that are numbers", "MSG-1", lambda row: {**row, "id": 7})
_message("err-text", "is_err as text", "MSG-1", lambda row: {**row, "is_err": "false"})
_message("seq-text", "seq_id as text", "MSG-1", lambda row: {**row, "seq_id": "1"})
_message("run-number", "run_id as a number", "MSG-1", lambda row: {**row, "run_id": 7})
_message("name-list", "name as a list", "MSG-1", lambda row: {**row, "name": []})


def _result(slug: str, what: str, rule: str, change: Callable[[dict[str, Any]], Any]) -> None:
    shape(SEND, f"result-{slug}", what, rule, change)


_result("no-usage", "a result without usage", "BODY-11", _less("usage"))
_result("no-stop", "a result without stop_reason", "BODY-11", _less("stop_reason"))
_result("no-messages", "a result without messages", "BODY-11", _less("messages"))
_result("stop-text", "stop_reason as text", "BODY-11", lambda value: {**value, "stop_reason": "end_turn"})
_result(
    "stop-untyped",
    "a stop_reason without message_type",
    "MSG-16",
    lambda value: {**value, "stop_reason": {"stop_reason": "end_turn"}},
)
_result("usage-untyped", "usage without message_type", "MSG-17", lambda value: {**value, "usage": {"total_tokens": 1}})
_result(
    "usage-negative",
    "a negative step_count",
    "MSG-17",
    lambda value: {**value, "usage": {**value["usage"], "step_count": -1}},
)
_result("list", "messages only", "BODY-11", lambda value: value["messages"])
_result(
    "stop-among",
    "stop_reason among the messages",
    "MSG-2",
    lambda value: {**value, "messages": [*value["messages"], value["stop_reason"]]},
)
_result("logprobs", "logprobs as numbers", "BODY-11", lambda value: {**value, "logprobs": [0.5]})
_result("turns", "turns of an unknown role", "BODY-11", lambda value: {**value, "turns": [{"role": "user"}]})
