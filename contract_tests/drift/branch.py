"""A schema as the alternatives that it allows, one for each JSON type: the form in which two schemas are compared.

Whatever says the same becomes the same here: `nullable` and `anyOf` with a null, lists of types, `const` and an enum of
one value, an `allOf`, a `$ref` with keywords beside it, nested unions, both forms of `exclusiveMinimum`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from .document import Node

Schema = tuple[Node, ...]  # all of them hold, as in an allOf

ANY = "any"
NULL = "null"
OBJECT = "object"
ARRAY = "array"
NUMBERS = ("integer", "number")
_LOW = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_HIGH = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_BOUNDS = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "integer": ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"),
    "number": ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"),
    ARRAY: ("minItems", "maxItems", "uniqueItems"),
    OBJECT: ("minProperties", "maxProperties"),
}
_SAYS_NOTHING = {"format": ("int32", "int64", "float", "double", "password"), "uniqueItems": (False,)}
_BY_KEYWORD = {"properties": OBJECT, "required": OBJECT, "additionalProperties": OBJECT, "items": ARRAY}
_BY_VALUE = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, ARRAY), (dict, OBJECT))


@dataclass(frozen=True)
class Branch:
    """The values of one JSON type that a schema allows; `values` (as JSON) are all of them, where it lists them.

    `optional` marks what a conforming server may lack (LEVEL-12), whole or value by value. `union` is the innermost
    anyOf or oneOf that lists it, and `tag` what that is discriminated by.
    """

    kind: str
    node: Node
    bounds: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, bool] | None = None
    fields: Mapping[str, Schema] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    conditions: frozenset[frozenset[str]] = frozenset()
    items: Schema = ()
    extra: Schema = ()
    closed: bool = False
    optional: bool = False
    union: Node | None = None
    tag: str | None = None


def branches(schema: Schema) -> list[Branch]:
    """The alternatives of a schema; [] where nothing is allowed. Raises TargetError for a `$ref` that leads nowhere."""
    memory: dict[Hashable, list[Branch]] = schema[0].document.memory
    key = tuple(node.identity for node in schema)
    if key not in memory:
        memory[key] = _unified(_normal(reduce(_crossed, (_of(node, frozenset()) for node in schema))))
    return memory[key]


def _of(node: Node, trail: frozenset[Hashable]) -> list[Branch]:
    """The alternatives of one written schema; `trail` holds those around it, which it may not ask again."""
    if node.value is False or node.identity in trail:
        return []
    keys, trail = node.keys, trail | {node.identity}
    found = _own(node)
    if "$ref" in keys:
        found = _crossed(_of(node.document.goal(keys["$ref"], node.pointer), trail), found)
    for part in node.listing("allOf"):
        found = _crossed(found, _of(part, trail))
    for keyword in ("anyOf", "oneOf"):
        parts = node.listing(keyword)
        conditions = [_condition(part, _mapping(keys.get("properties"))) for part in parts]
        if parts and all(conditions):
            wanted = frozenset(conditions)
            found = [replace(one, conditions=wanted) if one.kind == OBJECT else one for one in found]
        elif parts:
            listed = [one for part in parts for one in _of(part, trail)]
            found = _crossed(found, [_listed(one, node) for one in listed])
    if keys.get("nullable") is True:
        found.append(Branch(NULL, node))
    if keys.get("x-contract-level") == "should":
        found = [replace(one, optional=True, values=one.values and dict.fromkeys(one.values, True)) for one in found]
    return found


def _listed(one: Branch, union: Node) -> Branch:
    discriminator = union.keys.get("discriminator")
    tag = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
    return replace(one, union=one.union or union, tag=one.tag or (tag if isinstance(tag, str) else None))


def _condition(part: Node, fields: Mapping[str, Any]) -> frozenset[str]:
    """Which of the `fields` beside it a part only says to go together; none, where it says more than that."""
    keys = part.followed.keys
    required = frozenset(name for name in _list(keys.get("required")) if isinstance(name, str))
    return required if "type" not in keys and required <= fields.keys() else frozenset()


def _own(node: Node) -> list[Branch]:
    """What the keywords of the schema itself allow, without those that combine others."""
    kinds = _kinds(node)
    values = _values(node)
    if values is None:
        return [_one(kind, node) for kind in kinds]
    by_kind: dict[str, dict[str, bool]] = {}
    for value in values:
        kind = next((kind for type_, kind in _BY_VALUE if isinstance(value, type_)), NULL)
        by_kind.setdefault(kind, {})[json.dumps(value, sort_keys=True, ensure_ascii=False)] = False
    allowed = {*kinds, *({NULL} if node.keys.get("nullable") is True else ())}
    return [
        replace(_one(kind, node), values=None if kind == NULL else listed)
        for kind, listed in by_kind.items()
        if allowed & {ANY, kind} or (kind == "integer" and "number" in allowed)
    ]


def _kinds(node: Node) -> list[str]:
    given = node.keys.get("type")
    if given is None:
        implied = [kind for keyword, kind in _BY_KEYWORD.items() if keyword in node.keys]
        implied += ["string" for keyword in _BOUNDS["string"] if keyword in node.keys]
        return implied[:1] or [ANY]
    return [str(kind) for kind in (given if isinstance(given, list) else [given])]


def _values(node: Node) -> list[Any] | None:
    if "const" in node.keys:
        return [node.keys["const"]]
    values = node.keys.get("enum")
    return values if isinstance(values, list) else None


def _one(kind: str, node: Node) -> Branch:
    keys = node.keys
    bounds = {
        name: keys[name]
        for name in _BOUNDS.get(kind, ())
        if _is_bound(name, keys.get(name)) and keys[name] not in _SAYS_NOTHING.get(name, ())
    }
    for name, inclusive in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(bounds.get(name), bool):  # OpenAPI 3.0
            exclusive = bounds.pop(name)
            if exclusive and inclusive in bounds:
                bounds[name] = bounds.pop(inclusive)
    if kind == ARRAY:
        return Branch(kind, node, bounds, items=(node.below("items"),) if "items" in keys else ())
    if kind != OBJECT:
        return Branch(kind, node, bounds)
    extra = keys.get("additionalProperties")
    return Branch(
        kind,
        node,
        bounds,
        fields={str(name): (node.below("properties", name),) for name in _mapping(keys.get("properties"))},
        required=frozenset(name for name in _list(keys.get("required")) if isinstance(name, str)),
        extra=(node.below("additionalProperties"),) if isinstance(extra, dict) and extra else (),
        closed=extra is False,
    )


def _is_bound(name: str, value: Any) -> bool:
    """Whether it is of the type that the keyword asks for; anything else says nothing."""
    if name in ("pattern", "format"):
        return isinstance(value, str)
    if name in ("exclusiveMinimum", "exclusiveMaximum", "uniqueItems") and isinstance(value, bool):
        return True
    return isinstance(value, int | float) and not isinstance(value, bool)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _crossed(left: Iterable[Branch], right: Iterable[Branch]) -> list[Branch]:
    right = list(right)
    return [both for one in left for other in right if (both := _both(one, other)) is not None]


def _both(one: Branch, other: Branch) -> Branch | None:
    """What both allow; None where that is nothing. It stands where `one` does, unless that says no more than `any`."""
    node = other.node if one.kind == ANY else one.node
    if other.kind == ANY or (one.kind, other.kind) == NUMBERS:
        one, other = other, one
    if one.kind not in (ANY, other.kind) and (other.kind, one.kind) != NUMBERS:
        return None
    values = other.values if one.values is None else one.values
    if one.values is not None and other.values is not None:
        values = {value: should for value, should in one.values.items() if value in other.values}
    names = dict.fromkeys((*one.fields, *other.fields))
    return Branch(
        other.kind,
        node,
        {name: _tighter(name, one, other) for name in dict.fromkeys((*one.bounds, *other.bounds))},
        values,
        {name: (*one.fields.get(name, ()), *other.fields.get(name, ())) for name in names},
        one.required | other.required,
        one.conditions | other.conditions,
        (*one.items, *other.items),
        (*one.extra, *other.extra),
        one.closed or other.closed,
        one.optional or other.optional,
        one.union or other.union,
        one.tag or other.tag,
    )


def _tighter(name: str, one: Branch, other: Branch) -> Any:
    given = [branch.bounds[name] for branch in (one, other) if name in branch.bounds]
    choose: Callable[..., Any] | None = max if name in _LOW else min if name in _HIGH else None
    return given[0] if choose is None or len(given) == 1 else choose(given)


def _normal(found: list[Branch]) -> list[Branch]:
    """Without alternatives that allow no value at all."""
    return [one for one in found if one.values is None or one.values]


def _unified(found: list[Branch]) -> list[Branch]:
    """One alternative for each scalar type, and one for all arrays with the same items; objects stay apart."""
    if any(one.kind == ANY for one in found):
        return [one for one in found if one.kind == ANY][:1]
    unified: list[Branch] = []
    for one in found:
        same = next((i for i, known in enumerate(unified) if _alike(known, one)), None)
        if same is None:
            unified.append(one)
        else:
            unified[same] = _either(unified[same], one)
    return unified


def _alike(one: Branch, other: Branch) -> bool:
    items = [{item.identity for item in branch.items} for branch in (one, other)]
    return one.kind == other.kind != OBJECT and items[0] == items[1]


def _either(one: Branch, other: Branch) -> Branch:
    values = None if one.values is None or other.values is None else {**other.values, **one.values}
    bounds = {name: value for name, value in one.bounds.items() if other.bounds.get(name) == value}
    if one.values is not None and other.values is not None:
        bounds = dict(one.bounds)  # what lists its values needs no bounds
    return replace(one, values=values, bounds=bounds, optional=one.optional and other.optional)
