"""The document's schemas as JSON Schema, in three readings.

OpenAPI 3.0 writes null, tags and levels in its own way; a validator wants plain JSON Schema. And one schema answers
three questions that the contract keeps apart:

REPLY     what a server may send
VALID     what every conforming server accepts: without what is only a SHOULD (LEVEL-2 to LEVEL-10)
POSSIBLE  what some server may accept by coercing it (TOL-2 to TOL-6): only what is outside must be 422 (TOL-10)
"""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

import jsonschema_rs
from letta_contract.spec import Schema

_KEPT = (
    *("type", "enum", "format", "required", "minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
)
_NUMERIC_TEXT = r"^\s*[+-]?[\d_.]+([eE][+-]?\d+)?\s*$|^\s*[+-]?(?i:inf|infinity|nan)\s*$"
_BOOLEAN_TEXT = r"^(?i:true|false|t|f|yes|no|y|n|on|off|1|0|1\.0|0\.0)$"
_LIKE_A_DATE = r"^\s*[+-]?\d"
_SAFE_YEARS = r"^(19[7-9]|20[0-9])\d-\d\d-\d\d[T]\d\d:\d\d:[0-5]\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$"

_COERCIBLE: dict[str, list[Schema]] = {
    "integer": [{"type": "boolean"}, {"type": "string", "pattern": _NUMERIC_TEXT}],
    "number": [{"type": "boolean"}, {"type": "string", "pattern": _NUMERIC_TEXT}],
    "boolean": [{"enum": [0, 1]}, {"type": "string", "pattern": _BOOLEAN_TEXT}],
    "date-time": [{"type": ["number", "boolean"]}, {"type": "string", "pattern": _LIKE_A_DATE}],
}


class Reading(Enum):
    """Which question a schema answers."""

    REPLY = "reply"
    VALID = "valid"
    POSSIBLE = "possible"


def validator(schema: Schema, reading: Reading) -> Any:
    """A compiled validator (`is_valid`, `iter_errors`) of one schema object in one reading."""
    return jsonschema_rs.Draft202012Validator(translate(schema, reading), validate_formats=True)


def breaches(validator: Any, value: Any) -> list[Any]:
    """Every breach, with its `message` and paths; lone surrogates, which no message can hold, are ?."""
    try:
        return list(validator.iter_errors(value))
    except UnicodeEncodeError:
        return list(validator.iter_errors(json.loads(json.dumps(value, ensure_ascii=False).encode(errors="replace"))))


def translate(schema: Schema, reading: Reading) -> Schema:
    """One OpenAPI 3.0 schema object as JSON Schema."""
    plain = {key: value for key, value in schema.items() if key in _KEPT}
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            plain[key] = [translate(part, reading) for part in _members(schema[key], reading)]
    if "not" in schema:
        plain["not"] = translate(schema["not"], Reading.REPLY)
    if "items" in schema:
        plain["items"] = translate(schema["items"], reading)
    if isinstance(schema.get("additionalProperties"), dict):
        plain["additionalProperties"] = translate(schema["additionalProperties"], reading)
    if "properties" in schema:
        plain["properties"] = {name: _property(part, reading) for name, part in schema["properties"].items()}
    if reading is Reading.VALID:
        _narrow(plain)
    if reading is Reading.POSSIBLE:
        plain = _tolerated(_widened(plain), schema)
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") else plain


def is_should(schema: Schema) -> bool:
    """Whether a server may lack what this schema describes."""
    return schema.get("x-contract-level") == "should"


def _property(schema: Schema, reading: Reading) -> Schema:
    """A server that does not know a property ignores it, whatever its value (DOC-5)."""
    return {} if reading is Reading.POSSIBLE and is_should(schema) else translate(schema, reading)


def _members(parts: list[Schema], reading: Reading) -> list[Schema]:
    if reading is Reading.VALID:
        return [part for part in parts if not is_should(part)]
    if reading is Reading.POSSIBLE:
        return [_tag_only(part) if is_should(part) else part for part in parts]
    return parts


def _tag_only(variant: Schema) -> Schema:
    """A variant that a server may not know, and so need not judge: an object's tag is all that is asked of it."""
    if variant.get("type") != "object":
        return variant
    tags = {name: part for name, part in variant.get("properties", {}).items() if len(part.get("enum", ())) == 1}
    return {"type": "object", "properties": tags, "required": [n for n in variant.get("required", ()) if n in tags]}


def _narrow(plain: Schema) -> None:
    """Keep to dates that no conforming server may refuse."""
    if plain.get("format") == "date-time":
        plain["pattern"] = _SAFE_YEARS


def _tolerated(plain: Schema, schema: Schema) -> Schema:
    """Admit what a server may take though no client may send it: `x-tolerated`."""
    fields = schema.get("properties", {})
    wanted = [name for name in schema.get("required", ()) if fields.get(name, {}).get("x-tolerated") != "absent"]
    if "required" in plain:
        plain = {**plain, "required": wanted}
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("x-tolerated") == "null" else plain


def _widened(plain: Schema) -> Schema:
    """Admit what a lenient server coerces; bounds are not judged on coerced values, only their form is."""
    kind = "date-time" if plain.get("format") == "date-time" else plain.get("type")
    return {"anyOf": [plain, *_COERCIBLE[kind]]} if kind in _COERCIBLE else plain
