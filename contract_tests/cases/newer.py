"""Fields that a server may lack: what they are judged by where they show at all (CONTRACT.md, LEVEL-3 to -5, -13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.cases.looks import DESCRIPTION, create, retrieve, update
from letta_contract.contract_tests.cases.refusals import refused
from letta_contract.contract_tests.conversation import tells_archived
from letta_contract.contract_tests.verdict import Verdict

case = Collection()
cases = case.among
NEWER: dict[str, Any] = {
    "description": DESCRIPTION,
    "archived": True,
    "context_window_limit": 12000,  # which a server may refuse, and what comes after is not judged then
}
_WRONG: dict[str, tuple[Any, ...]] = {
    "description": (["Two days"],),
    "archived": ("maybe",),
    "context_window_limit": ("abc", 1.5),
}
_EMPTY: dict[str, Any] = {"archived": False, "context_window_limit": 0}  # a description may be made up by the server
_CREATE = "create_conversation"
_UPDATE = "update_conversation"
_CREATED = ("description", "context_window_limit")


@case(
    _CREATE,
    "keeps-newer-fields",
    "STATE-8",
    "The new conversation has the given values of newer fields.",
    level="should",
    needs=Need.STATE,
)
def _keeps(bench: Bench) -> Iterator[Row]:
    for name in _CREATED:
        given = {name: NEWER[name]}
        made = create(bench, **given)
        if made.get(name) is None and update(bench, made["id"], given).get(name) is None:
            yield _lacking(name)
        else:
            shown = retrieve(bench, made["id"])
            for where, one, rule in ((name, made, "STATE-8"), (f"{name}, retrieved", shown, "STATE-1")):
                kept = one.get(name) == NEWER[name]
                yield bench.check(where, kept, rule, f"{name} {NEWER[name]!r}", repr(one.get(name)))
            for wrong in _WRONG[name]:
                answer = bench.call(_CREATE, query={"agent_id": bench.agent.id}, body={name: wrong})
                yield from refused(bench, f"{name} {wrong!r}", _CREATE, answer, "body")


@case(
    _UPDATE,
    "changes-newer-fields",
    "STATE-15",
    "The answer has the new values of newer fields.",
    level="should",
    needs=Need.STATE,
)
def _changes(bench: Bench) -> Iterator[Row]:
    made = create(bench)
    for name, value in NEWER.items():
        given = {name: value}
        changed = update(bench, made["id"], given)
        lacking = changed.get(name) is None
        if lacking and (name not in _CREATED or create(bench, **given).get(name) is None):
            yield _lacking(name)
            continue
        kept = changed.get(name) == value
        yield bench.check(name, kept, "STATE-15", f"{name} {value!r}", repr(changed.get(name)))
        for wrong in _WRONG[name]:
            answer = bench.call(_UPDATE, made["id"], body={name: wrong})
            yield from refused(bench, f"{name} {wrong!r}", _UPDATE, answer, "body")
        if name in _EMPTY:
            yield from _emptied(bench, made["id"], name, _EMPTY[name])


def _emptied(bench: Bench, conversation_id: str, name: str, value: Any) -> Iterator[Row]:
    """A row on a value that is easily taken for none; a server may refuse it, or show null."""
    exchange = bench.call(_UPDATE, conversation_id, body={name: value})
    if exchange.status == 200 and exchange.reply is not None:
        shown = exchange.reply.json.get(name)
        yield bench.check(f"{name} {value!r}", shown in (value, None), "STATE-15", f"{name} {value!r}", repr(shown))


@case(
    _UPDATE,
    "archives",
    "STATE-15",
    "archived can be set and taken back.",
    level="should",
    needs=Need.STATE,
)
def _archives(bench: Bench) -> Iterator[Row]:
    made = create(bench)
    away = update(bench, made["id"], {"archived": True})
    if not tells_archived(away):
        yield _lacking("archived")
        return
    yield bench.check("archived", away.get("archived") is True, "STATE-15", "archived true", away.get("archived"))
    if away.get("archived_at") is None:
        yield _lacking("archived_at")
    back = update(bench, made["id"], {"archived": False})
    yield bench.check("taken back", not back.get("archived"), "STATE-15", "archived false", back.get("archived"))


def _lacking(name: str) -> Row:
    return Row(name, Verdict.UNSUPPORTED, actual=f"{name} shows in no answer")
