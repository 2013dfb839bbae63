"""The rules of CONTRACT.md by their ids, for everyone who cites or explains one."""

from __future__ import annotations

import re
from functools import cache

from .source import ROOT

_RULE = re.compile(r"^\*\*(?P<id>[A-Z]+-\d+)\*\*\s+(?P<text>.+?)\s*$", re.MULTILINE)


@cache
def rules() -> dict[str, str]:
    """Every rule's text by its id, in the order of CONTRACT.md."""
    return {m["id"]: m["text"] for m in _RULE.finditer((ROOT / "CONTRACT.md").read_text("utf-8"))}


@cache
def operation_rule(operation_id: str) -> str:
    """The id of the rule that describes an operation."""
    return next(rule for rule, text in rules().items() if text.startswith(f"`{operation_id}`"))
