"""Methods that a path does not have."""

from __future__ import annotations

from collections.abc import Iterable

from .refusal import Refusal
from .reply import Reply


def without_method(method: str, others: Iterable[str]) -> Reply:
    """The answer: 405 with all the others in `Allow` (STATUS-17, STATUS-18); to OPTIONS, just that."""
    headers = [(b"allow", ", ".join(sorted({*others, "OPTIONS"})).encode())]
    if method == "OPTIONS":
        return Reply(200, b"", headers)
    shown = method if method.isascii() and method.isalpha() else "This method"
    return Refusal(405, f"{shown} is not a method of this path. Use one that Allow names.", headers).reply
