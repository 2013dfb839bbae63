"""What a world begins with: a seed that is shipped, that is made up here, or that a user brings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from jsonschema_rs import Draft202012Validator
from letta_contract import fixtures, spec
from letta_contract.spec import LettaContractError

from .json_schema import to_json_schema
from .moment import written
from .violations import violations

Seed = dict[str, Any]

SHIPPED = ("default", "empty", "long")
LONG = 10_000
"""Messages in the long conversation."""
_IN_CONTEXT = 100
_SHOWN = 10


class SeedError(LettaContractError):
    """A world that there is none of, or that cannot be begun with; the first ten faults are named."""


def seed(name: str = "default", folder: Path | None = None) -> Seed:
    """The seed of a world: `seeds/NAME.yaml` in the user's folder, else one of SHIPPED. Raises SeedError."""
    brought = sorted((folder / "seeds").glob("*.yaml")) if folder is not None else []
    for path in brought:
        if path.stem == name:
            return _brought(path)
    if name not in SHIPPED:
        names = sorted({*SHIPPED, *(path.stem for path in brought)})
        raise SeedError(f"There is no world {name!r}. Take one of: {', '.join(names)}; or write --fixtures DIR/seeds/.")
    found = fixtures.seed()
    if name == "empty":
        return {"agents": found["agents"], "conversations": [], "messages": {}}
    return _with_long_conversation(found) if name == "long" else found


def _with_long_conversation(seed: Seed) -> Seed:
    """Add LONG messages of one conversation; the model sees the last ones, as after many compactions."""
    agent = seed["agents"][0]
    id_ = _id("conv", 0)
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    dates = [written(begun + timedelta(minutes=minute)) for minute in range(LONG)]
    messages = [
        {"id": _id("message", 0), "date": dates[0], "message_type": "system_message", "content": agent["system"]}
    ]
    for number in range(1, LONG):
        kind, text = ("user", "Question") if number % 2 else ("assistant", "Answer")
        content = f"{text} {(number + 1) // 2}"
        row = {"date": dates[number], "message_type": f"{kind}_message", "content": content}
        messages.append({"id": _id("message", number), **row})
    conversation = {
        "id": id_,
        "agent_id": agent["id"],
        "summary": f"A conversation of {LONG} messages",
        "archived": False,
        "created_at": dates[0],
        "updated_at": dates[-1],
        "last_message_at": dates[-1],
        "in_context_message_ids": [row["id"] for row in (messages[0], *messages[-_IN_CONTEXT:])],
    }
    return {
        "agents": seed["agents"],
        "conversations": [*seed["conversations"], conversation],
        "messages": {**seed["messages"], id_: messages},
    }


def _id(kind: str, number: int) -> str:
    digest = sha256(f"long {kind} {number}".encode()).digest()
    return f"{kind}-{UUID(bytes=digest[:16], version=4)}"


def _brought(path: Path) -> Seed:
    try:
        found = yaml.safe_load(path.read_bytes())
    except (OSError, yaml.YAMLError) as error:
        raise SeedError(f"{path}: {' '.join(str(error).split())}. Mend it, then start again.") from error
    faults = list(_faults(found))
    if faults:
        more = f"\n… and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        listed = "\n".join(f"{path}: {fault}" for fault in faults[:_SHOWN])
        raise SeedError(f"This world breaks the contract; mend what is named, then start again:\n{listed}{more}")
    return {"conversations": [], "messages": {}, **found}


def _faults(seed: Any) -> Iterator[str]:
    """What is wrong with a seed; how its parts hang together is looked at once they are well-formed."""
    schemas = spec.load()["components"]["schemas"]
    text = {"type": "string", "minLength": 1}
    names = ("id", "name", "model", "system")
    agent = {"properties": dict.fromkeys(names, text), "required": [*names], "additionalProperties": False}
    conversation, message = (to_json_schema(schemas[name]) for name in ("Conversation", "Message"))
    shape = {
        "type": "object",
        "required": ["agents"],
        "additionalProperties": False,
        "properties": {
            "agents": {"type": "array", "minItems": 1, "items": {"type": "object", **agent}},
            "conversations": {"type": "array", "items": {"allOf": [conversation, {"required": ["created_at"]}]}},
            "messages": {"type": "object", "additionalProperties": {"type": "array", "minItems": 1, "items": message}},
        },
    }
    wrong = violations(Draft202012Validator(shape).iter_errors(seed), "seed")
    yield from (f"{'.'.join(map(str, one['loc'][1:])) or 'the file'}: {one['msg']}" for one in wrong)
    if not wrong:
        yield from _loose_ends({"conversations": [], "messages": {}, **seed})


def _loose_ends(seed: Seed) -> Iterator[str]:
    agents = [agent["id"] for agent in seed["agents"]]
    conversations = [conversation["id"] for conversation in seed["conversations"]]
    for id_ in sorted({id_ for ids in (agents, conversations) for id_ in ids if ids.count(id_) > 1}):
        yield f"{id_}: is there twice"
    for index, conversation in enumerate(seed["conversations"]):
        where = f"conversations.{index}"
        if conversation["agent_id"] not in agents:
            yield f"{where}.agent_id: {conversation['agent_id']} is no agent of this world"
        known = {row["id"] for row in seed["messages"].get(conversation["id"], [])}
        for id_ in conversation.get("in_context_message_ids") or ():
            if id_ not in known:
                yield f"{where}.in_context_message_ids: {id_} is no message of this conversation"
    owned = {*agents, *conversations}
    yield from (f"messages.{id_}: is no conversation of this world" for id_ in seed["messages"] if id_ not in owned)
    yield from (
        f"messages.{id_}.0: the first one has to be a system_message"
        for id_, rows in seed["messages"].items()
        if rows[0]["message_type"] != "system_message"
    )
