"""Streamed messages that are not as documented (SSE-3, MSG-1, MSG-5, MSG-14, MSG-16, MSG-17)."""

from __future__ import annotations

from ..mock import event
from .section import PING, before, events, of

events(
    "unknown-type",
    "A stream has a message_type of its own.",
    "SSE-3",
    before("stop_reason", lambda _: event({**PING, "message_type": "thinking"})),
)
events(
    "no-type",
    "A message has no message_type.",
    "SSE-3",
    of("assistant_message", lambda value: {name: part for name, part in value.items() if name != "message_type"}),
)
events(
    "no-id",
    "A streamed message has no id.",
    "MSG-1",
    of("assistant_message", lambda value: {name: part for name, part in value.items() if name != "id"}),
)
events(
    "no-date",
    "A streamed message has no date.",
    "MSG-1",
    of("assistant_message", lambda value: {name: part for name, part in value.items() if name != "date"}),
)
events(
    "epoch",
    "The date of a streamed message is a number.",
    "MSG-1",
    of("assistant_message", lambda value: {**value, "date": 1767225600}),
)
events(
    "content",
    "The content of a streamed message is an object.",
    "MSG-5",
    of("assistant_message", lambda value: {**value, "content": {"text": value["content"]}}),
)
events(
    "stop-unknown",
    "stop_reason is none of the known.",
    "MSG-16",
    of("stop_reason", lambda value: {**value, "stop_reason": "stop"}),
)
events("stop-null", "stop_reason is null.", "MSG-16", of("stop_reason", lambda value: {**value, "stop_reason": None}))
events(
    "usage-negative",
    "A number of tokens is negative.",
    "MSG-17",
    of("usage_statistics", lambda value: {**value, "completion_tokens": -1}),
)
events(
    "usage-text",
    "A number of tokens is text.",
    "MSG-17",
    of("usage_statistics", lambda value: {**value, "step_count": "1"}),
)
events(
    "usage-run-ids",
    "run_ids is one string.",
    "MSG-17",
    of("usage_statistics", lambda value: {**value, "run_ids": "run-1"}),
)
events("ping-bare", "A ping has no id.", "MSG-14", of("ping", lambda _: {"message_type": "ping"}))
