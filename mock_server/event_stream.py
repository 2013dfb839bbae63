"""Event streams as they go over the wire (SSE-1 to SSE-13)."""

from __future__ import annotations

from .record import Event
from .reply import encode

DONE = b"data: [DONE]\n\n"


def encoded(event: Event) -> bytes:
    """One event, with its name where it has one."""
    name = b"event: error\n" if event["message_type"] == "error_message" else b""
    return name + b"data: " + encode(event) + b"\n\n"


def is_ping(event: Event) -> bool:
    """Whether an event says nothing but that the connection is kept open."""
    return bool(event["message_type"] == "ping")


def stop_reason(reason: str) -> Event:
    """Why a turn ended."""
    return {"message_type": "stop_reason", "stop_reason": reason}


def error_message(run_id: str, message: str, detail: str) -> Event:
    """A model that failed after the stream began."""
    fields = {"run_id": run_id, "error_type": "llm_error", "message": message, "detail": detail, "seq_id": None}
    return {"message_type": "error_message", **fields}
