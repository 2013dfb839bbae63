"""Path segments to try as identifiers, each with the statuses that are right for it (CONTRACT.md, ID-1 to ID-16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Form = Literal["conversation", "strict conversation", "agent"]

_UUID = "3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364"
UNKNOWN_CONVERSATION = f"conv-{_UUID}"
UNKNOWN_AGENT = f"agent-{_UUID}"

REFUSED = frozenset({422})
UNKNOWN = frozenset({404})
ODD = frozenset(range(200, 500)) - {401}
LONGEST = 5000  # characters; longer ones are not judged (ID-7)
_LENGTHS = (64, 255, LONGEST)


@dataclass(frozen=True)
class Segment:
    """One raw segment; `name` says what is tried, `rule` why `statuses` are right; `query` and `body` go with it."""

    name: str
    raw: str
    statuses: frozenset[int] = REFUSED
    rule: str = "ID-7"
    agent_id: str | None = None

    @property
    def well_formed(self) -> bool:
        """Whether it is an id that just no server has; a server without memory knows every one."""
        return self.statuses == UNKNOWN


def lengths(form: Form) -> Iterator[Segment]:
    """Every length that is a boundary, and some far beyond, all made of the right characters."""
    known = UNKNOWN_AGENT if form == "agent" else UNKNOWN_CONVERSATION
    rule = {"conversation": "ID-2", "strict conversation": "ID-3", "agent": "ID-4"}[form]
    yield Segment("1 character", "c")
    yield Segment(f"{len(known) - 1} characters", known[:-1], rule=rule)
    yield Segment(f"{len(known)} characters, well-formed", known, UNKNOWN, "ORDER-5")
    yield Segment(f"{len(known)} characters, off the pattern", "x" * len(known), rule=rule)
    yield Segment(f"{len(known) + 1} characters", known + "0", rule=rule)
    if form == "conversation":
        yield Segment("42 characters, well-formed", UNKNOWN_AGENT, UNKNOWN, "ORDER-5")
        yield Segment("42 characters, off the pattern", "x" * 42, rule=rule)
        yield Segment("43 characters", UNKNOWN_AGENT + "0", rule=rule)
    if form == "strict conversation":
        yield Segment("43 characters", known + "00", rule=rule)
    if form == "agent":
        yield Segment("40 characters", known[:-2], rule=rule)
    for length in _LENGTHS:
        statuses = REFUSED | {414} if length == LONGEST else REFUSED
        yield Segment(f"{length} characters", known.ljust(length, "0"), statuses)


def forms(form: Form) -> Iterator[Segment]:
    """The words and prefixes that an id may begin with, right and wrong."""
    loose = form == "conversation"
    yield Segment("default without agent_id", "default", UNKNOWN if loose else REFUSED, "ID-16" if loose else "ID-3")
    if loose:
        yield Segment("default with an unknown agent_id", "default", UNKNOWN, "ORDER-5", UNKNOWN_AGENT)
    accepted = {"conversation": ("conv", "agent"), "strict conversation": ("conv",), "agent": ("agent",)}[form]
    for prefix in ("conv", "agent"):
        if prefix not in accepted:
            yield Segment(f"{prefix}- and a uuid", f"{prefix}-{_UUID}", rule="ID-3" if prefix == "agent" else "ID-4")
        yield Segment(f"{prefix}- alone", f"{prefix}-")
        yield Segment(f"{prefix} without its dash", f"{prefix}{_UUID}")
    own = accepted[0]
    yield Segment("Default", "Default")
    yield Segment("defaults", "defaults")
    yield Segment("a bare uuid", _UUID)
    yield Segment("upper-case prefix", f"{own.upper()}-{_UUID}")
    yield Segment("another prefix", f"{'run' if own == 'conv' else 'block'}-{_UUID}")
    yield Segment("two ids in one", f"{own}-{_UUID},{own}-{_UUID}")


def characters(form: Form) -> Iterator[Segment]:
    """Ids of nearly the right form with one thing wrong in their characters."""
    known = UNKNOWN_AGENT if form == "agent" else UNKNOWN_CONVERSATION
    prefix = known.split("-")[0]
    yield Segment("upper-case hex", f"{prefix}-{_UUID.upper()}", rule="ID-1")
    yield Segment("one upper-case digit", known.replace("b", "B", 1), rule="ID-1")
    yield Segment("uuid of version 1", known.replace("-4a6b-", "-1a6b-"), rule="ID-1")
    yield Segment("uuid of version 7", known.replace("-4a6b-", "-7a6b-"), rule="ID-1")
    yield Segment("uuid of another variant", known.replace("-8e05-", "-ce05-"), rule="ID-1")
    yield Segment("a letter beyond f", known[:-1] + "g", rule="ID-1")
    yield Segment("no dashes", f"{prefix}-{_UUID.replace('-', '')}", rule="ID-1")
    yield Segment("braces", f"{prefix}-{{{_UUID}}}", rule="ID-1")
    yield Segment("trailing newline", known + "\n", rule="ID-6")
    yield Segment("newline in place of the last digit", known[:-1] + "\n", rule="ID-6")
    yield Segment("leading newline", "\n" + known, rule="ID-6")
    yield Segment("trailing space", known + " ")
    yield Segment("leading space", " " + known)
    yield Segment("tab", known[:-1] + "\t")
    yield Segment("single quote", known[:-1] + "'")
    yield Segment("double quote", known[:-1] + '"')
    yield Segment("percent sign", known[:-1] + "%")
    yield Segment("percent signs as in a LIKE", f"{prefix}-%")
    yield Segment("asterisk", known[:-1] + "*")
    yield Segment("NUL", known[:-1] + "\0", ODD, "TOL-7")
    yield Segment("encoded slash", f"{known[:20]}/{known[21:]}", frozenset({404, 422}), "ID-10")


def code_points(form: Form) -> Iterator[Segment]:
    """Non-ASCII ids, right in number of bytes, of UTF-16 units or of code points: all are off the pattern."""
    length = 42 if form != "strict conversation" else 41
    known = UNKNOWN_AGENT if form == "agent" else UNKNOWN_CONVERSATION
    fullwidth = str.maketrans("0123456789", "".join(chr(0xFF10 + digit) for digit in range(10)))
    arabic = str.maketrans("0123456789", "".join(chr(0x0660 + digit) for digit in range(10)))
    yield Segment(f"{length} × é ({2 * length} bytes)", "é" * length, rule="ID-5")
    yield Segment(f"{length + 1} × é", "é" * (length + 1), rule="ID-5")
    yield Segment(f"{length // 2} × é ({length // 2 * 2} bytes)", "é" * (length // 2), rule="ID-5")
    yield Segment(f"{length} × U+1D538 ({2 * length} UTF-16 units)", "\U0001d538" * length, rule="ID-5")
    yield Segment(
        f"{length // 2} × U+1D538 ({length // 2 * 2} UTF-16 units)", "\U0001d538" * (length // 2), rule="ID-5"
    )
    yield Segment(f"{length} × e and a combining accent", "e\u0301" * (length // 2) + "e" * (length % 2), rule="ID-5")
    yield Segment("full-width digits", known.translate(fullwidth), rule="ID-1")
    yield Segment("Arabic digits", known.translate(arabic), rule="ID-1")
    yield Segment("a no-break space at the end", known + "\u00a0")
    yield Segment("a zero-width space at the end", known + "\u200b")
