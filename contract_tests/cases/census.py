"""Conversations of every kind that the conditions of a list tell apart, and which of them a list should show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.cases import crowd
from letta_contract.contract_tests.cases.looks import create, update
from letta_contract.contract_tests.conversation import instant, tells_archived

ARCHIVED = "archived"
FORK = "a fork"
HIDDEN = "hidden"
DELETED = "deleted"
# Of which two are one instant, and one is before them only by its offset.
_DATES = {
    "early": "2026-03-03T01:00:00Z",
    "alike": "2026-03-03T02:00:00+01:00",
    "middle": "2026-03-02T23:30:00-05:00",
    "late": "2026-03-04T01:00:00+00:00",
    "in the future": "2035-03-03T01:00:00Z",
}
_ELSEWHERE = "of another sort"
# What each kind is told once it is made, and whether its summary has the word that is searched for.
_KINDS: dict[str, tuple[bool, tuple[dict[str, Any], ...]]] = {
    "plain": (True, ()),
    FORK: (True, ({"last_message_at": _DATES["middle"]},)),
    "dated": (True, ({"last_message_at": _DATES["early"]},)),
    ARCHIVED: (True, ({"archived": True},)),
    "archived and dated": (True, ({"archived": True, "last_message_at": _DATES["late"]},)),
    "dated alike": (True, ({"last_message_at": _DATES["alike"]},)),
    "dated elsewhere": (False, ({"last_message_at": _DATES["early"]},)),
    "archived elsewhere": (False, ({"archived": True},)),
    "brought back": (True, ({"archived": True}, {"archived": False, "last_message_at": _DATES["in the future"]})),
}


@dataclass
class Census:
    """What the last answer on each conversation said, by its kind: `shown` in lists, or `never`.

    `archives` says whether the server knows archived conversations at all, and lists that leave them out (it SHOULD).
    """

    word: str
    shown: dict[str, dict[str, Any]]
    never: dict[str, dict[str, Any]]
    archives: bool

    def kind(self, id_: str) -> str:
        """The kind of an id; nothing where it is somebody else's."""
        return next((kind for kind, one in {**self.shown, **self.never}.items() if one["id"] == id_), "")

    def heed_no_hidden(self) -> None:
        """Take the hidden one for one like any other, as a server does that lacks `hidden` (LEVEL-6)."""
        self.shown[HIDDEN] = self.never.pop(HIDDEN)

    def matching(self, status: str, *, searched: bool) -> list[dict[str, Any]]:
        """What a list with this archive_status has, and with the word searched for, or all."""
        return [
            shown
            for shown in self.shown.values()
            if not searched or self.word in (shown.get("summary") or "")
            if not self.archives or status == "all" or _is_archived(shown) == (status == "archived")
        ]


def census(bench: Bench) -> Census:
    """Conversations of every kind, made once; one had a turn, where the run may ask for one."""
    return bench.shared("census", lambda: _made(bench))


def _made(bench: Bench) -> Census:
    word = crowd.word(bench, "census")
    never = {HIDDEN: create(bench, summary=word, hidden=True), DELETED: create(bench, summary=word)}
    shown: dict[str, dict[str, Any]] = {}
    for kind, (found, _) in _KINDS.items():
        if kind == FORK:
            shown[kind] = bench.ok("fork_conversation", shown["plain"]["id"])
        else:
            shown[kind] = create(bench, summary=word if found else _ELSEWHERE)
    if not (bench.permission and bench.permission.no_llm):
        bench.call("send_conversation_message", shown["dated"]["id"], body={"input": "Say hello.", "streaming": False})
    for kind, (_, told) in _KINDS.items():
        for fields in told:
            named = {"summary": word} if kind == FORK else {}  # it need not take its source's
            shown[kind] = update(bench, shown[kind]["id"], {**named, **fields})
    bench.ok("delete_conversation", never[DELETED]["id"])
    listed = crowd.ours(crowd.page(bench, limit=100), [shown[ARCHIVED]["id"]])
    return Census(word, shown, never, not listed and any(map(tells_archived, shown.values())))


def key(shown: dict[str, Any], order_by: str) -> datetime | None:
    """What a conversation is sorted by; None where it has none."""
    text = shown.get(order_by)
    return instant(text) if text else None


def _is_archived(shown: dict[str, Any]) -> bool:
    said = shown.get("archived")
    return bool(shown.get("archived_at") if said is None else said)  # archived_at may tell of an earlier time
