"""Where a 422 says that something is wrong (CONTRACT.md, ERR-3, TOL-17)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from letta_contract.spec import Schema

from .exchange import Exchange
from .minimal import alternatives, merged

Steps = Sequence[str | int]


def locs(exchange: Exchange) -> list[list[str | int]]:
    """The `loc` of each entry of a 422 of the right shape; of any other answer none."""
    if exchange.reply is None or exchange.reply.status != 422:
        return []
    try:
        found = [entry["loc"] for entry in exchange.reply.json["detail"]]
    except (ValueError, KeyError, TypeError):
        return []
    return [loc for loc in found if isinstance(loc, list)]


def holds(loc: Steps, steps: Steps) -> bool:
    """Whether the steps stand in `loc`, in order; others may stand between them, such as the names of variants.

    An index may be spelt as a number or as text.
    """
    rest = iter(loc)
    return all(any(str(step) == str(wanted) for step in rest) for wanted in steps)


def names(loc: Steps, culprit: Steps, schema: Schema | None = None) -> bool:
    """Whether `loc` tells of the culprit: of itself, of its nearest parent, or of a union of the body around it.

    What fits none of a union's variants is wrong as a whole, and a validator may look no further.
    """
    near = [culprit, culprit[:-1] or culprit]
    if schema is not None and culprit[0] == "body":
        near += [culprit[: 1 + depth] for depth in _unions([schema], culprit[1:])]
    return any(holds(loc, steps) for steps in near)


def _unions(schemas: list[Schema], pointer: Steps) -> Iterator[int]:
    """How many steps of a pointer lead to each union that it goes through."""
    for depth, step in enumerate(pointer):
        schemas, union = _opened(schemas)
        if union:
            yield depth
        if isinstance(step, int):
            schemas = [schema["items"] for schema in schemas if "items" in schema]
        else:
            schemas = [schema["properties"][step] for schema in schemas if step in schema.get("properties", {})]


def _opened(schemas: list[Schema]) -> tuple[list[Schema], bool]:
    """Schemas with their variants in their place, and whether there are several to choose from."""
    opened: list[Schema] = []
    union = False
    for schema in map(merged, schemas):
        variants = [] if "properties" in schema else [one for one in alternatives(schema) if one.get("enum") != [None]]
        union = union or len(variants) > 1
        inner, deeper = _opened(variants) if variants else ([schema], False)
        opened += inner
        union = union or deeper
    return opened, union
