"""Replies that are not as documented, or no whole replies at all (BODY-10, BODY-11, MSG, STATUS-1, STATUS-11)."""

from . import connections, conversations, messages, payloads, statuses

__all__ = ["connections", "conversations", "messages", "payloads", "statuses"]
