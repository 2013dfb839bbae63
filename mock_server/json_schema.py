"""OpenAPI 3.0 schemas as JSON Schema 2020-12, for validators that name the culprit.

A union becomes a choice, first by JSON type and then by tag, so that a violation inside the variant that was meant is
reported as such and not as "none of 17 variants fits".
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

Schema = dict[str, Any]

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
_SAME = (
    *("enum", "format", "required", "pattern", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems"),
    *("minimum", "maximum", "multipleOf", "minProperties", "maxProperties"),
)


def to_json_schema(schema: Schema) -> Schema:
    """The same demands in JSON Schema; what demands nothing (descriptions, examples, extensions) is left out."""
    converted: Schema = {keyword: schema[keyword] for keyword in _SAME if keyword in schema}
    if "type" in schema:
        converted["type"] = [schema["type"], "null"] if schema.get("nullable") else schema["type"]
    for bound, keyword in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if schema.get(keyword) is True:
            converted[keyword] = converted.pop(bound)
    for keyword in ("items", "not", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            converted[keyword] = to_json_schema(schema[keyword])
        elif keyword in schema:
            converted[keyword] = schema[keyword]
    if "properties" in schema:
        converted["properties"] = {name: to_json_schema(value) for name, value in schema["properties"].items()}
    parts = [to_json_schema(part) for part in schema.get("allOf", ())]
    parts += [_choice(keyword, schema[keyword]) for keyword in ("anyOf", "oneOf") if keyword in schema]
    if parts:
        converted["allOf"] = parts
    return converted


def _choice(keyword: str, variants: list[Schema]) -> Schema:
    """A union, as a choice by JSON type where each variant says its own."""
    types = [_types(variant) for variant in variants]
    if not all(types):
        return _alternatives(keyword, variants)
    choice: Schema = {"type": sorted(set().union(*types), key=TYPES.index), "allOf": []}
    for type_ in choice["type"]:
        ours = [variant for variant, named in zip(variants, types, strict=True) if type_ in named]
        demands = _by_tag(keyword, ours) if len(ours) > 1 else to_json_schema(ours[0])
        if demands != {"type": type_}:
            choice["allOf"].append({"if": {"type": type_}, "then": demands})
    return choice if choice["allOf"] else {"type": choice["type"]}


def _by_tag(keyword: str, variants: list[Schema]) -> Schema:
    """A union of objects, as a choice by the property whose value tells them apart."""
    tag = next((name for name in variants[0].get("properties", ()) if _tells_apart(name, variants)), None)
    if tag is None:
        return _alternatives(keyword, variants)
    known = [value for variant in variants for value in variant["properties"][tag]["enum"] if value is not None]
    tagged: Schema = {
        "required": [tag],
        "properties": {tag: {"enum": known}},
        "allOf": [
            {"if": _has(tag, {"enum": variant["properties"][tag]["enum"]}), "then": to_json_schema(variant)}
            for variant in variants
        ],
    }
    untagged = [variant for variant in variants if tag not in variant.get("required", ())]
    if not untagged:
        return tagged
    return {"if": _has(tag, {"not": {"type": "null"}}), "then": tagged, "else": _alternatives(keyword, untagged)}


def _has(name: str, demands: Schema) -> Schema:
    return {"required": [name], "properties": {name: demands}}


def _tells_apart(name: str, variants: list[Schema]) -> bool:
    enums = [variant.get("properties", {}).get(name, {}).get("enum") for variant in variants]
    if not all(enums):
        return False
    values = [{value for value in enum if value is not None} for enum in enums]
    return all(one.isdisjoint(other) for one, other in combinations(values, 2))


def _alternatives(keyword: str, variants: list[Schema]) -> Schema:
    if len(variants) == 1:
        return to_json_schema(variants[0])
    return {keyword: [to_json_schema(variant) for variant in variants]}


def _types(schema: Schema) -> set[str]:
    """The JSON types that a schema lets pass, as far as it says so; empty where it does not."""
    if None in schema.get("enum", ()) and len(schema["enum"]) == 1:
        return {"null"}
    if "type" in schema:
        return {schema["type"], "null"} if schema.get("nullable") else {schema["type"]}
    for keyword in ("anyOf", "oneOf"):
        parts = [_types(part) for part in schema.get(keyword, ())]
        if parts and all(parts):
            return set().union(*parts)
    return set()
