"""What became of the last change to the document or the fixtures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class News:
    """Of one server; its page shows it."""

    reloads: int = 0
    """How many changes were taken in."""
    error: str | None = None
    """What is wrong with the last one; what was good before is served meanwhile."""
