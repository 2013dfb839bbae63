"""Conversations as they are made, changed and shown (CONTRACT.md, STATE-1 to STATE-18)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from letta_contract.contract_tests.bench import ACCEPTED, Bench
from letta_contract.contract_tests.case import Collection, Need, Row
from letta_contract.contract_tests.cases import crowd
from letta_contract.contract_tests.cases.identifiers import UNKNOWN_AGENT
from letta_contract.contract_tests.cases.looks import create, in_list, message_ids, retrieve, same, update
from letta_contract.contract_tests.cases.newer import NEWER
from letta_contract.contract_tests.conversation import FIXED, differences, holds, shown_as, went_back

case = Collection()
cases = case.among
STATE = Need.STATE
_MODEL_SETTINGS = {"provider_type": "openai", "temperature": 0.25, "max_output_tokens": 777}
_FULL_SETTINGS = {
    **_MODEL_SETTINGS,
    "temperature": 0,
    "parallel_tool_calls": False,
    "response_format": {"type": "json_schema", "json_schema": {"name": "trip", "schema": {"type": "object"}}},
}
# What servers are known to cut, strip, escape, or keep in too few bytes a character.
_ODD_SUMMARY = f'  A trip to <Łódź> & "東京" 🧪 in {" very" * 50} good company,\nwith a ﬁne view  '
_MUST = {"summary": "A trip to Lisbon", "model": "openai/gpt-4o-mini", "model_settings": _MODEL_SETTINGS}
_PLAIN = {"summary": "A trip to Lisbon"}
_ALL = {**_PLAIN, "model": _MUST["model"], "model_settings": _FULL_SETTINGS}
_CHANGES: dict[str, Any] = {
    "archived": NEWER["archived"],  # so that the others are told to what is archived
    "summary": "A trip to Porto",
    "last_message_at": "2026-02-03T04:05:06+05:30",
    "description": NEWER["description"],
    # These a server may refuse for what they name, and what comes after is not judged then.
    "model": "openai/gpt-4o",
    "model_settings": {"provider_type": "anthropic", "temperature": 0.5, "max_output_tokens": 555},
    "context_window_limit": NEWER["context_window_limit"],
}
# Keys that a body does not have, and which are ignored there (DOC-5).
_NOT_TO_BE_GIVEN = {
    "agent_id": "agent-00000000-0000-4000-8000-000000000000",
    "id": "conv-00000000-0000-4000-8000-000000000000",
    "created_at": "2001-01-01T00:00:00Z",
}
# What has a date of its own, which updated_at must not take.
_DATED: tuple[dict[str, Any], ...] = (
    {"summary": "take one"},
    {"last_message_at": "2001-02-03T04:05:06Z"},
    {"archived": True},
    {"archived": False},
)


@case(
    "create_conversation", "keeps-what-was-given", "STATE-8", "The new conversation has the given values.", needs=STATE
)
def _keeps(bench: Bench) -> Iterator[Row]:
    made = create(bench, summary=_ODD_SUMMARY, **_NOT_TO_BE_GIVEN)
    yield bench.check("agent_id", made["agent_id"] == bench.agent.id, "STATE-8", bench.agent.id, made["agent_id"])
    own = made["id"] != _NOT_TO_BE_GIVEN["id"]
    yield bench.check("id", own, "DOC-5", "an id of the server's own: a key that is none of create's", made["id"])
    yield _kept(bench, "an odd summary", made, "summary", _ODD_SUMMARY)
    yield _kept(bench, "an empty summary", create(bench, summary=""), "summary", "")
    asked = bench.call("create_conversation", query={"agent_id": UNKNOWN_AGENT}, body={"agent_id": bench.agent.id})
    expected = bench.contract.expect("create_conversation", asked.request)
    expected = replace(expected, statuses=expected.statuses - {200})
    yield from bench.judge_status("agent_id in the body only", "create_conversation", asked, expected)
    full = create(bench, model_settings=_FULL_SETTINGS)
    for name, shown in (("more model_settings", full), ("more model_settings, retrieved", retrieve(bench, full["id"]))):
        yield _kept(bench, name, shown, "model_settings", _FULL_SETTINGS)
    for name, value in _MUST.items():
        made = create(bench, **{name: value})
        yield _kept(bench, name, made, name, value)
        leaked = (made.get("model_settings") or {}).get("response_format") == _FULL_SETTINGS["response_format"]
        yield bench.check(f"{name}: nothing else", not leaked, "STATE-8", "no settings of another's", _FULL_SETTINGS)
    made = create(bench, **_MUST)
    for name, value in _MUST.items():
        yield _kept(bench, f"{name}, with others", made, name, value)
    kept = retrieve(bench, full["id"])
    yield _kept(bench, "more model_settings, after others", kept, "model_settings", _FULL_SETTINGS)


def _kept(bench: Bench, what: str, made: dict[str, Any], name: str, value: Any) -> Row:
    return bench.check(what, holds(value, made.get(name)), "STATE-8", f"{name} {value!r}", repr(made.get(name)))


@case("create_conversation", "new-id", "STATE-9", "Each create answers an id of its own.", needs=STATE)
def _new_id(bench: Bench) -> Iterator[Row]:
    ids = [create(bench, **_PLAIN)["id"] for _ in range(2)]
    bench.ok("delete_conversation", ids[0])
    ids.append(create(bench, **_PLAIN)["id"])
    yield bench.check("three creates and a delete", len(set(ids)) == len(ids), "STATE-9", "three ids", ", ".join(ids))


@case(
    "create_conversation",
    "body-is-optional",
    "OP-1",
    "create works without a body, with null, and with {}.",
    needs=STATE,
)
def _optional_body(bench: Bench) -> Iterator[Row]:
    request = bench.request("create_conversation", query={"agent_id": bench.agent.id})
    for name, body in (("no body", None), ("null", b"null"), ("{}", b"{}")):
        yield from bench.judge(name, "create_conversation", bench.send(request.with_body(body)))
    charset = request.with_body(b"{}", "application/json; charset=utf-8")
    yield from bench.judge("with a charset", "create_conversation", bench.send(charset))


@case(
    "retrieve_conversation", "shows-what-was-created", "STATE-1", "What create answered, retrieve shows.", needs=STATE
)
def _shows_created(bench: Bench) -> Iterator[Row]:
    for name, given in (("an odd summary", {"summary": _ODD_SUMMARY}), ("all fields", _ALL)):
        made = create(bench, **given)
        yield same(bench, name, made, retrieve(bench, made["id"]), "STATE-1")


@case(
    "retrieve_conversation",
    "shows-the-one-asked-for",
    "STATE-1",
    "Of several, the one that was asked for.",
    needs=STATE,
)
def _shows_the_right_one(bench: Bench) -> Iterator[Row]:
    for id_ in crowd.few(bench)[:3]:
        shown = retrieve(bench, id_)
        yield bench.check(id_, shown["id"] == id_, "STATE-1", id_, shown["id"])


@case("retrieve_conversation", "changes-nothing", "STATE-18", "Reading a conversation does not change it.", needs=STATE)
def _reads_change_nothing(bench: Bench) -> Iterator[Row]:
    made = create(bench, summary="at rest")
    before = retrieve(bench, made["id"])
    bench.ok("list_conversation_messages", made["id"])
    bench.ok("list_conversations", query={"agent_id": bench.agent.id})
    after = retrieve(bench, made["id"])
    yield same(bench, "retrieve, messages, list", before, after, "STATE-18")
    was, is_ = (shown.get("in_context_message_ids") for shown in (before, after))
    yield bench.check("its context", was == is_, "STATE-18", was, is_)


@case("update_conversation", "changes-what-was-given", "STATE-15", "The answer has the new values.", needs=STATE)
def _changes(bench: Bench) -> Iterator[Row]:
    made = create(bench, **_PLAIN)
    for name, value in _CHANGES.items():
        if name not in NEWER:
            changed = update(bench, made["id"], {name: value})
            kept = shown_as(value, changed.get(name))
            yield bench.check(name, kept, "STATE-15", f"{name} {value!r}", repr(changed.get(name)))
    made = create(bench, model_settings=_CHANGES["model_settings"])
    changed = update(bench, made["id"], {"model_settings": _MODEL_SETTINGS})
    kept = holds(_MODEL_SETTINGS, changed.get("model_settings"))
    yield bench.check("another provider", kept, "STATE-15", _MODEL_SETTINGS, changed.get("model_settings"))


@case("update_conversation", "changes-nothing-else", "STATE-14", "Fields that were not given stay.", needs=STATE)
def _changes_nothing_else(bench: Bench) -> Iterator[Row]:
    made = create(bench, **_PLAIN)
    follows = {"archived": ("archived_at",)}
    before, said = retrieve(bench, made["id"]), message_ids(bench, made["id"])
    for name, value in (("nothing", None), *_CHANGES.items()):
        body = {} if name == "nothing" else {name: value}
        changed = update(bench, made["id"], body)
        but = (name, *follows.get(name, ()), "updated_at", "last_updated_by_id")
        yield same(bench, f"{name} given", before, changed, "STATE-14", but)
        yield _goes_on(bench, f"updated_at after {name}", before, changed)
        before = changed
    now = message_ids(bench, made["id"])
    yield bench.check("its messages", now == said, "STATE-14", "the same messages", now)


@case("update_conversation", "identity-stays", "STATE-16", "id, agent_id and created_at never change.", needs=STATE)
def _identity(bench: Bench) -> Iterator[Row]:
    made = create(bench)
    changed = update(bench, made["id"], {"summary": "the same one", "hidden": True, **_NOT_TO_BE_GIVEN})
    moved = [d for d in differences(made, changed) if d.split(":")[0] in FIXED]
    yield bench.check(
        "after an update that tries", not moved, "STATE-16", "the same id, agent_id, created_at", "; ".join(moved)
    )
    yield bench.check("hidden, too", in_list(bench, made["id"]), "DOC-5", "it shows in the list: update hides none", "")


@case("update_conversation", "updated-at-goes-on", "STATE-17", "updated_at never goes back.", needs=STATE)
def _updated_at(bench: Bench) -> Iterator[Row]:
    conversation = create(bench)
    bench.call("recompile_conversation", conversation["id"])  # which may move it, too
    again = retrieve(bench, conversation["id"])
    yield _goes_on(bench, "after a recompile", conversation, again)
    conversation = again
    for body in _DATED:
        changed = update(bench, conversation["id"], body)
        yield _goes_on(bench, str(body), conversation, changed)
        conversation = changed


def _goes_on(bench: Bench, name: str, before: dict[str, Any], after: dict[str, Any]) -> Row:
    one, other = before.get("updated_at"), after.get("updated_at")
    return bench.check(name, not went_back(before, after), "STATE-17", f"not before {one}", other)


@case("update_conversation", "leaves-others-alone", "STATE-14", "An update changes one conversation.", needs=STATE)
def _leaves_others(bench: Bench) -> Iterator[Row]:
    one, other = create(bench, summary="one"), create(bench, summary="other")
    before = retrieve(bench, other["id"])
    update(bench, one["id"], {"summary": "changed"})
    yield same(bench, "another conversation", before, retrieve(bench, other["id"]), "STATE-14")


@case(
    "list_conversations",
    "shows-what-was-made",
    "STATE-5",
    "A list shows what create, update and fork answered.",
    needs=STATE,
)
def _listed(bench: Bench) -> Iterator[Row]:
    made = create(bench, summary=_ODD_SUMMARY)
    yield same(bench, "created", made, in_list(bench, made["id"]), "STATE-5")
    everybodys = bench.ok("list_conversations", query={"limit": 100})
    there = any(item["id"] == made["id"] for item in everybodys)
    yield bench.check("of all agents", there, "STATE-5", made["id"], f"it is not among {len(everybodys)}")
    changed = update(bench, made["id"], {"summary": "renamed"})
    yield same(bench, "updated", changed, in_list(bench, made["id"]), "STATE-5")
    fork = bench.ok("fork_conversation", made["id"])
    yield same(bench, "forked", fork, in_list(bench, fork["id"]), "STATE-5")
    behind = bench.call("list_conversations", query={"agent_id": bench.agent.id, "after": fork["id"], "order": "asc"})
    yield from bench.judge("behind the fork", "list_conversations", behind, ACCEPTED)
    made = create(bench, **_ALL)  # which a server may refuse
    yield same(bench, "created with all fields", made, in_list(bench, made["id"]), "STATE-5")
    changed = update(bench, made["id"], {name: value for name, value in _CHANGES.items() if name != "archived"})
    yield same(bench, "updated in all fields", changed, in_list(bench, made["id"]), "STATE-5")
