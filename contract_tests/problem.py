"""One way in which an answer breaks the contract."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """What was expected and what came, each in a line or two; `rule` is an id of spec/CONTRACT.md.

    Problems with one `cause` are one bug, printed once; where none is given it is what was expected.
    """

    rule: str
    expected: str
    actual: str
    cause: str = ""


def short(text: str, length: int = 300) -> str:
    """Text cut to a number of characters that a terminal bears."""
    return text if len(text) <= length else text[: length - 1] + "…"
