"""Conversations that are not remembered as they were told (STATE-1 to STATE-20)."""

from . import creation, deletion, fields, forks, lists, retrieval, updates

__all__ = ["creation", "deletion", "fields", "forks", "lists", "retrieval", "updates"]
