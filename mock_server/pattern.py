"""Which requests are meant: those of an operation, to a conversation, with this in their query or body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a request must have; what is None, or not named, may be anything."""

    operation_id: str | None = None
    conversation_id: str | None = None
    query: dict[str, Any] | None = None
    body: Any = None

    @classmethod
    def of(cls, fields: dict[str, Any]) -> Pattern:
        """The pattern in the JSON of an expectation, or of a question."""
        return cls(fields.get("operationId"), fields.get("conversation_id"), fields.get("query"), fields.get("body"))

    def fits(self, operation_id: str | None, path: dict[str, str], query: dict[str, Any] | None, body: Any) -> bool:
        """Whether a request is one of those meant; path, query and body as its operation read them."""
        return (
            self.operation_id in (None, operation_id)
            and self.conversation_id in (None, path.get("conversation_id"))
            and (not self.query or _has(query or {}, self.query))
            and (self.body is None or _has(body, self.body))
        )


def _has(value: Any, part: Any) -> bool:
    """Whether a value is as `part` says; an object may have more than it."""
    if isinstance(part, dict):
        return isinstance(value, dict) and all(name in value and _has(value[name], part[name]) for name in part)
    # In JSON, 1 is not true.
    return bool(value == part) and isinstance(value, bool) == isinstance(part, bool)
