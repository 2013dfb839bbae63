"""Event streams that are broken in form, in order or in time (SSE-1 to SSE-11)."""

from . import connections, failures, form, messages, order, pings, tokens

__all__ = ["connections", "failures", "form", "messages", "order", "pings", "tokens"]
