"""What a server is broken by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contract_tests.tampered import Answer, Call, Change


def on(test: Callable[[Call], bool], **changes: Any) -> Change:
    """Answers what `test` holds of with these changes."""
    return lambda call, answer: answer.but(**changes) if test(call) else answer


def over_long_is_not_found(call: Call, answer: Answer) -> Answer:
    """The commonest deviation: looked up before it was measured."""
    long = len(call.path.split("/")[-1]) > 42
    return answer.but(status=404, json={"detail": "No such conversation"}) if long else answer
