"""The schema of a body, and the parts of it that can be loosened or tightened."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def parts(schema: Schema, *steps: str) -> list[Schema]:
    """The schemas of the property that `steps` lead to, through lists and alternatives.

    A step `name=value` keeps to objects whose tag `name` has that value, and does not go deeper itself.
    """
    found = [schema]
    for step in steps:
        name, tagged, value = step.partition("=")
        objects = [whole for part in found for whole in _objects(part) if name in whole["properties"]]
        if tagged:
            found = [whole for whole in objects if value in whole["properties"][name].get("enum", ())]
        else:
            found = [whole["properties"][name] for whole in objects]
    unique = {id(part): part for part in found}
    if not unique:
        raise LookupError(f"The schema has no {' '.join(steps)}. Give steps that it has.")
    return list(unique.values())


def objects(schema: Schema, *steps: str) -> list[Schema]:
    """The object schemas that `steps` lead to."""
    return [whole for part in (parts(schema, *steps) if steps else [schema]) for whole in _objects(part)]


def _objects(schema: Schema) -> list[Schema]:
    own = [schema] if "properties" in schema else []
    inner = [part for keyword in ("allOf", "anyOf", "oneOf") for part in schema.get(keyword, ())]
    if "items" in schema:
        inner.append(schema["items"])
    return [*own, *(whole for part in inner for whole in _objects(part))]
