"""What is left of a conversation that was deleted: nothing (CONTRACT.md, STATE-19, STATE-20)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.cases.looks import create
from letta_contract.contract_tests.expectation import Expectation, Kind

case = Collection()
cases = case.among
STATE = Need.STATE
_GONE_SUMMARY = "gone before anybody looked"
# Any one of the conditions that a list combines may make a server forget that something is gone.
_LISTS: dict[str, dict[str, Any]] = {
    "the archived, by last_run_completion": {"archive_status": "archived", "order_by": "last_run_completion"},
    "all, ascending by last_message_at": {"archive_status": "all", "order": "asc", "order_by": "last_message_at"},
}
_GONE = Expectation(Kind.REFUSE, frozenset({404}), "the conversation was deleted", "STATE-19")


@case("delete_conversation", "leaves-others-alone", "STATE-19", "Only the deleted conversation goes.", needs=STATE)
def _deletes_one(bench: Bench) -> Iterator[Row]:
    source = create(bench, summary="stays")
    fork = bench.ok("fork_conversation", source["id"])
    other = create(bench, summary="goes")
    bench.ok("delete_conversation", other["id"])
    bench.ok("delete_conversation", fork["id"])
    another = bench.ok("fork_conversation", source["id"])
    for name, kept, gone in (("the source of a fork", source["id"], None), ("a fork", another["id"], source["id"])):
        if gone is not None:
            bench.ok("delete_conversation", gone)
        exchange = bench.call("retrieve_conversation", kept)
        yield bench.check(name, exchange.status == 200, "STATE-1", f"200 for {kept}", exchange.status or "no answer")


_AFTER_DELETE: dict[str, Any] = {
    "retrieve_conversation": None,
    "update_conversation": {"summary": "too late"},
    "delete_conversation": None,
    "fork_conversation": None,
    "list_conversation_messages": None,
    "send_conversation_message": {"input": "Is anybody there?"},
    "compact_conversation": None,
    "recompile_conversation": None,
}


_ASKED_TOO: dict[str, dict[str, dict[str, Any]]] = {"recompile_conversation": {"as a dry run": {"dry_run": True}}}


def _after_delete(operation_id: str, body: Any) -> None:
    @case(operation_id, "gone-after-delete", "STATE-19", "On a deleted conversation it is 404.", needs=STATE)
    def _gone(bench: Bench) -> Iterator[Row]:
        deleted = bench.shared("deleted", lambda: _deleted(bench))
        for name, query in {"a deleted conversation": {}, **_ASKED_TOO.get(operation_id, {})}.items():
            exchange = bench.call(operation_id, deleted, query=query, body=body)
            yield from bench.judge_status(name, operation_id, exchange, _GONE, story=True)


def _deleted(bench: Bench) -> str:
    id_: str = create(bench, summary="not for long")["id"]
    bench.ok("delete_conversation", id_)
    return id_


for _operation_id, _body in _AFTER_DELETE.items():
    _after_delete(_operation_id, _body)


@case("list_conversations", "leaves-out-deleted", "STATE-20", "No list shows a deleted conversation.", needs=STATE)
def _not_listed(bench: Bench) -> Iterator[Row]:
    plain, archived = create(bench, summary=_GONE_SUMMARY), create(bench, summary=_GONE_SUMMARY)
    bench.ok("update_conversation", archived["id"], body={"archived": True})
    gone = {plain["id"], archived["id"]}
    for made in (plain, archived):
        bench.ok("delete_conversation", made["id"])
    own = {"agent_id": bench.agent.id}
    for name, query in {
        "the agent's": own,
        "a search": {"summary_search": _GONE_SUMMARY},
        **{name: {**own, **query} for name, query in _LISTS.items()},
    }.items():
        back = gone & {item["id"] for item in bench.ok("list_conversations", query={**query, "limit": 100})}
        yield bench.check(name, not back, "STATE-20", "a list without the deleted", f"{', '.join(back)} is there")
