"""Forks, and conversations that are made hidden (CONTRACT.md, STATE-3, STATE-6, STATE-10, STATE-13)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.cases.identifiers import UNKNOWN_CONVERSATION
from letta_contract.contract_tests.cases.looks import (
    create,
    in_list,
    message_ids,
    retrieve,
    same,
    stays,
    update_if_known,
)
from letta_contract.contract_tests.cases.refusals import refused
from letta_contract.contract_tests.verdict import Verdict

case = Collection()
cases = case.among
STATE = Need.STATE
_PLAIN = {"summary": "A trip to Lisbon"}
_OUT_OF_SIGHT = "out of everybodys sight"
# What a hidden one is told, and the lists that must not show it then.
_STEPS: tuple[tuple[dict[str, Any], dict[str, dict[str, Any]]], ...] = (
    (
        {"summary": _OUT_OF_SIGHT},
        {
            "a search of all agents": {"summary_search": _OUT_OF_SIGHT},
        },
    ),
    ({"archived": True}, {"the archived, in a search": {"archive_status": "archived", "summary_search": "sight"}}),
)


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
    _set(bench, source["id"], {"model": "openai/gpt-4o-mini"}, temperature=0.25)
    fork = bench.ok("fork_conversation", source["id"])
    yield same(bench, "the fork", fork, retrieve(bench, fork["id"]), "STATE-3")


@case("fork_conversation", "source-stays", "STATE-13", "The source stays as it was, and apart.", needs=STATE)
def _source_stays(bench: Bench) -> Iterator[Row]:
    source = create(bench)
    _set(bench, source["id"], {"summary": "the source", "archived": True}, temperature=0.25)
    before, said = retrieve(bench, source["id"]), message_ids(bench, source["id"])
    fork = bench.ok("fork_conversation", source["id"])
    yield same(bench, "the fork", fork, retrieve(bench, fork["id"]), "STATE-3")
    yield stays(bench, "after the fork", before, retrieve(bench, source["id"]))
    now = message_ids(bench, source["id"])
    yield bench.check("its messages", now == said, "STATE-13", "the same messages", now)
    _set(bench, fork["id"], {"summary": "the fork goes its own way"}, temperature=0.75)
    yield stays(bench, "after the fork changed", before, retrieve(bench, source["id"]))
    own = retrieve(bench, fork["id"])
    _set(bench, source["id"], {"summary": "the source goes on"}, temperature=0.5)
    yield same(bench, "the fork, after its source changed", own, retrieve(bench, fork["id"]), "STATE-3")
    before = retrieve(bench, source["id"])
    bench.ok("delete_conversation", fork["id"])
    yield stays(bench, "after the fork went", before, retrieve(bench, source["id"]))


def _set(bench: Bench, conversation_id: str, fields: dict[str, Any], *, temperature: float) -> None:
    """Give it a temperature besides, where the server takes settings of such a model."""
    settings = {"provider_type": "openai", "temperature": temperature, "max_output_tokens": 777}
    update_if_known(bench, conversation_id, {**fields, "model_settings": settings})


@case(
    "fork_conversation",
    "hidden",
    "STATE-6",
    "A fork that is made hidden shows in no list.",
    level="should",
    needs=STATE,
)
def _hidden_fork(bench: Bench) -> Iterator[Row]:
    if (yield from _hidden(bench, _fork_hidden, _create_hidden)):
        open_ = bench.ok("fork_conversation", create(bench)["id"], query={"hidden": False})["id"]
        yield bench.check("hidden false", in_list(bench, open_), "STATE-5", f"a list with {open_}", "it is not there")
        wrong = bench.call("fork_conversation", UNKNOWN_CONVERSATION, query={"hidden": "abc"})
        yield from refused(bench, "hidden abc, of an unknown id", "fork_conversation", wrong, "query")


@case(
    "create_conversation",
    "hidden",
    "STATE-6",
    "A conversation that is made hidden shows in no list.",
    level="should",
    needs=STATE,
)
def _hidden_create(bench: Bench) -> Iterator[Row]:
    if (yield from _hidden(bench, _create_hidden, _fork_hidden)):
        source = _create_hidden(bench)
        bench.ok("fork_conversation", source)
        yield bench.check(
            "when forked", not in_list(bench, source), "STATE-13", f"a list without {source}", "it is there"
        )
        for value in (None, "abc"):
            wrong = bench.call("create_conversation", query={"agent_id": bench.agent.id}, body={"hidden": value})
            yield from refused(bench, f"hidden {value!r}", "create_conversation", wrong, "body")


def _create_hidden(bench: Bench) -> str:
    id_: str = create(bench, hidden=True)["id"]
    return id_


def _fork_hidden(bench: Bench) -> str:
    id_: str = bench.ok("fork_conversation", create(bench)["id"], query={"hidden": True})["id"]
    return id_


def _hidden(bench: Bench, make: Callable[[Bench], str], other: Callable[[Bench], str]) -> Generator[Row, None, bool]:
    """Rows on what is made hidden; returns whether hidden is heeded here.

    A server that heeds it in one of the two ways to make a conversation must do so in the other.
    """
    conversation_id = make(bench)
    shown = in_list(bench, conversation_id)
    if _is_ignored(shown) and _is_ignored(in_list(bench, other(bench))):
        yield Row("hidden", Verdict.UNSUPPORTED, actual="hidden has no effect")
        return False
    without = f"a list without {conversation_id}"
    yield bench.check("the agent's list", not shown, "STATE-6", without, "it is there")
    for given, lists in _STEPS:
        bench.ok("update_conversation", conversation_id, body=given)
        told = " and ".join(given)
        for name, query in lists.items():
            listed = bench.ok("list_conversations", query={**query, "limit": 100})
            there = any(item["id"] == conversation_id for item in listed)
            yield bench.check(f"with {told} given, {name}", not there, "STATE-6", without, "it is there")
    summary = retrieve(bench, conversation_id).get("summary")
    yield bench.check("itself", summary == _OUT_OF_SIGHT, "STATE-2", _OUT_OF_SIGHT, summary)
    return True


def _is_ignored(shown: dict[str, Any]) -> bool:
    return bool(shown) and "hidden" not in shown
