"""What a Conversation object says, beside what it should say (CONTRACT.md, STATE-1 to STATE-17), and a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

FIELDS = (
    "id",
    "agent_id",
    "summary",
    "description",
    "model",
    "model_settings",
    "context_window_limit",
    "archived",
    "archived_at",
    "created_at",
    "updated_at",
    "last_message_at",
    "created_by_id",
    "last_updated_by_id",
    "isolated_block_ids",
)
DATES = ("archived_at", "created_at", "updated_at", "last_message_at")
FIXED = ("id", "agent_id", "created_at")


def differences(before: Mapping[str, Any], after: Mapping[str, Any], but: Iterable[str] = ()) -> list[str]:
    """The fields in which two answers about one conversation differ, as `field: was → is`; a missing field is null."""
    return [
        f"{name}: {before.get(name)!r} → {after.get(name)!r}"
        for name in FIELDS
        if name not in but and not same(name, before.get(name), after.get(name))
    ]


def same(name: str, one: Any, other: Any) -> bool:
    """Whether two values of a field mean the same; dates are compared as instants."""
    if name in DATES and isinstance(one, str) and isinstance(other, str):
        return instant(one) == instant(other)
    return bool(one == other)


def instant(text: str) -> datetime:
    """An RFC 3339 date-time as a time."""
    return datetime.fromisoformat(text.replace("z", "Z"))


def went_back(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether updated_at is earlier than it was (STATE-17)."""
    one, other = before.get("updated_at"), after.get("updated_at")
    return isinstance(one, str) and isinstance(other, str) and instant(other) < instant(one)


def holds(given: Any, shown: Any) -> bool:
    """Whether a shown value keeps a given one; an object may have been given defaults besides (STATE-8)."""
    if isinstance(given, dict) and isinstance(shown, dict):
        return all(name in shown and holds(value, shown[name]) for name, value in given.items() if value is not None)
    return bool(given == shown)


def shown_as(given: Any, shown: Any) -> bool:
    """Whether a shown value keeps a given one; dates are compared as instants."""
    dates = isinstance(given, str) and isinstance(shown, str) and given[:4].isdigit()
    return holds(given, shown) or (dates and instant(given) == instant(shown))


def tells_archived(shown: Mapping[str, Any]) -> bool:
    """Whether an answer says if the conversation is archived, which a server may not know (LEVEL-3)."""
    return shown.get("archived") is not None or shown.get("archived_at") is not None


def as_told(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of messages for comparison: a date is an instant, however it is written."""
    return [{**row, "date": instant(row["date"])} if isinstance(row.get("date"), str) else {**row} for row in rows]


def said_in(row: dict[str, Any]) -> str:
    """The text of a message, its parts joined."""
    content = row.get("content", row.get("reasoning", ""))
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)


def texts(rows: Iterable[dict[str, Any]], kind: str) -> dict[str, str]:
    """What the messages of one type say, by their ids: their chunks joined."""
    parts: dict[str, list[str]] = {}
    for row in rows:
        if row["message_type"] == kind:
            parts.setdefault(row["id"], []).append(said_in(row))
    return {id_: joined(said) for id_, said in parts.items()}


def joined(chunks: Iterable[str]) -> str:
    """The text of deltas. A character may be cut into the two halves that UTF-16 gives it, as JSON can spell them."""
    return "".join(chunks).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
