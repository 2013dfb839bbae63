"""What the mutants of bodies and queries have in common."""

from __future__ import annotations

from collections.abc import Callable

from ..mock import Mock, Schema
from ..mutant import Section

mutant = Section("boundaries")


def other_schema(
    slug: str, operation_id: str, what: str, rule: str, change: Callable[[Schema], None], case: str = "body-values"
) -> None:
    """Judge the body of an operation by another schema."""

    @mutant(f"{slug}-{operation_id}", f"{operation_id} {what}.", rule, f"{operation_id}/{case}")
    def _(mock: Mock) -> None:
        mock.schema(operation_id, change)
