"""Identifiers that are judged wrongly (ID-1 to ID-16)."""

from . import characters, forms, lengths, subjects

__all__ = ["characters", "forms", "lengths", "subjects"]
