"""Streams whose events are in the wrong order, and their terminator (SSE-2, SSE-4, SSE-6)."""

from __future__ import annotations

from ..mock import event, is_a
from ..mutant import subtle
from .section import DONE, PING, before, events

# -- the terminator ---------------------------------------------------------------------------------------------------

events("no-done", "A stream has no [DONE].", "SSE-6", lambda chunk: b"" if is_a(chunk, "done") else chunk)
events("done-twice", "A stream has [DONE] twice.", "SSE-6", before("done", lambda _: DONE))
events(
    "done-early",
    "[DONE] comes before usage_statistics.",
    "SSE-6",
    lambda chunk: DONE + chunk if is_a(chunk, "usage_statistics") else b"" if is_a(chunk, "done") else chunk,
)
events(
    "after-done",
    "A ping follows [DONE].",
    "SSE-6",
    lambda chunk: chunk + event(PING) if is_a(chunk, "done") else chunk,
)
events("done-first", "[DONE] comes first as well.", "SSE-6", before("ping", lambda _: DONE))
events(
    "done-json",
    "[DONE] is a JSON string.",
    "SSE-6",
    lambda chunk: b'data: "[DONE]"\n\n' if is_a(chunk, "done") else chunk,
)
events(
    "done-lower",
    "[DONE] is written [done].",
    "SSE-6",
    lambda chunk: b"data: [done]\n\n" if is_a(chunk, "done") else chunk,
)
events(
    "done-cut",
    "[DONE] has no blank line behind it.",
    "SSE-2",
    lambda chunk: chunk.strip() if is_a(chunk, "done") else chunk,
)
events(
    "done-spaced",
    "[DONE] has a space behind it.",
    "SSE-6",
    lambda chunk: chunk.replace(b"[DONE]", b"[DONE] "),
    section=subtle,
)
events(
    "done-named",
    "[DONE] is an event named `done`.",
    "SSE-6",
    lambda chunk: chunk.replace(b"data: [DONE]", b"event: done\ndata: [DONE]"),
    section=subtle,
)

# -- the order --------------------------------------------------------------------------------------------------------

_STOP = {"message_type": "stop_reason", "stop_reason": "end_turn"}
events("no-stop", "A stream has no stop_reason.", "SSE-4", lambda chunk: b"" if is_a(chunk, "stop_reason") else chunk)
events("two-stops", "A stream has two stop_reasons.", "SSE-4", before("stop_reason", lambda chunk: chunk))
events(
    "no-usage",
    "A stream has no usage_statistics.",
    "SSE-4",
    lambda chunk: b"" if is_a(chunk, "usage_statistics") else chunk,
)
events("two-usages", "A stream has usage_statistics twice.", "SSE-4", before("usage_statistics", lambda chunk: chunk))
events(
    "stop-first",
    "stop_reason comes before the messages.",
    "SSE-4",
    lambda chunk: (
        event(_STOP) + chunk if is_a(chunk, "assistant_message") else b"" if is_a(chunk, "stop_reason") else chunk
    ),
)
events(
    "usage-first",
    "usage_statistics comes before stop_reason.",
    "SSE-4",
    lambda chunk: (
        event({"message_type": "usage_statistics"}) + chunk
        if is_a(chunk, "stop_reason")
        else b""
        if is_a(chunk, "usage_statistics")
        else chunk
    ),
)
events(
    "message-last",
    "A message follows stop_reason.",
    "SSE-4",
    lambda chunk: (
        chunk + event({**PING, "message_type": "assistant_message", "content": "and one more"})
        if is_a(chunk, "stop_reason")
        else chunk
    ),
)
events(
    "error-in-turn",
    "A turn that went well has an error_message.",
    "SSE-4",
    before(
        "stop_reason",
        lambda _: event(
            {"message_type": "error_message", "run_id": "run-1", "error_type": "none", "message": "none"}, "error"
        ),
    ),
)
