"""Servers that break where two things meet that each go well alone."""

from . import conversations, lists, turns

__all__ = ["conversations", "lists", "turns"]
