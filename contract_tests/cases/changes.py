"""Fields of a conversation that are changed beside each other (CONTRACT.md, STATE-2, STATE-14, STATE-15)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.cases.looks import DESCRIPTION, create, retrieve, same, update_if_known
from letta_contract.contract_tests.cases.newer import NEWER
from letta_contract.contract_tests.conversation import shown_as
from letta_contract.contract_tests.pairs import LEFT_OUT, pairs

case = Collection()
cases = case.among
_FIELDS: dict[str, tuple[Any, ...]] = {
    "of": ("a new one", "a fork", "a hidden one"),
    "summary": (LEFT_OUT, "A trip to Porto", ""),
    "archived": (LEFT_OUT, True, False),
    "last_message_at": (LEFT_OUT, "2026-02-03T04:05:06+05:30"),
    "description": (LEFT_OUT, DESCRIPTION),
    # These a server may refuse for what they name; the others are told without them then.
    "model": (LEFT_OUT, "openai/gpt-4o"),
    "model_settings": (LEFT_OUT, {"provider_type": "anthropic", "temperature": 0.5, "max_output_tokens": 555}),
    "context_window_limit": (LEFT_OUT, NEWER["context_window_limit"]),
}
_AT_FIRST = {
    "summary": "A trip to Faro",
    "last_message_at": "2026-03-04T05:06:07Z",
    "description": DESCRIPTION,
    "archived": True,
    "model": "openai/gpt-4o-mini",
    "model_settings": {"provider_type": "openai", "temperature": 0.25, "max_output_tokens": 777},
}
_MOVES = ("updated_at", "last_updated_by_id")


@case(
    "retrieve_conversation",
    "shows-what-was-updated",
    "STATE-2",
    "What update answered, retrieve shows: what was given, and nothing else changed.",
    needs=Need.STATE,
)
def _together(bench: Bench) -> Iterator[Row]:
    source = create(bench)
    fork, hidden = bench.ok("fork_conversation", source["id"]), create(bench, hidden=True)
    shown = {"a new one": source, "a fork": fork, "a hidden one": hidden}
    at_first = [{"of": of, **_AT_FIRST} for of in shown]  # so that there is something to lose
    for given in (*at_first, *pairs(_FIELDS, bench.seed)):
        of = given.pop("of")
        before = shown[of]
        fields, changed = update_if_known(bench, before["id"], given)
        name = f"{of}: {', '.join(fields) or 'nothing'}"
        for field in (field for field in fields if field not in NEWER):
            kept = shown_as(fields[field], changed.get(field))
            yield bench.check(f"{name}: {field}", kept, "STATE-15", f"{field} {fields[field]!r}", changed.get(field))
        but = (*fields, *_MOVES, *(("archived_at",) if "archived" in fields else ()))
        yield same(bench, f"{name}: the rest", before, changed, "STATE-14", but)
        yield same(bench, name, changed, retrieve(bench, before["id"]), "STATE-2")
        shown[of] = changed
