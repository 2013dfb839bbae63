"""Texts that a regular expression lets pass."""

from __future__ import annotations

import re
import string
from random import Random
from typing import Any

# The parser of `re` itself: nothing else reads every expression as `re` does.
from re import _constants as op  # isort: skip
from re import _parser as parser  # isort: skip

_PRINTABLE = string.ascii_letters + string.digits + " -_.,:/"
_CLASSES = {
    op.CATEGORY_DIGIT: string.digits,
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_WORD: string.ascii_letters + string.digits + "_",
}
_NEGATED = {
    op.CATEGORY_NOT_DIGIT: op.CATEGORY_DIGIT,
    op.CATEGORY_NOT_SPACE: op.CATEGORY_SPACE,
    op.CATEGORY_NOT_WORD: op.CATEGORY_WORD,
}
_MOST_MORE = 8
"""How often a part without an upper bound is repeated beyond its lower one."""


def spelled(pattern: str, random: Random) -> str:
    """A text of nothing but what the pattern asks for, unless it looks around. Raises ValueError for what is none."""
    try:
        return _spelled(parser.parse(pattern), random, {})
    except re.error as error:
        raise ValueError(str(error)) from error


def _spelled(parts: Any, random: Random, groups: dict[int, str]) -> str:
    return "".join(_part(kind, detail, random, groups) for kind, detail in parts)


def _part(kind: Any, detail: Any, random: Random, groups: dict[int, str]) -> str:
    if kind is op.LITERAL:
        return chr(detail)
    if kind in (op.NOT_LITERAL, op.ANY, op.IN):
        return random.choice(_letters(kind, detail) or _PRINTABLE)
    if kind is op.BRANCH:
        return _spelled(random.choice(detail[1]), random, groups)
    if kind is op.SUBPATTERN:
        groups[detail[0]] = _spelled(detail[3], random, groups)
        return groups[detail[0]]
    if kind is op.GROUPREF:
        return groups.get(detail, "")
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        least, most, repeated = detail
        times = random.randint(least, min(most, least + _MOST_MORE))
        return "".join(_spelled(repeated, random, groups) for _ in range(times))
    if kind is op.ATOMIC_GROUP:
        return _spelled(detail, random, groups)
    return ""  # anchors and assertions take no room


def _letters(kind: Any, detail: Any) -> str:
    """What may stand for one letter."""
    if kind is op.ANY:
        return _PRINTABLE
    if kind is op.NOT_LITERAL:
        return _PRINTABLE.replace(chr(detail), "")
    letters = ""
    negated = False
    for one, what in detail:
        if one is op.NEGATE:
            negated = True
        elif one is op.LITERAL:
            letters += chr(what)
        elif one is op.RANGE:
            letters += "".join(map(chr, range(what[0], min(what[1], what[0] + 255) + 1)))
        elif what in _NEGATED:
            letters += "".join(letter for letter in _PRINTABLE if letter not in _CLASSES[_NEGATED[what]])
        else:
            letters += _CLASSES[what]
    return "".join(letter for letter in _PRINTABLE if letter not in letters) if negated else letters
