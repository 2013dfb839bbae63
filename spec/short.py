"""A schema in a few words, for a person who looks something up."""

from __future__ import annotations

import json
from typing import Any

from .operation import Schema

_MANY = 60


def type_of(schema: Schema) -> str:
    """Its type in short form: `string | null`, `array of integer`, `asc | desc`, `17 kinds by provider_type`."""
    if "enum" in schema:
        return _joined([_value(value) for value in schema["enum"]])
    text = _type(schema)
    return f"{text} | null" if schema.get("nullable") and not text.endswith("null") else text


def limits_of(schema: Schema) -> str:
    """What else a value must keep to, its default among it; empty where that is nothing."""
    low, high = schema.get("minLength"), schema.get("maxLength")
    parts = [
        _range(low, high, "characters"),
        _range(schema.get("minItems"), schema.get("maxItems"), "items"),
        _range(schema.get("minimum"), schema.get("maximum"), ""),
        f"matches {schema['pattern']}" if "pattern" in schema else "",
        f"default {_value(schema['default'])}" if "default" in schema else "",
    ]
    return ", ".join(part for part in parts if part)


def fields_of(schema: Schema) -> dict[str, tuple[Schema, bool]]:
    """The fields of an object by name, each with whether it is required; those of every part of an allOf or union."""
    fields: dict[str, tuple[Schema, bool]] = {}
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        fields[name] = (field, name in required)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(keyword, ()):
            for name, found in fields_of(part).items():
                fields.setdefault(name, found)
    return fields


def _type(schema: Schema) -> str:
    if "discriminator" in schema:
        return f"{len(schema.get('oneOf', ()))} kinds by {schema['discriminator']['propertyName']}"
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema and "properties" not in schema:
            return _joined(list(dict.fromkeys(type_of(part) for part in schema[keyword])))
    kind = str(schema.get("type", "object" if fields_of(schema) else "any"))
    if kind == "array":
        items = type_of(schema.get("items", {}))
        return f"array of ({items})" if " | " in items else f"array of {items}"
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def _joined(parts: list[str]) -> str:
    text = " | ".join(parts)
    if len(text) <= _MANY or len(parts) <= 3:
        return text
    return f"{' | '.join(parts[:3])} | … ({len(parts)} values)"


def _range(low: Any, high: Any, unit: str) -> str:
    if low is None and high is None:
        return ""
    if low == high:
        text = f"{low}"
    elif high is None:
        text = f"≥ {low}"
    elif low is None:
        text = f"≤ {high}"
    else:
        text = f"{low} to {high}"
    return f"{text} {unit}".strip()


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
