"""Values drawn from a schema: valid, small, readable, and the same for the same seed in any process.

Hypothesis would draw odder ones, but what it draws depends on which modules a process has loaded, and costs
milliseconds; this costs microseconds.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from functools import reduce
from random import Random
from typing import Any
from uuid import UUID

from jsonschema_rs import Draft202012Validator
from letta_contract.spec import Schema

from .json_schema import to_json_schema
from .refusal import Refusal
from .spelling import spelled

_TRIES = 100
_WORDS = (
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "harbour",
    "inlet",
    "juniper",
    "kelp",
    "lagoon",
    "meadow",
    "north",
    "oak",
    "pebble",
)
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_NULLS = 0.15
"""How often what may be null is."""
_OPTIONALS = 0.7
"""How often what may be left out is there; below, ever less often."""


class Drawing:
    """One schema to draw from.

    What is drawn is validated: demands that are not read here (`not`, which of two variants) are met by trying again.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._validator = Draft202012Validator(to_json_schema(schema), validate_formats=True)

    def drawn(self, seed: str) -> Any:
        """A valid value. Raises Refusal where no attempt gives one."""
        random = Random(seed)  # noqa: S311  # not for secrets
        for _ in range(_TRIES):
            value = _value(self._schema, random, 0, "")
            if self._validator.is_valid(value):
                coherent = _coherent(value)
                return coherent if self._validator.is_valid(coherent) else value
        detail = "No value could be drawn from this schema. Ask for an example by its name instead of `dynamic`."
        raise Refusal(400, detail)


def _value(schema: Schema, random: Random, depth: int, name: str) -> Any:
    """Something for a schema; `name` is the property that it stands in, and says what may be meant."""
    schema = _plain(schema, random)
    enum = schema.get("enum")
    if schema.get("nullable") and (enum is None or None in enum) and random.random() < _NULLS:
        return None
    if enum is not None:
        return random.choice([value for value in enum if value is not None] or [None])
    type_ = schema.get("type") or _implied(schema, random)
    if type_ == "object":
        return _object(schema, random, depth)
    if type_ == "array":
        return _array(schema, random, depth, name)
    if type_ == "boolean":
        return random.random() < 0.5
    if type_ in ("integer", "number"):
        return _number(schema, random, whole=type_ == "integer")
    return _text(schema, random, name)


def _plain(schema: Schema, random: Random) -> Schema:
    """One way to satisfy it, without unions: a variant of each is chosen and joined to the rest."""
    parts = [_plain(part, random) for part in schema.get("allOf", ())]
    parts += [_plain(random.choice(schema[union]), random) for union in ("anyOf", "oneOf") if schema.get(union)]
    rest = {keyword: value for keyword, value in schema.items() if keyword not in ("allOf", "anyOf", "oneOf")}
    return reduce(_joined, parts, rest)


def _joined(one: Schema, other: Schema) -> Schema:
    joined = {**one, **other}
    for keyword, join in (("minimum", max), ("minLength", max), ("minItems", max), ("minProperties", max)):
        if keyword in one and keyword in other:
            joined[keyword] = join(one[keyword], other[keyword])
    for keyword, join in (("maximum", min), ("maxLength", min), ("maxItems", min), ("maxProperties", min)):
        if keyword in one and keyword in other:
            joined[keyword] = join(one[keyword], other[keyword])
    if "enum" in one and "enum" in other:
        joined["enum"] = [value for value in one["enum"] if value in other["enum"]]
    joined["required"] = [*dict.fromkeys((*one.get("required", ()), *other.get("required", ())))]
    properties = dict(one.get("properties", {}))
    for name, schema in other.get("properties", {}).items():
        properties[name] = {"allOf": [properties[name], schema]} if name in properties else schema
    joined["properties"] = properties
    if not (one.get("nullable", "type" not in one) and other.get("nullable", "type" not in other)):
        joined.pop("nullable", None)
    return joined


def _implied(schema: Schema, random: Random) -> str:
    """The type that a schema without one means."""
    if schema.get("properties") or "additionalProperties" in schema:
        return "object"
    if "items" in schema:
        return "array"
    if "minimum" in schema or "maximum" in schema:
        return "number"
    return "string" if "pattern" in schema or "format" in schema else random.choice(("string", "integer", "boolean"))


