"""The objects of two schemas: fields, variants of a union by their tag, and which fields go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .bounds import compare_bounds
from .branch import ANY, Branch, branches
from .contract import name_of
from .defaults import compare_defaults
from .difference import Direction, Side
from .document import Node
from .unions import paired
from .wording import listed, type_of

if TYPE_CHECKING:
    from .schemas import Comparison

_ONLY_0_16 = {"isolated_block_labels", "isolated_block_ids"}  # documented so that both kinds of server conform (DOC-1)


def compare_objects(walk: Comparison, subject: str, ours: list[Branch], theirs: list[Branch], contract: Node) -> None:
    """Note every difference between the objects that two schemas allow; `contract` is where ours are listed."""
    union = ours[0].union or contract
    family = name_of(union) or subject
    pairing = paired(ours, theirs)
    for name, one in pairing.missing:
        walk.tell(
            f"{family}({name})",
            "variant-missing",
            Direction.STRICTER,
            (f"{name}, one of {len(ours)} kinds", one.node),
            (f"no {name}", theirs[0].union or theirs[0].node),
            allowed=one.optional,
            rule="LEVEL-12" if one.optional else "",
        )
    for name, one in pairing.extra:
        walk.tell(
            f"{family}({name})", "variant-extra", Direction.WIDER, (f"no {name}", union), (f"{name} as well", one.node)
        )
    for name, our, their in pairing.both:
        variant = subject if len(ours) == 1 else f"{family}({name})"
        _compare_fields(walk, name_of(our.node) or variant, our, their, pairing.tag)


def _compare_fields(walk: Comparison, subject: str, our: Branch, their: Branch, tag: str | None) -> None:
    pair = (subject, our.node.identity, their.node.identity)
    if pair in walk.seen:
        return
    walk.seen.add(pair)
    if our.fields and not (their.fields or their.extra or their.closed):
        here = (f"an object with {listed(our.fields)}", our.node)
        walk.tell(subject, "says-nothing", Direction.WIDER, here, ("any object", their.node), silent=True)
        return
    for name, field in our.fields.items():
        if name in their.fields:
            _compare_required(walk, f"{subject}.{name}", name, our, their, tag)
            walk.compare(f"{subject}.{name}", field, their.fields[name])
            if walk.side is Side.REQUEST:
                compare_defaults(walk, f"{subject}.{name}", field, their.fields[name])
        else:
            _missing(walk, f"{subject}.{name}", name, our, their)
    for name in [name for name in their.fields if name not in our.fields]:
        _extra(walk, f"{subject}.{name}", name, our, their)
    compare_bounds(walk, subject, our, their)
    _compare_conditions(walk, subject, our, their)
    _compare_rest(walk, subject, our, their)


def _compare_required(walk: Comparison, subject: str, name: str, our: Branch, their: Branch, tag: str | None) -> None:
    here, there = name in our.required, name in their.required
    # A variant is found by its tag, whatever the document says; and an answer is sent with its defaults in it.
    sure = name == tag or (walk.side is Side.RESPONSE and _has_default(their.fields[name]))
    if here is there or (here and sure):
        return
    direction = Direction.STRICTER if there else Direction.WIDER
    words = ("optional", "required")
    contract, target = (words[here], our.fields[name][0]), (words[there], their.fields[name][0])
    walk.tell(subject, "required", direction, contract, target)


def _has_default(field: tuple[Node, ...]) -> bool:
    return any("default" in node.keys or "default" in node.followed.keys for node in field)


def _missing(walk: Comparison, subject: str, name: str, our: Branch, their: Branch) -> None:
    field = our.fields[name]
    here, there = (f"{type_of(field)}, {_need(name, our)}", field[0]), ("no such field", their.node)
    only_0_16 = name in _ONLY_0_16
    should = any(node.keys.get("x-contract-level") == "should" for node in field)
    rule = "DOC-1" if only_0_16 else "LEVEL-12" if should else ""
    # An answer without a required field holds less, but to its reader it is another one.
    gone = walk.side is Side.RESPONSE and name in our.required
    direction = Direction.OTHER if gone else Direction.STRICTER
    walk.tell(subject, "field-missing", direction, here, there, allowed=bool(rule), rule=rule)


def _extra(walk: Comparison, subject: str, name: str, our: Branch, their: Branch) -> None:
    field = their.fields[name]
    needed = walk.side is Side.REQUEST and name in their.required
    if not our.fields and not needed:
        return  # any object will do, so this one does
    direction = Direction.STRICTER if needed else Direction.WIDER
    here, there = ("no such field", our.node), (f"{type_of(field)}, {_need(name, their)}", field[0])
    walk.tell(subject, "field-extra", direction, here, there, allowed=not needed, rule="" if needed else "DOC-4")


def _need(name: str, branch: Branch) -> str:
    return "required" if name in branch.required else "optional"


def _compare_conditions(walk: Comparison, subject: str, our: Branch, their: Branch) -> None:
    if our.conditions == their.conditions:
        return
    direction = (
        Direction.OTHER
        if our.conditions and their.conditions
        else Direction.WIDER
        if our.conditions
        else Direction.STRICTER
    )
    here, there = ((_condition(one), one.node) for one in (our, their))
    walk.tell(subject, "condition", direction, here, there, silent=not their.conditions)


def _condition(one: Branch) -> str:
    groups = sorted(" and ".join(sorted(group)) for group in one.conditions)
    return f"needs {' or '.join(groups)}" if groups else "needs neither of them"


def _compare_rest(walk: Comparison, subject: str, our: Branch, their: Branch) -> None:
    """Fields that neither names: objects are open (DOC-4, DOC-5), unless the contract says of what."""
    if their.closed and not our.closed:
        here, there = ("open to other fields", our.node), ("closed: additionalProperties is false", their.node)
        # The contract's own fields are in it, so that a client of it does not notice.
        asked = walk.side is Side.REQUEST
        rule = "DOC-5" if asked else "DOC-4"
        walk.tell(subject, "closed", Direction.STRICTER, here, there, silent=asked, rule=rule)
    elif our.extra and their.extra:
        walk.compare(f"{subject}.*", our.extra, their.extra)
    elif our.extra:
        here, there = (f"each value is {type_of(our.extra)}", our.extra[0]), ("any value", their.node)
        walk.tell(f"{subject}.*", "says-nothing", Direction.WIDER, here, there, silent=True)
    elif their.extra and not our.fields and all(one.kind != ANY for one in branches(their.extra)):
        here, there = ("any value", our.node), (f"each value is {type_of(their.extra)}", their.extra[0])
        walk.tell(f"{subject}.*", "type", Direction.STRICTER, here, there)
