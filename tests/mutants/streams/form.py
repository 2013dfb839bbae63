"""Streams that are no events, no JSON, or no UTF-8 (SSE-1 to SSE-3)."""

from __future__ import annotations

import json

from ..mock import event, is_a, json_of
from ..mutant import subtle
from .section import before, events, of

events(
    "python",
    "Events are written as Python writes them.",
    "SSE-3",
    lambda chunk: chunk if is_a(chunk, "done") else f"data: {json_of(chunk)}\n\n".encode(),
)
events(
    "no-data",
    "Events are JSON lines without data.",
    "SSE-2",
    lambda chunk: chunk if is_a(chunk, "done") else chunk.removeprefix(b"data: "),
)
events(
    "one-newline",
    "No blank line stands between events.",
    "SSE-2",
    lambda chunk: chunk if is_a(chunk, "done") else chunk.rstrip() + b"\n",
)
events(
    "pretty",
    "Events are pretty-printed over several lines.",
    "SSE-2",
    lambda chunk: chunk if is_a(chunk, "done") else b"data: " + json.dumps(json_of(chunk), indent=2).encode() + b"\n\n",
)
events(
    "data-lines",
    "Events are pretty-printed over several data lines.",
    "SSE-2",
    lambda chunk: (
        chunk
        if is_a(chunk, "done")
        else b"".join(b"data: " + line + b"\n" for line in json.dumps(json_of(chunk), indent=2).encode().splitlines())
        + b"\n"
    ),
)
events(
    "lists",
    "Events are lists of messages.",
    "SSE-3",
    lambda chunk: chunk if is_a(chunk, "done") else event([json_of(chunk)]),
)
events(
    "strings",
    "Events are JSON in JSON strings.",
    "SSE-3",
    lambda chunk: chunk if is_a(chunk, "done") else event(json.dumps(json_of(chunk))),
)
events(
    "wrapped",
    "Events are wrapped in an object of their own.",
    "SSE-3",
    lambda chunk: chunk if is_a(chunk, "done") else event({"event": json_of(chunk)}),
)
events(
    "nan",
    "An event holds NaN.",
    "SSE-3",
    of("usage_statistics", lambda value: b"data: " + json.dumps({**value, "cost": float("nan")}).encode() + b"\n\n"),
)
events(
    "key-twice",
    "An event has a key twice.",
    "SSE-3",
    lambda chunk: chunk.replace(b'{"message_type"', b'{"message_type":"ping","message_type"'),
)
events(
    "latin-1", "A stream is not UTF-8.", "SSE-1", before("stop_reason", lambda _: ": caf\u00e9\n\n".encode("latin-1"))
)
events(
    "unknown-field", "A stream has a field `message:`.", "SSE-2", lambda chunk: chunk.replace(b"data: {", b"message: {")
)
events(
    "events-named",
    "Each event of a stream is named by its type.",
    "SSE-2",
    lambda chunk: event(value, value["message_type"]) if (value := json_of(chunk)) else chunk,
    section=subtle,
)
events(
    "events-error",
    "Each stop_reason is an event named `error`.",
    "SSE-2",
    lambda chunk: event(json_of(chunk), "error") if is_a(chunk, "stop_reason") else chunk,
    section=subtle,
)
events(
    "bom-midway",
    "Each event begins with a byte order mark.",
    "SSE-2",
    lambda chunk: b"\xef\xbb\xbf" + chunk,
    section=subtle,
)
