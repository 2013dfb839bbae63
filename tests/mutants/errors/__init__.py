"""Errors whose body is not as documented (ERR-1 to ERR-6, STATUS-11)."""

from . import invalid, order, refusals

__all__ = ["invalid", "order", "refusals"]
