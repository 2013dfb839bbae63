"""Failures that a stream does not tell of (SSE-6, SSE-10, MSG-15)."""

from __future__ import annotations

from ..mock import Mock, event, is_a
from .section import cut, events, mutant, of

_FAILURE = "send_conversation_message/failure-is-told"
events(
    "failure-unnamed",
    "The event of a failure has no name.",
    "SSE-10",
    lambda chunk: chunk.removeprefix(b"event: error\n"),
    _FAILURE,
)
events(
    "failure-named-message",
    "The event of a failure is named `message`.",
    "SSE-10",
    lambda chunk: chunk.replace(b"event: error\n", b"event: message\n"),
    _FAILURE,
)
events(
    "failure-untold",
    "A failure has no error_message.",
    "SSE-10",
    lambda chunk: b"" if is_a(chunk, "error_message") else chunk,
    _FAILURE,
)
events(
    "failure-without-stop",
    "A failure has no stop_reason.",
    "SSE-10",
    lambda chunk: b"" if b"llm_api_error" in chunk else chunk,
    _FAILURE,
)
events(
    "failure-without-done",
    "A failure has no [DONE].",
    "SSE-6",
    lambda chunk: b"" if is_a(chunk, "done") else chunk,
    _FAILURE,
)
events(
    "failure-usage",
    "A failure has usage_statistics.",
    "SSE-10",
    lambda chunk: event({"message_type": "usage_statistics"}) + chunk if is_a(chunk, "done") else chunk,
    _FAILURE,
)
events(
    "failure-end-turn",
    "A failed turn ends with end_turn and an error_message.",
    "SSE-10",
    lambda chunk: chunk.replace(b"llm_api_error", b"end_turn"),
    _FAILURE,
)
events(
    "failure-first",
    "error_message comes before stop_reason.",
    "SSE-10",
    lambda chunk: (
        b""
        if is_a(chunk, "stop_reason")
        else chunk + event({"message_type": "stop_reason", "stop_reason": "error"})
        if is_a(chunk, "error_message")
        else chunk
    ),
    _FAILURE,
)
events(
    "failure-no-run",
    "An error_message has no run_id.",
    "MSG-15",
    of("error_message", lambda value: {name: part for name, part in value.items() if name != "run_id"}),
    _FAILURE,
)
events(
    "failure-no-type",
    "An error_message has no error_type.",
    "MSG-15",
    of("error_message", lambda value: {name: part for name, part in value.items() if name != "error_type"}),
    _FAILURE,
)


@mutant("failure-cut", "A failure breaks the connection.", "SSE-10", _FAILURE)
def _(mock: Mock) -> None:
    cut(mock, b"llm_api_error")
