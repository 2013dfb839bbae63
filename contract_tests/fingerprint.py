"""What stays the same of a failure from run to run, so that a known one is known again."""

from __future__ import annotations

import hashlib
import re

from .case import Case, Row

_ID = re.compile(
    r"(?:[a-z]+-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|(?:agent|conv|message|run)-[0-9a-f-]*…"  # one that was cut short
    r"|\b(?:[a-z]+[-_])?(?:[0-9a-f]{20,}|[0-7][0-9A-HJKMNP-TV-Z]{25})\b"  # of messages, whose form is free
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d)?")
_NUMBER = re.compile(r"(?!^\d{3}\b)(?<!\d)\d+(?:\.\d+)?")  # all but a status at the beginning
_SEVERAL = re.compile(r"[\['\"(]*#(?:[\s,'\"()\[\]·]+#)*[\]'\")]*|\[\]")  # a list of them, however long
_LENGTH = 12  # hexadecimal digits: enough for all failures of all cases, and short enough to be read aloud


def fingerprint(case: Case, row: Row) -> str:
    """A name for (case, rule, cause): without ids, dates and numbers but a status, which differ from run to run."""
    text = "\n".join((case.id, row.rule, cause(row)))
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:_LENGTH]


def cause(row: Row) -> str:
    """What is behind a failed row, with `#` for what differs from run to run."""
    text = row.cause or row.expected
    for pattern in (_ID, _DATE, _NUMBER, _SEVERAL):
        text = pattern.sub("#", text)
    return text
