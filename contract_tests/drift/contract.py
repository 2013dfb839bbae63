"""The contract as the comparison walks it: resolved, with the file and line of each value, and the names of schemas."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache

from letta_contract.spec import ROOT
from letta_contract.spec.subject import Subject

from .document import Document, Node, Pointer


class ContractDocument(Document):
    """The split document, whose references the loader has followed."""

    def __init__(self) -> None:
        self.subject = Subject.of(ROOT)
        super().__init__(self.subject.resolved, "the contract")
        self._located: dict[Pointer, Hashable] = {}

    @property
    def version(self) -> str:
        """The contract's own version."""
        return str(self.root["info"]["version"])

    def place(self, pointer: Pointer) -> str:
        """File and line, as `spec/paths/fork.yaml:5`."""
        return "{}:{}".format(*self.subject.tree.shown(pointer))

    def identity(self, pointer: Pointer) -> Hashable:
        """The file, and the pointer in it."""
        if pointer not in self._located:
            self._located[pointer] = self.subject.tree.locate(pointer)
        return self._located[pointer]


@cache
def the_contract() -> ContractDocument:
    """The contract, loaded once."""
    return ContractDocument()


def name_of(node: Node) -> str | None:
    """The name of a schema of the contract that stands for itself in a file; None for one that is part of another."""
    identity = node.identity
    if not isinstance(node.document, ContractDocument) or not isinstance(identity, tuple):
        return None
    path, pointer = identity
    return str(pointer[0]) if path.parent.name == "schemas" and len(pointer) == 1 else None
