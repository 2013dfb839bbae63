"""The events of a stream, as the bytes that they are sent in."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any

from letta_contract.mock_server.reply import encode

Chunks = AsyncGenerator[bytes]


def json_of(chunk: bytes) -> dict[str, Any] | None:
    """The JSON of one event's bytes; None for the terminator."""
    data = chunk.split(b"data: ", 1)[-1].strip()
    value: dict[str, Any] | None = None if data == b"[DONE]" else json.loads(data)
    return value


def event(value: Any, name: str = "") -> bytes:
    """The bytes of one event."""
    named = f"event: {name}\n".encode() if name else b""
    return named + b"data: " + encode(value) + b"\n\n"


def is_a(chunk: bytes, *kinds: str) -> bool:
    """Whether an event has one of these message types; `done` is the terminator."""
    value = json_of(chunk)
    return ("done" if value is None else value["message_type"]) in kinds
