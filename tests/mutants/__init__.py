"""Servers that break the contract in one way each, to show that the gate finds them."""

from . import (
    boundaries,
    context,
    errors,
    history,
    identifiers,
    lifecycle,
    listing,
    methods,
    replies,
    runs,
    streams,
    tokens,
    turns,
)
from .mutant import MISSED, MUTANTS, Mutant

__all__ = [
    "MISSED",
    "MUTANTS",
    "Mutant",
    "boundaries",
    "context",
    "errors",
    "history",
    "identifiers",
    "lifecycle",
    "listing",
    "methods",
    "replies",
    "runs",
    "streams",
    "tokens",
    "turns",
]
