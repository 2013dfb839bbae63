"""The parameters of one operation, by their place and name."""

from __future__ import annotations

from .branch import Schema
from .defaults import compare_defaults
from .difference import Direction, Side
from .document import Node
from .found import Found
from .pairing import Operation
from .schemas import Comparison
from .wording import type_of

Parameters = dict[tuple[str, str], Node]
_NOT_OURS = {"accept", "content-type", "authorization"}  # headers that OpenAPI says in other ways


def compare_parameters(found: Found, our: Operation, their: Operation) -> None:
    """Note every difference between the parameters of two operations."""
    prefix = len(their.variables) - len(our.variables)
    renamed = dict(zip(their.variables[prefix:], our.variables, strict=True))
    ours, theirs = _parameters(our), _parameters(their, renamed)
    for name in their.variables[:prefix]:  # which an address holds already
        theirs.pop(("path", name), None)
    by_name = {name: (place, node) for (place, name), node in theirs.items()}
    moved = set()
    for (place, name), node in ours.items():
        subject = f"{place} {name}"
        if (place, name) in theirs:
            _compare(found, subject, node, theirs[place, name])
        elif name in by_name and (by_name[name][0], name) not in ours:
            moved.add((by_name[name][0], name))
            here, there = (f"in {place}", node), (f"in {by_name[name][0]}", by_name[name][1])
            found.tell(subject, "parameter-location", Direction.OTHER, here, there)
        else:
            _missing(found, subject, node, their)
    for (place, name), node in theirs.items():
        if (place, name) not in ours and (place, name) not in moved:
            _extra(found, f"{place} {name}", node, our)


def _parameters(operation: Operation, renamed: dict[str, str] | None = None) -> Parameters:
    """The parameters by place and name, those of the path item included; a path's by the contract's name for it."""
    listed = [one.followed for node in (operation.item, operation.node) for one in node.listing("parameters")]
    parameters = {}
    for node in listed:
        if not {"in", "name"} <= node.keys.keys():
            continue  # no parameter
        place, name = str(node.keys["in"]), str(node.keys["name"])
        if place == "header":
            name = name.lower()
        if place == "path":
            name = (renamed or {}).get(name, name)
        if place != "header" or name not in _NOT_OURS:
            parameters[place, name] = node
    return parameters


def _compare(found: Found, subject: str, our: Node, their: Node) -> None:
    here, there = _required(our), _required(their)
    if here is not there:
        words = ("optional", "required")
        direction = Direction.STRICTER if there else Direction.WIDER
        found.tell(subject, "required", direction, (words[here], our), (words[there], their))
    ours, theirs = schema_of(our), schema_of(their)
    if ours and theirs:
        walk = Comparison(found, Side.REQUEST)
        walk.compare(subject, ours, theirs, nulls=False)
        compare_defaults(walk, subject, ours, theirs)
        if type_of(ours).startswith("array") and _style(our) != _style(their):
            found.tell(subject, "style", Direction.OTHER, (_style(our), our), (_style(their), their))


def schema_of(parameter: Node) -> Schema:
    """The schema of a parameter, which may stand in a media type; () where it has none."""
    if "schema" in parameter.keys:
        return (parameter.below("schema"),)
    inside = [media.below("schema") for media in parameter.mapping("content").values() if "schema" in media.keys]
    return tuple(inside[:1])


def _required(parameter: Node) -> bool:
    return parameter.keys.get("required") is True or parameter.keys.get("in") == "path"


def _style(parameter: Node) -> str:
    """How a list is written, as the key repeated or in one value."""
    keys = parameter.keys
    style = keys.get("style", "form" if keys.get("in") in ("query", "cookie") else "simple")
    return f"style {style}, explode {str(keys.get('explode', style == 'form')).lower()}"


def _missing(found: Found, subject: str, node: Node, their: Operation) -> None:
    should = node.keys.get("x-contract-level") == "should"
    here = (f"{type_of(schema_of(node))}, {'required' if _required(node) else 'optional'}", node)
    found.tell(
        subject,
        "parameter-missing",
        Direction.STRICTER,
        here,
        ("no such parameter", their.node),
        allowed=should,
        rule="LEVEL-12" if should else "",
    )


def _extra(found: Found, subject: str, node: Node, our: Operation) -> None:
    needed = _required(node)
    schema = schema_of(node)
    there = (f"{type_of(schema) if schema else 'any'}, {'required' if needed else 'optional'}", node)
    direction = Direction.STRICTER if needed else Direction.WIDER
    found.tell(subject, "parameter-extra", direction, ("no such parameter", our.node), there, allowed=not needed)
