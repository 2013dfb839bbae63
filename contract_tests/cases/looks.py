"""Making conversations, and looking at them in every way that the API has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from letta_contract.contract_tests.bench import MADE_UP, Bench, Refused
from letta_contract.contract_tests.case import Row
from letta_contract.contract_tests.conversation import differences

DESCRIPTION = "Two days by the river"  # the only one that a case gives


def create(bench: Bench, **fields: Any) -> dict[str, Any]:
    """A conversation of the run's agent, as create answers it."""
    made: dict[str, Any] = bench.ok("create_conversation", query={"agent_id": bench.agent.id}, body=fields)
    return made


def update(bench: Bench, conversation_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A conversation as update answers it."""
    changed: dict[str, Any] = bench.ok("update_conversation", conversation_id, body=fields)
    return changed


def update_if_known(
    bench: Bench, conversation_id: str, fields: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What it was told in the end, and the answer: without a model and the like, where the server has no such thing."""
    try:
        return dict(fields), update(bench, conversation_id, fields)
    except Refused:
        known = {name: value for name, value in fields.items() if name not in MADE_UP}
        return known, update(bench, conversation_id, known)


def retrieve(bench: Bench, conversation_id: str) -> dict[str, Any]:
    """A conversation as retrieve shows it."""
    shown: dict[str, Any] = bench.ok("retrieve_conversation", conversation_id)
    return shown


def message_ids(bench: Bench, conversation_id: str) -> list[str]:
    """The ids of its messages, in the default order."""
    return [row["id"] for row in bench.ok("list_conversation_messages", conversation_id)]


def in_list(bench: Bench, conversation_id: str) -> dict[str, Any]:
    """A conversation as the list of its agent shows it; an empty one where it does not."""
    listed = bench.ok("list_conversations", query={"agent_id": bench.agent.id, "limit": 100})
    return next((item for item in listed if item["id"] == conversation_id), {})


def same(
    bench: Bench, name: str, one: Mapping[str, Any], other: Mapping[str, Any], rule: str, but: Iterable[str] = ()
) -> Row:
    """A row on whether two answers agree."""
    found = differences(one, other, (*but, *_generated(one)))
    return bench.check(name, not found, rule, "the same values", "; ".join(found))


def stays(bench: Bench, name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Row:
    """A row on whether the source of a fork is as it was, what is in its context included (STATE-13)."""
    found = differences(before, after, _generated(before))
    was, is_ = before.get("in_context_message_ids"), after.get("in_context_message_ids")
    if was != is_:
        found.append(f"in_context_message_ids: {was} → {is_}")
    return bench.check(name, not found, "STATE-13", "the same values", "; ".join(found))


def _generated(shown: Mapping[str, Any]) -> tuple[str, ...]:
    """The description where no case gave it: the server may write one, or another, at any time (STATE-4)."""
    return () if shown.get("description") == DESCRIPTION else ("description",)
