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
from .mutant import MUTANTS, Mutant

__all__ = ["MUTANTS", "Mutant", "boundaries", "errors", "identifiers", "methods", "tokens"]