def _object(schema: Schema, random: Random, depth: int) -> dict[str, Any]:
    properties, required = schema.get("properties", {}), set(schema.get("required", ()))
    drawn = {
        name: _value(property_, random, depth + 1, name)
        for name, property_ in properties.items()
        if name in required or random.random() < _OPTIONALS ** (depth + 1)
    }
    more = schema.get("additionalProperties", True)
    missing = [name for name in schema.get("required", ()) if name not in drawn]
    count = max(
        schema.get("minProperties", 0) - len(drawn) - len(missing),
        random.randint(0, 2) if more and not properties else 0,
    )
    names = (*missing, *random.sample(_WORDS, min(count, len(_WORDS))))
    return drawn | {name: _value(more if isinstance(more, dict) else {}, random, depth + 1, name) for name in names}


def _array(schema: Schema, random: Random, depth: int, name: str) -> list[Any]:
    least = schema.get("minItems", 0)
    most = min(schema.get("maxItems", math.inf), max(least, 4 - depth, 1))
    items = [_value(schema.get("items", {}), random, depth + 1, name) for _ in range(random.randint(least, int(most)))]
    if schema.get("uniqueItems"):
        items = [item for index, item in enumerate(items) if item not in items[:index]]
    return items


def _number(schema: Schema, random: Random, *, whole: bool) -> float:
    step = schema.get("multipleOf", 1 if whole else 0.01)
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is None:
        least = 0 if most is None or most >= 0 else most - 1000 * step
    if most is None:
        most = least + 1000 * step
    first, last = math.ceil(least / step), math.floor(most / step)
    first += bool(schema.get("exclusiveMinimum")) and first * step <= least
    last -= bool(schema.get("exclusiveMaximum")) and last * step >= most
    if first > last:
        return random.uniform(least, most)
    value = random.randint(first, last) * step
    return int(value) if whole else round(value, 6)


def _text(schema: Schema, random: Random, name: str) -> str:
    least, most = schema.get("minLength", 0), schema.get("maxLength", math.inf)
    if "pattern" in schema:
        texts = (spelled(schema["pattern"], random) for _ in range(_TRIES))
        return next((text for text in texts if least <= len(text) <= most), "")
    text = _formatted(schema.get("format"), random) or _named(name, random)
    if "format" not in schema:
        words = iter(lambda: random.choice(_WORDS), None)
        while len(text) < least:
            text += " " + next(words)
        text = text[: int(most)] if len(text) > most else text
    return text


def _formatted(format_: str | None, random: Random) -> str | None:
    moment = _EPOCH + timedelta(seconds=random.randrange(365 * 86_400))
    word = random.choice(_WORDS)
    return {
        "date-time": moment.isoformat().replace("+00:00", "Z"),
        "date": moment.date().isoformat(),
        "time": moment.time().isoformat() + "Z",
        "uuid": _uuid(random),
        "email": f"{word}@example.com",
        "hostname": f"{word}.example.com",
        "ipv4": f"192.0.2.{random.randrange(256)}",
        "ipv6": f"2001:db8::{random.randrange(65536):x}",
        "uri": f"https://example.com/{word}",
        "uri-reference": f"/{word}",
        "byte": "bW9jaw==",
        "regex": "^a+$",
        "json-pointer": f"/{word}",
        "duration": f"PT{random.randrange(60)}M",
    }.get(format_ or "")


def _named(name: str, random: Random) -> str:
    """A text that looks like what its property is called."""
    if name == "id" or name.endswith(("_id", "_ids")):
        kind = name.removesuffix("_ids").removesuffix("_id").rpartition("_")[2].removesuffix("id")
        return f"{kind}-{_uuid(random)}".lstrip("-")
    return " ".join(random.choice(_WORDS) for _ in range(random.randint(1, 4)))


def _uuid(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def _coherent(value: Any) -> Any:
    """The same value, with the numbers and dates that the contract binds to one another in keeping (STATE)."""
    if isinstance(value, list):
        return [_coherent(item) for item in value]
    if not isinstance(value, dict):
        return value
    value = {name: _coherent(item) for name, item in value.items()}
    if "total_tokens" in value:
        value["total_tokens"] = value.get("prompt_tokens", 0) + value.get("completion_tokens", 0)
    if "num_messages_before" in value:
        value["num_messages_after"] = min(value["num_messages_before"], value["num_messages_after"])
    if "archived_at" in value and not value.get("archived"):
        value["archived_at"] = None
    return value
