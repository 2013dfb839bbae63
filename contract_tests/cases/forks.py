"""Forks, and conversations that are made hidden (CONTRACT.md, STATE-3, STATE-6, STATE-10, STATE-13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.cases.looks import create, in_list, message_ids, retrieve, same
from letta_contract.contract_tests.verdict import Verdict

case = Collection()
cases = case.among
STATE = Need.STATE
_PLAIN = {"summary": "A trip to Lisbon"}
_OUT_OF_SIGHT = "out of everybodys sight"
_LISTS: dict[str, dict[str, Any]] = {
    "all, ascending": {"archive_status": "all", "order": "asc"},
    "a search of all agents": {"summary_search": _OUT_OF_SIGHT},
}


@case("fork_conversation", "new-id-same-agent", "STATE-10", "A fork has a new id and the same agent.", needs=STATE)
def _fork(bench: Bench) -> Iterator[Row]:
    source = create(bench, summary="the source")
    fork = bench.ok("fork_conversation", source["id"])
    another = bench.ok("fork_conversation", source["id"])
    ids = {source["id"], fork["id"], another["id"]}
    yield bench.check("ids", len(ids) == 3, "STATE-10", "three ids", f"{source['id']}, {fork['id']}, {another['id']}")
    yield bench.check(
        "agent_id", fork["agent_id"] == source["agent_id"], "STATE-10", source["agent_id"], fork["agent_id"]
    )


@case("retrieve_conversation", "shows-what-was-forked", "STATE-3", "What fork answered, retrieve shows.", needs=STATE)
def _shows_forked(bench: Bench) -> Iterator[Row]:
    source = create(bench, **_PLAIN)
    fork = bench.ok("fork_conversation", source["id"])
    yield same(bench, "the fork", fork, retrieve(bench, fork["id"]), "STATE-3")


@case("fork_conversation", "source-stays", "STATE-13", "The source stays as it was, and apart.", needs=STATE)
def _source_stays(bench: Bench) -> Iterator[Row]:
    source = create(bench, summary="the source")
    before, said = retrieve(bench, source["id"]), message_ids(bench, source["id"])
    fork = bench.ok("fork_conversation", source["id"])
    yield same(bench, "after the fork", before, retrieve(bench, source["id"]), "STATE-13")
    now = message_ids(bench, source["id"])
    yield bench.check("its messages", now == said, "STATE-13", "the same messages", now)
    bench.ok("update_conversation", fork["id"], body={"summary": "the fork goes its own way"})
    yield same(bench, "after the fork changed", before, retrieve(bench, source["id"]), "STATE-13")
    bench.ok("delete_conversation", fork["id"])
    yield same(bench, "after the fork went", before, retrieve(bench, source["id"]), "STATE-13")


@case(
    "fork_conversation",
    "hidden",
    "STATE-6",
    "A fork that is made hidden shows in no list.",
    level="should",
    needs=STATE,
)
def _hidden_fork(bench: Bench) -> Iterator[Row]:
    source = create(bench)
    fork = bench.ok("fork_conversation", source["id"], query={"hidden": True})
    yield from _hidden(bench, fork["id"])


@case(
    "create_conversation",
    "hidden",
    "STATE-6",
    "A conversation that is made hidden shows in no list.",
    level="should",
    needs=STATE,
)
def _hidden_create(bench: Bench) -> Iterator[Row]:
    yield from _hidden(bench, create(bench, hidden=True)["id"])


def _hidden(bench: Bench, conversation_id: str) -> Iterator[Row]:
    shown = in_list(bench, conversation_id)
    if shown and "hidden" not in shown:
        yield Row("hidden", Verdict.UNSUPPORTED, actual="hidden has no effect")
        return
    without = f"a list without {conversation_id}"
    yield bench.check("the agent's list", not shown, "STATE-6", without, "it is there")
    bench.ok("update_conversation", conversation_id, body={"summary": _OUT_OF_SIGHT})
    summary = retrieve(bench, conversation_id).get("summary")
    yield bench.check("itself", summary == _OUT_OF_SIGHT, "STATE-2", _OUT_OF_SIGHT, summary)
    for name, query in _LISTS.items():
        listed = bench.ok("list_conversations", query={**query, "limit": 100})
        there = any(item["id"] == conversation_id for item in listed)
        yield bench.check(f"when it was renamed, {name}", not there, "STATE-6", without, "it is there")
