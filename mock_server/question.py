"""What a test asks when all is done: whether there were such requests."""

from __future__ import annotations

from typing import Any

from jsonschema_rs import Draft202012Validator
from letta_contract.spec import Operation

from .expectations import PATTERN, unknown_operation
from .journal import VERDICTS, Entry, Journal
from .pattern import Pattern
from .refusal import Invalid
from .violations import violations

_MOST_NEAR = 5
_COUNT = {"type": "integer", "minimum": 0}
_SCHEMA = Draft202012Validator(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **PATTERN,
            "status": {"type": "integer"},
            "verdict": {"enum": list(VERDICTS)},
            "times": _COUNT,
            "at_least": _COUNT,
            "at_most": _COUNT,
        },
    }
)


def answer_to(question: Any, journal: Journal, operations: dict[str, Operation]) -> dict[str, Any]:
    """Whether there were as many as `times`, or once at least where no number is given. Raises Invalid."""
    wrong = violations(_SCHEMA.iter_errors(question), "body") or unknown_operation(question, operations)
    if wrong:
        raise Invalid(wrong)
    meant = [entry for entry in journal if _is_meant(entry, question)]
    verified = _is_enough(len(meant), question)
    near = [] if verified else [entry for entry in journal if _is_near(entry, question)]
    return {
        "verified": verified,
        "count": len(meant),
        "requests": [entry.number for entry in meant],
        "near": [entry.shown for entry in near[-_MOST_NEAR:]],
        "complete": journal.complete,
    }


def _is_enough(count: int, question: dict[str, Any]) -> bool:
    times, least, most = (question.get(name) for name in ("times", "at_least", "at_most"))
    if (times, least, most) == (None, None, None):
        return count > 0
    return times in (None, count) and (least is None or count >= least) and (most is None or count <= most)


def _is_meant(entry: Entry, question: dict[str, Any]) -> bool:
    return (
        Pattern.of(question).fits(entry.operation_id, entry.path_params, entry.query, entry.content)
        and question.get("status") in (None, entry.status)
        and question.get("verdict") in (None, entry.verdict)
    )


def _is_near(entry: Entry, question: dict[str, Any]) -> bool:
    """Whether it is of the operation in question, at least."""
    return question.get("operationId") in (None, entry.operation_id) and not _is_meant(entry, question)
