"""Which operation of the target's document is which of the contract, whatever its prefix, slash and parameter names."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from letta_contract.contract_tests.errors import TargetError
from letta_contract.spec.shape import METHODS

from .document import Node

_COLLECTION = "/v1/conversations"
_PARAMETER = re.compile(r"\{([^{}]*)\}")
_HOST = re.compile(r"[^/]*//[^/]*")


@dataclass(frozen=True)
class Operation:
    """One method of one path, which begins with that of the server: `item` is the path's node, `node` its own."""

    method: str
    path: str
    item: Node
    node: Node

    @property
    def id(self) -> str:
        """Its operationId; of one without, method and path."""
        return str(self.node.keys.get("operationId") or f"{self.method} {self.path}")

    @property
    def shape(self) -> tuple[str, str]:
        """Its method and path, without the names of parameters and the slash at the end."""
        return self.method, _shape(self.path)

    @property
    def variables(self) -> list[str]:
        """The names of its path's parameters, in their order."""
        return _PARAMETER.findall(self.path)


@dataclass(frozen=True)
class Pairing:
    """The contract's operations, each with the target's or None; and what only the target has for conversations."""

    both: list[tuple[Operation, Operation | None]]
    extra: list[Operation]


def operations(document: Node) -> list[Operation]:
    """Every operation of a document, in its order."""
    base = _base(document)
    return [
        Operation(method.upper(), base + path, item, item.below(method))
        for path, item in document.mapping("paths").items()
        for method in item.keys
        if method in METHODS and isinstance(item.keys[method], dict)
    ]


def pair(contract: Node, target: Node) -> Pairing:
    """Pair the operations of both. Raises TargetError where the target has none of the contract's paths."""
    ours, theirs = operations(contract), operations(target)
    prefix = _prefix(ours, theirs)
    if prefix is None:
        raise TargetError(
            f"{target.document.name} has none of the contract's {len(ours)} operations: it describes another API. "
            "Check the address, and a path prefix that it may need."
        )
    by_shape: dict[tuple[str, str], Operation] = {}
    for one in theirs:
        if _shape(one.path).startswith(prefix):
            by_shape.setdefault((one.method, _shape(one.path).removeprefix(prefix)), one)
    known = {one.shape for one in ours}
    near = {path for _, path in known}
    extra = [
        one
        for (method, path), one in by_shape.items()
        if (method, path) not in known
        and (path in near or path == _COLLECTION or path.startswith(f"{_COLLECTION}/"))
        and method not in ("HEAD", "OPTIONS")
    ]
    return Pairing([(one, by_shape.get(one.shape)) for one in ours], extra)


def _base(document: Node) -> str:
    """The path of the first of a document's servers, below which its own paths are."""
    url = next((str(server.keys.get("url", "")) for server in document.listing("servers")), "")
    path = _HOST.sub("", url, count=1).rstrip("/")
    return path if path.startswith("/") else ""


def _prefix(ours: list[Operation], theirs: list[Operation]) -> str | None:
    """What stands in front of most of the contract's paths in the target's; None where none of them is there."""
    known = {one.shape for one in ours}
    found = Counter(
        _shape(one.path).removesuffix(path)
        for one in theirs
        for method, path in known
        if method == one.method and _shape(one.path).endswith(path)
    )
    return max(found, key=lambda prefix: (found[prefix], -len(prefix))) if found else None


def _shape(path: str) -> str:
    return _PARAMETER.sub("{}", path).rstrip("/")
