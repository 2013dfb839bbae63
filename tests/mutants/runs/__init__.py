"""Runs that are not cancelled, or not kept (STATE-45, STATE-46, SSE-7, OP-9, OP-10)."""

from . import cancellation, replay

__all__ = ["cancellation", "replay"]
