"""Identifiers with characters that they may not have, of ASCII and beyond (ID-1, ID-5, STATE-48)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import cycle

from ..mock import CANCEL, COMPACT, DELETE, FORK, MESSAGES, SEND, STREAM, STRICT, SUMMARIZE, WITH_ID, Mock
from .section import UUID4, broken, mutant, not_found, stem, where


def _prefixes(operation_id: str) -> str:
    return "conv" if operation_id in STRICT else "agent" if operation_id == SUMMARIZE else "(?:conv|agent)"


# -- of ASCII ---------------------------------------------------------------------------------------------------------

_HEX = "[0-9a-f]"
# Those that are tried in turn stand where an operation tries all: first, fourth and last.
_CHARACTERS: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("braces", "a UUID in braces", lambda prefix: f"{prefix}-\\{{{UUID4}\\}}"),
    ("newline", "a newline at the end", lambda prefix: f"{prefix}-{UUID4}\n"),
    ("version-1", "a UUID of version 1", lambda prefix: f"{prefix}-{UUID4.replace('-4[', '-1[')}"),
    ("version-7", "a UUID of version 7", lambda prefix: f"{prefix}-{UUID4.replace('-4[', '-7[')}"),
    ("variant", "a UUID of another variant", lambda prefix: f"{prefix}-{UUID4.replace('[89ab]', '[c-f]')}"),
    ("beyond-f", "a letter beyond f", lambda prefix: f"{prefix}-{UUID4[:-4]}{{11}}g"),
    ("no-dashes", "a UUID without dashes", lambda prefix: f"{prefix}-{_HEX}{{32}}"),
    ("spaces", "spaces around it", lambda prefix: f" ?{prefix}-{UUID4} ?"),
    ("upper-case", "upper-case digits", lambda prefix: f"{prefix}-(?i:{UUID4})"),
    ("leading-newline", "a newline before it", lambda prefix: f"\n{prefix}-{UUID4}"),
    ("tab", "a tab in it", lambda prefix: f"{prefix}-{UUID4[:-4]}{{11}}\t"),
)


def _characters(operation_id: str, slug: str, what: str, pattern: Callable[[str], str]) -> None:
    @mutant(f"{slug}-{operation_id}", f"{operation_id} takes {what}.", "ID-1", f"{stem(operation_id)}-characters")
    def _(mock: Mock) -> None:
        right, taken = (
            re.compile(text) for text in (f"{_prefixes(operation_id)}-{UUID4}", pattern(_prefixes(operation_id)))
        )
        where(mock, operation_id, lambda id_: taken.fullmatch(id_) and not right.fullmatch(id_), not_found)


for _operation_id, _kind in zip(WITH_ID, _CHARACTERS, strict=True):
    _characters(_operation_id, *_kind)
_characters(COMPACT, *_CHARACTERS[8])
_characters(SUMMARIZE, *_CHARACTERS[1])
_characters(DELETE, *_CHARACTERS[8])
_characters(SEND, *_CHARACTERS[2])


@mutant("quote-500", "messages falls over a quote in an id.", "STATE-48", f"{MESSAGES}/conversation-id-characters")
def _(mock: Mock) -> None:
    where(mock, MESSAGES, lambda id_: "'" in id_, broken)


@mutant("percent-500", "fork falls over a percent sign in an id.", "STATE-48", f"{FORK}/conversation-id-characters")
def _(mock: Mock) -> None:
    where(mock, FORK, lambda id_: "%" in id_, broken)


@mutant("nul-500", "stream falls over a NUL in an id.", "STATE-48", f"{STREAM}/conversation-id-characters")
def _(mock: Mock) -> None:
    where(mock, STREAM, lambda id_: "\0" in id_, broken)


# -- beyond -----------------------------------------------------------------------------------------------------------

_CODE_POINTS: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    ("folded", "folds full-width digits", lambda id_: _is_id(unicodedata.normalize("NFKC", id_))),
    ("any-digit", "takes the digits of any script", lambda id_: _is_id("".join(map(_digit, id_)))),
    ("utf-16", "counts UTF-16 units, and judges no pattern", lambda id_: not id_.isascii() and _units(id_) <= 42),
)
# What is tried in turn on all but the first operation of a form.
_IN_TURN: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    ("stripped", "strips what Unicode calls space", lambda id_: _is_id(id_.strip())),
    ("invisible", "overlooks invisible characters", lambda id_: "\u200b" in id_),
    ("bytes", "counts the bytes of an id, and judges no pattern", lambda id_: not id_.isascii() and _bytes(id_) <= 42),
)


def _is_id(text: str) -> bool:
    return re.fullmatch(f"(conv|agent)-{UUID4}", text) is not None


def _digit(character: str) -> str:
    return str(unicodedata.digit(character)) if character.isdigit() else character


def _bytes(text: str) -> int:
    return len(text.encode())


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _code_points(operation_id: str, slug: str, what: str, bad: Callable[[str], object]) -> None:
    @mutant(f"{slug}-{operation_id}", f"{operation_id} {what}.", "ID-5", f"{stem(operation_id)}-code-points")
    def _(mock: Mock) -> None:
        where(mock, operation_id, lambda id_: not id_.isascii() and bad(id_), not_found)


for _operation_id, _script in zip(WITH_ID, cycle(_CODE_POINTS)):
    _code_points(_operation_id, *_script)
for _script in _IN_TURN:
    _code_points(FORK, *_script)


@mutant(
    "astral-500", "cancel falls over characters beyond U+FFFF.", "STATE-48", f"{CANCEL}/conversation-id-code-points"
)
def _(mock: Mock) -> None:
    where(mock, CANCEL, lambda id_: any(character > "\uffff" for character in id_), broken)
