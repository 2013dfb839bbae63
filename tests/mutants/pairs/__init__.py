"""Servers that break where two things meet that each go well alone."""

from . import busy, conversations, elsewhere, forks, lists, masked, second, together, turns

__all__ = ["busy", "conversations", "elsewhere", "forks", "lists", "masked", "second", "together", "turns"]
