"""Bodies and queries: constraints that are not kept, and valid things that are refused (OP, BODY, MODEL, TOL-10, TOL-11)."""

from . import bodies, constraints, crashes, places, queries, refusals

__all__ = ["bodies", "constraints", "crashes", "places", "queries", "refusals"]
