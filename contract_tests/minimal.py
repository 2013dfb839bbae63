"""The smallest values that fit a schema, and what a schema is made of."""

from __future__ import annotations

from typing import Any

from letta_contract.spec import Schema

_MINIMAL: dict[str, Any] = {"string": "text", "integer": 1, "number": 0.5, "boolean": True}
_DATE = "2026-02-03T04:05:06Z"


def minimal(schema: Schema, having: str | None = None) -> Any:
    """The smallest value that fits; of an object whose forms differ in what they require, the form with `having`.

    It says what it is, also where it need not: what is wrong with it could otherwise be right for something else.
    """
    schema = merged(schema)
    if "properties" in schema:
        tags = [name for name, part in schema["properties"].items() if is_tag(part)]
        required = [*tags, *schema.get("required", ()), *_form(schema, having).get("required", ())]
        return {name: minimal(schema["properties"][name]) for name in required}
    if alternatives(schema):
        return minimal(alternatives(schema)[0])
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [minimal(schema["items"])] if schema.get("minItems") else []
    if schema.get("format") == "date-time":
        return _DATE
    return {} if schema.get("type") == "object" else _MINIMAL.get(schema.get("type", ""), "text")


def full(schema: Schema, *, last: bool = False) -> Any:
    """A value that has every property, at any depth; of a union, the first form that is an object, if any is.

    With `last`, the last value of each enum, not the first.
    """
    schema = merged(schema)
    if "properties" in schema:
        return {name: full(part, last=last) for name, part in schema["properties"].items()}
    if alternatives(schema):
        forms = [form for form in alternatives(schema) if form.get("enum") != [None]]
        return full(next((form for form in forms if "properties" in form), forms[0]), last=last)
    if last and "enum" in schema:
        return [value for value in schema["enum"] if value is not None][-1]
    return minimal(schema)


def is_tag(schema: Schema) -> bool:
    """Whether a field tells what an object is: it has one value."""
    return len([value for value in schema.get("enum", ()) if value is not None]) == 1


def merged(schema: Schema) -> Schema:
    """A schema with what its allOf says drawn into it."""
    if "allOf" not in schema:
        return schema
    whole: Schema = {key: value for key, value in schema.items() if key != "allOf"}
    for part in map(merged, schema["allOf"]):
        whole["properties"] = {**part.get("properties", {}), **whole.get("properties", {})}
        whole["required"] = list(dict.fromkeys([*part.get("required", ()), *whole.get("required", ())]))
        whole = {**part, **whole}
    return whole


def _form(schema: Schema, having: str | None) -> Schema:
    forms: list[Schema] = [form for form in schema.get("anyOf", ()) if "required" in form]
    return next((form for form in forms if having in form["required"]), forms[-1] if forms else {})


def alternatives(schema: Schema) -> list[Schema]:
    """The variants of a union; none of what is no union."""
    found: list[Schema] = schema.get("oneOf") or schema.get("anyOf") or []
    return found


def tags(schema: Schema) -> set[str]:
    """The names of the properties that tell a union's variants apart, anywhere in a schema."""
    found = {schema["discriminator"]["propertyName"]} if "discriminator" in schema else set()
    inner = [*schema.get("properties", {}).values(), *alternatives(schema), *schema.get("allOf", ())]
    for part in [*inner, *([schema["items"]] if "items" in schema else [])]:
        found |= tags(part)
    return found
