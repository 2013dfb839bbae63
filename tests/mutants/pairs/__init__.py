"""Servers that break where two things meet that each go well alone."""

from . import conversations, elsewhere, forks, lists, masked, together, turns

__all__ = ["conversations", "elsewhere", "forks", "lists", "masked", "together", "turns"]
