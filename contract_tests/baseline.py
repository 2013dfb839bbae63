"""Deviations of a server that its people know of: a YAML file that says which, why, whose they are and until when."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from .case import Result, Row
from .errors import UsageError
from .fingerprint import cause, fingerprint
from .fold import DRAWN
from .verdict import Verdict

UNEXPLAINED = "not explained yet"
UNOWNED = "nobody yet"
GRACE = timedelta(days=90)  # how long a deviation that was just written down is accepted
_KEYS = ("case", "fingerprint", "what", "reason", "owner", "expires")
_HEAD = """\
# Known deviations: `letta-contract test URL --baseline THIS` accepts them until they expire, and fails for all others.
# --update-baseline writes the file anew and keeps each reason and owner; `what` is there for people to read.
"""


class BaselineError(UsageError):
    """A baseline cannot be read or written; the message names the file and the line."""


@dataclass(frozen=True)
class Known:
    """One known deviation: accepted up to and including the day `expires`; `line` is where the file has it."""

    case: str
    fingerprint: str
    what: str
    reason: str
    owner: str
    expires: date
    line: int = field(default=0, compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """What no two entries share."""
        return self.case, self.fingerprint


@dataclass(frozen=True)
class Baseline:
    """The entries of a file on one day."""

    entries: tuple[Known, ...] = ()
    today: date = field(default_factory=date.today)

    def applied(self, result: Result) -> Result:
        """The result with each failure that is known and accepted as KNOWN, its reason beside it."""
        return replace(result, rows=tuple(self._row(result, row) for row in result.rows))

    def _row(self, result: Result, row: Row) -> Row:
        entry = self.find(result, row)
        if entry is None or entry.expires < self.today:
            return row
        return replace(row, verdict=Verdict.KNOWN, reason=f"{entry.reason} ({entry.owner}, until {entry.expires})")

    def find(self, result: Result, row: Row) -> Known | None:
        """The entry of a row that failed, expired ones included."""
        if row.verdict not in (Verdict.FAIL, Verdict.KNOWN):
            return None
        cases = [result.case]
        if result.case.slug in DRAWN:  # what a case would name, had it been selected
            cases += [replace(result.case, slug=slug) for slug in self._slugs.get(result.case.operation, ())]
        found = (self._by_key.get((case.id, fingerprint(case, row))) for case in cases)
        return next((entry for entry in found if entry is not None), None)

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], Known]:
        return {entry.key: entry for entry in self.entries}

    @cached_property
    def _slugs(self) -> dict[str, list[str]]:
        """The slugs of the cases that have entries, by operationId."""
        found: dict[str, list[str]] = {}
        for entry in self.entries:
            operation, _, slug = entry.case.partition("/")
            if slug not in found.setdefault(operation, []):
                found[operation].append(slug)
        return found

    def expired(self, results: Iterable[Result]) -> list[Known]:
        """The entries that no longer excuse what still happens."""
        return [entry for entry in self._happening(results) if entry.expires < self.today]

    def fixed(self, results: Iterable[Result]) -> list[Known]:
        """The entries whose case was judged and whose failure did not happen."""
        results = list(results)
        judged = {result.case.id for result in results if _judged(result)}
        happening = {entry.key for entry in self._happening(results)}
        return [entry for entry in self.entries if entry.case in judged and entry.key not in happening]

    def updated(self, results: Iterable[Result]) -> Baseline:
        """A baseline of what fails now; what was not judged stays as it is, and what expired is accepted anew."""
        results = list(results)
        gone = {entry.key for entry in self.fixed(results)}
        kept = {entry.key: entry for entry in self.entries if entry.key not in gone}
        until = self.today + GRACE
        for result in results:
            for row in result.rows:
                if row.verdict not in (Verdict.FAIL, Verdict.KNOWN):
                    continue
                known = self.find(result, row)
                key = known.key if known else (result.case.id, fingerprint(result.case, row))
                old = kept.get(key) or Known(*key, cause(row), UNEXPLAINED, UNOWNED, until)
                expires = old.expires if old.expires >= self.today else until
                kept[key] = replace(old, what=cause(row), expires=expires)
        return replace(self, entries=tuple(sorted(kept.values(), key=lambda entry: entry.key)))

    def _happening(self, results: Iterable[Result]) -> list[Known]:
        found = {}
        for result in results:
            for row in result.rows:
                entry = self.find(result, row)
                if entry is not None:
                    found[entry.key] = entry
        return list(found.values())


NO_BASELINE = Baseline()


def _judged(result: Result) -> bool:
    """Whether all of it was: a reason says why it was not, or not to its end."""
    return not result.reason and result.verdict not in (Verdict.SKIP, Verdict.ERROR)


def write(baseline: Baseline, file: Path, *, head: str = _HEAD) -> None:
    """Write a file that `read` reads, `head` at its top. Raises BaselineError where it cannot be written."""
    entries = [{key: getattr(entry, key) for key in _KEYS} for entry in baseline.entries]
    text = "".join("\n" + _dumped([entry]) for entry in entries) or "\n[]\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(head + text, "utf-8")
    except OSError as error:
        raise BaselineError(f"{file} cannot be written: {error.strerror}. Pass another --baseline.") from error


def _dumped(value: Any) -> str:
    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=110))


def read(file: Path, *, cases: Collection[str] | None = None) -> Baseline:
    """The baseline of a file; with `cases`, entries of any other case are errors.

    Raises BaselineError, with file and line, for what is no list of entries as `write` makes them.
    """
    try:
        root = yaml.compose(file.read_text("utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        what = getattr(error, "strerror", None) or "it is not UTF-8"
        raise BaselineError(f"{file} cannot be read: {what}. --update-baseline makes one.") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BaselineError(f"{file}:{line}: this is no YAML: {error.problem}. Mend it.") from error
    if root is None:
        return Baseline()
    if not isinstance(root, yaml.SequenceNode):
        raise _wrong(file, root, f"a baseline is a list of entries with {', '.join(_KEYS)}")
    entries = [_entry(file, node) for node in root.value]
    first: dict[tuple[str, str], Known] = {}
    for entry in entries:
        if first.setdefault(entry.key, entry) is not entry:
            line = first[entry.key].line
            raise BaselineError(f"{file}:{entry.line}: this entry stands on line {line} already. Take one out.")
        if cases is not None and entry.case not in cases:
            raise BaselineError(
                f"{file}:{entry.line}: there is no case {entry.case!r}. Take it out, or run with --update-baseline."
            )
    return Baseline(tuple(entries))


def _entry(file: Path, node: yaml.Node) -> Known:
    if not isinstance(node, yaml.MappingNode):
        raise _wrong(file, node, f"an entry has {', '.join(_KEYS)}")
    given: dict[str, Any] = {"what": ""}
    for key, value in node.value:
        name = str(key.value)
        if name not in _KEYS:
            raise _wrong(file, key, f"unknown key {name!r}; an entry has {', '.join(_KEYS)}")
        if not isinstance(value, yaml.ScalarNode) or (name != "what" and not value.value.strip()):
            raise _wrong(file, value, f"{name} is a text")
        given[name] = _date(file, value) if name == "expires" else value.value
    for name in _KEYS:
        if name not in given:
            raise _wrong(file, node, f"{name} is missing")
    return Known(**given, line=node.start_mark.line + 1)


def _date(file: Path, node: yaml.ScalarNode) -> date:
    parse: Callable[[str], date] = date.fromisoformat
    try:
        return parse(node.value)
    except ValueError:
        raise _wrong(file, node, f"expires: {node.value!r} is no date such as 2027-01-31") from None


def _wrong(file: Path, node: yaml.Node, what: str) -> BaselineError:
    return BaselineError(f"{file}:{node.start_mark.line + 1}: {what}. Mend it.")
