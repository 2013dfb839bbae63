"""Servers that break the contract in one way each, to show that the gate finds them."""

from . import (
    boundaries,
    context,
    default,
    errors,
    history,
    identifiers,
    lifecycle,
    listing,
    methods,
    recompile,
    replies,
    runs,
    streams,
    tokens,
    tools,
    turns,
)
from .mutant import MISSED, MUTANTS, Mutant

__all__ = [
    "MISSED",
    "MUTANTS",
    "Mutant",
    "boundaries",
    "context",
    "default",
    "errors",
    "history",
    "identifiers",
    "lifecycle",
    "listing",
    "methods",
    "recompile",
    "replies",
    "runs",
    "streams",
    "tokens",
    "tools",
    "turns",
]
