"""Servers that break where two things meet that each go well alone."""

from . import conversations, forks, lists, together, turns

__all__ = ["conversations", "forks", "lists", "together", "turns"]
