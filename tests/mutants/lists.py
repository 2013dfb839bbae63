"""Mutants of an operation that answers a list: it is asked another query than was sent, or answers other rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .mock import Mock
from .mutant import Section

Query = dict[str, Any]
Rows = list[dict[str, Any]]


class Lists:
    """Collects those of one operation in a section; a case is named without the operation."""

    def __init__(self, section: Section, operation_id: str) -> None:
        self._section = section
        self._operation_id = operation_id

    def asked(self, slug: str, what: str, rule: str, case: str, change: Callable[[Query], Query]) -> None:
        """Let the operation see the query with these changes."""

        @self._section(slug, what, rule, f"{self._operation_id}/{case}")
        def _(mock: Mock) -> None:
            mock.requests(
                self._operation_id, lambda request: replace(request, query=request.query | change(request.query))
            )

    def answers(self, slug: str, what: str, rule: str, case: str, change: Callable[[Rows, Query], Rows]) -> None:
        """Show other rows."""

        @self._section(slug, what, rule, f"{self._operation_id}/{case}")
        def _(mock: Mock) -> None:
            mock.values(self._operation_id, lambda rows, request: change(rows, request.query))
