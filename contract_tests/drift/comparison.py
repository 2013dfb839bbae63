"""The whole comparison: every operation of the contract beside the target's."""

from __future__ import annotations

from dataclasses import dataclass

from letta_contract.contract_tests.errors import TargetError

from .bodies import compare_request_body, compare_responses
from .contract import the_contract
from .difference import Difference, Direction
from .document import Document
from .found import Found
from .pairing import Operation, pair
from .parameters import compare_parameters
from .security import compare_security

_INTERNAL = "/messages/preview-raw-payload"


@dataclass(frozen=True)
class Drift:
    """What a comparison came to: `described` is what the document says it is, `operations` how many were compared."""

    target: str
    described: str
    contract: str
    operations: int
    differences: tuple[Difference, ...]


def compare(target: Document) -> Drift:
    """Lay the contract beside a target's document.

    Raises TargetError for a document without any of the contract's operations, and for a `$ref` in one of them that
    leads nowhere.
    """
    contract = the_contract()
    pairing = pair(contract.top, target.top)
    found = Found()
    try:
        for our, their in pairing.both:
            found.operation = our.id
            _compare(found, our, their, target)
    except RecursionError as error:
        raise TargetError(f"{target.name} is nested past any sense. Take some levels out.") from error
    for one in pairing.extra:
        found.operation = f"{one.method} {one.path}"
        _extra(found, one, contract)
    return Drift(target.name, _described(target), contract.version, len(pairing.both), found.differences)


def _compare(found: Found, our: Operation, their: Operation | None, target: Document) -> None:
    if their is None:
        what = (f"{our.method} {our.path}", our.node)
        found.tell(our.id, "operation-missing", Direction.STRICTER, what, ("no such operation", target.top))
        return
    compare_parameters(found, our, their)
    compare_request_body(found, our, their)
    compare_responses(found, our, their)
    compare_security(found, our, their)


def _extra(found: Found, one: Operation, contract: Document) -> None:
    rule = "OP-15" if one.path.endswith(_INTERNAL) else ""
    here, there = ("no such operation", contract.top.below("paths")), (found.operation, one.node)
    found.tell(found.operation, "operation-extra", Direction.WIDER, here, there, allowed=True, rule=rule)


def _described(target: Document) -> str:
    """What the document says it is."""
    info = target.top.child("info")
    named = info.keys if info else {}
    title = [str(named[key]) for key in ("title", "version") if key in named]
    return ", ".join([f"OpenAPI {target.root['openapi']}", *([" ".join(title)] if title else [])])
