"""Rules about schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .lint_operations import SNAKE_CASE
from .operation import Schema
from .subject import Found, Node, Subject
from .when import properties_of

_DEPRECATED = re.compile(r"\bdeprecated\b", re.IGNORECASE)


def properties_are_snake_case(subject: Subject) -> Iterator[Found]:
    """Every property's name is in snake_case."""
    for pointer, schema in subject.schemas:
        for name in schema.get("properties", {}):
            if not SNAKE_CASE.fullmatch(name):
                yield subject.found(
                    (*pointer, "properties", name), f"property {name!r} is not in snake_case. Write it so."
                )


def deprecation_is_marked(subject: Subject) -> Iterator[Found]:
    """A field, parameter or operation whose text says that it is deprecated says so to machines too."""
    for node in subject.nodes:
        if _can_be_deprecated(node) and node.value.get("deprecated") is not True:
            for key in ("summary", "description"):
                if _DEPRECATED.search(str(node.value.get(key, ""))):
                    yield subject.found((*node.pointer, key), "deprecated in prose only. Add `deprecated: true`.")


def objects_are_open(subject: Subject) -> Iterator[Found]:
    """No object forbids further fields: servers may add some."""
    for pointer, schema in subject.schemas:
        if schema.get("additionalProperties") is False:
            at = (*pointer, "additionalProperties")
            yield subject.found(at, "an object that forbids further fields. Take `additionalProperties: false` out.")


def nulls_are_plain(subject: Subject) -> Iterator[Found]:
    """`nullable` stands beside a type that is no object, and its enum lists null; validators differ on all else."""
    for pointer, schema in subject.schemas:
        if schema.get("nullable") is not True:
            continue
        at = (*pointer, "nullable")
        if schema.get("type") in (None, "object") or any(key in schema for key in ("allOf", "anyOf", "oneOf")):
            yield subject.found(at, "nullable beside a union or an object. Write `anyOf: [<it>, <the null schema>]`.")
        elif None not in schema.get("enum", [None]):
            yield subject.found(at, "nullable, but its enum does not list null. Add null to the enum.")


def unions_are_tagged(subject: Subject) -> Iterator[Found]:
    """A oneOf has a discriminator without mapping, and each variant its own tag: a required enum of one value."""
    for pointer, schema in subject.schemas:
        discriminator = schema.get("discriminator")
        if discriminator is None and "oneOf" not in schema:
            continue
        if discriminator is None:
            yield subject.found((*pointer, "oneOf"), "a oneOf without discriminator. Name its tag, or use anyOf.")
            continue
        if "oneOf" not in schema:
            yield subject.found((*pointer, "discriminator"), "a discriminator without oneOf. Give the union as oneOf.")
            continue
        if "mapping" in discriminator:
            at = (*pointer, "discriminator", "mapping")
            yield subject.found(at, "a discriminator's mapping dangles once files are joined. Take it out.")
        tag = discriminator["propertyName"]
        taken: set[Any] = set()
        for index, variant in enumerate(schema["oneOf"]):
            values = tag_values(variant, tag)
            at = (*pointer, "oneOf", index)
            if len(values) != 1 or not _requires(variant, tag):
                yield subject.found(
                    at, f"a variant without a required {tag!r} of one value. Give it `enum: [<its tag>]`."
                )
            elif values[0] in taken:
                yield subject.found(at, f"the tag {values[0]!r} is another variant's already. Give it its own.")
            taken.update(values)


def tag_values(schema: Schema, name: str) -> list[Any]:
    """The values that a variant allows for its tag; empty where it allows any."""
    return next((found["enum"] for found in properties_of(schema, name) if "enum" in found), [])


def _requires(schema: Schema, name: str) -> bool:
    return name in schema.get("required", ()) or any(_requires(part, name) for part in schema.get("allOf", ()))


def _can_be_deprecated(node: Node) -> bool:
    is_operation = "responses" in node.value
    is_parameter = "in" in node.value and "name" in node.value
    return node.is_schema or is_operation or is_parameter or node.pointer[-2:-1] == ("headers",)
