"""Runs that are not cancelled, or not kept (ORDER-4, STATE-45, STATE-46, SSE-7, OP-9, OP-10)."""

from . import cancellation, replay, unstreamed

__all__ = ["cancellation", "replay", "unstreamed"]
