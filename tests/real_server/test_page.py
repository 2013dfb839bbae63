from __future__ import annotations

from .page import masked

FIRST = "conv-0d1c2b3a-0000-4000-8000-00000000000a"
SECOND = "conv-0d1c2b3a-0000-4000-8000-00000000000b"
AGENT = "agent-0d1c2b3a-0000-4000-8000-00000000000c"


def test_ids_are_numbered_by_kind() -> None:
    """Which one is which can still be read, and which of each kind came first."""
    assert masked(f"{SECOND} {AGENT} {FIRST} {SECOND}", set()) == "conv-1 agent-1 conv-2 conv-1"
    assert masked(FIRST.removeprefix("conv-"), set()) == "id-1"


def test_each_section_counts_anew() -> None:
    """One more id in a section changes no other section."""
    assert masked(f"{FIRST}\n## A\n{SECOND}\n### B\n{FIRST}", set()) == "conv-1\n## A\nconv-1\n### B\nconv-1"


def test_what_the_judge_made_up_stays() -> None:
    """A request that names what nobody has can be sent again as it is."""
    assert masked(f"{FIRST} {SECOND}", {SECOND}) == f"conv-1 {SECOND}"


def test_dates_and_cut_ids_say_no_more_than_what_they_are() -> None:
    """What differs from run to run in other ways is left out."""
    assert masked('"2026-02-03T04:05:06.789+00:00"', set()) == '"(date)"'
    assert masked("message-0d1c2b… 0d1c2b3a-00… food…", set()) == "message-… … food…"
    assert masked("one run0d1c2b3a", set()) == "one (tag)"
