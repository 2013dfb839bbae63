"""How one operation wants to be told who asks."""

from __future__ import annotations

from .difference import Direction
from .document import Node
from .found import Found
from .pairing import Operation
from .wording import listed

_BEARER = "bearer token"


def compare_security(found: Found, our: Operation, their: Operation) -> None:
    """Note where a bearer token (DOC-3) would not do, or where the document does not ask for one."""
    theirs, place = _alternatives(their)
    here = (_BEARER, our.node.document.top.below("security"))
    if not any(theirs):
        found.tell(
            "security", "security-missing", Direction.WIDER, here, ("asks for none", place), silent=True, rule="DOC-3"
        )
    elif not any(needed <= {_BEARER} for needed in theirs):
        told = listed(sorted(" and ".join(sorted(needed)) for needed in theirs))
        found.tell("security", "security", Direction.STRICTER, here, (told, place), rule="DOC-3")


def _alternatives(operation: Operation) -> tuple[list[frozenset[str]], Node]:
    """What is asked for, each alternative as the schemes that it needs together, and where that is said."""
    top = operation.node.document.top
    place = operation.node if "security" in operation.node.keys else top
    schemes = {}
    components = top.child("components")
    if components is not None:
        schemes = {name: _kind(name, node) for name, node in components.mapping("securitySchemes").items()}
    listed_ = [node.keys for node in place.listing("security")]
    where = place.below("security") if "security" in place.keys else place
    return [frozenset(schemes.get(name, name) for name in needed) for needed in listed_], where


def _kind(name: str, scheme: Node) -> str:
    """Whatever is sent as `Authorization: Bearer …` is a bearer token, wherever it was got."""
    keys = scheme.keys
    type_ = keys.get("type")
    if type_ in ("oauth2", "openIdConnect") or (type_ == "http" and str(keys.get("scheme")).lower() == "bearer"):
        return _BEARER
    if type_ == "apiKey":
        return f"{keys.get('in')} {keys.get('name')}"
    return f"{type_} {keys.get('scheme', name)}"
