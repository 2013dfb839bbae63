"""Turns of drawn events, in an order that the document allows (SSE-4 to SSE-10)."""

from __future__ import annotations

from random import Random
from typing import Any

from letta_contract.spec import EventStream, Schema

from .dynamic import Drawing
from .reply import encode

_MANY = 4
"""The most events of a group that may have any number."""
_OFTEN = 0.6
_REASONS = {"failed": ("llm_api_error", "error"), "cancelled": ("cancelled",)}
_ELSE = ("end_turn", "max_steps", "tool_rule", "no_tool_call")
"""Which reasons a turn may tell, by its name: the document has one list for all of them."""


def drawn_turn(stream: EventStream, seed: str) -> str:
    """The text of a whole stream, the same for the same seed. Raises Refusal where no event can be drawn."""
    random = Random(seed)  # noqa: S311  # not for secrets
    turn = random.choice([*([next(iter(stream.turns))] * 3), *stream.turns])
    text = ""
    for group in stream.turns[turn]:
        for _ in range(_count(group.occurs, random)):
            for interposed in stream.anywhere:
                if random.random() > _OFTEN:
                    text += _event(stream, interposed, turn, random)
            text += _event(stream, random.choice(group.of), turn, random)
    return f"{text}data: {stream.terminator}\n\n"


def _count(occurs: str, random: Random) -> int:
    return {"once": 1, "optional": random.randint(0, 1), "any": random.randint(1, _MANY)}[occurs]


def _event(stream: EventStream, type_: str, turn: str, random: Random) -> str:
    schema = random.choice(_variants(stream, type_))
    if type_ == "stop_reason":
        schema = {"allOf": [schema], "properties": {"stop_reason": {"enum": list(_REASONS.get(turn, _ELSE))}}}
    value: Any = Drawing(schema).drawn(str(random.random()))
    name = stream.event_name(type_)
    return (f"event: {name}\n" if name else "") + f"data: {encode(value).decode()}\n\n"


def _variants(stream: EventStream, type_: str) -> list[Schema]:
    """The variants that a message type may be; all of them where none says so."""
    variants: list[Schema] = stream.events.get("oneOf") or stream.events.get("anyOf") or [stream.events]
    return [
        one for one in variants if type_ in one.get("properties", {}).get(stream.tag, {}).get("enum", ())
    ] or variants
