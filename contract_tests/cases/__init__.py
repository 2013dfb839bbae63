"""Every case of the gate, one module a section of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from letta_contract.contract_tests.case import Case
from letta_contract.spec import Operation

from . import (
    boundaries,
    branches,
    changes,
    conditions,
    context,
    default,
    deletion,
    error_body,
    excerpts,
    filters,
    flags,
    forks,
    generated,
    history,
    lifecycle,
    linked,
    listing,
    lives,
    messages,
    methods,
    nasty,
    newer,
    path_id,
    providers,
    runs,
    streams,
    tokens,
    tools,
    turns,
)

MODULES = (
    *(tokens, methods, path_id, error_body),
    *(boundaries, providers, nasty),
    *(lifecycle, changes, newer, forks, deletion),
    *(listing, filters, conditions, history, branches, messages, excerpts, default),
    *(turns, streams, flags, tools, runs, context, lives),
    *(generated, linked),
)


def every_case(operations: Iterable[Operation]) -> Iterator[Case]:
    """Every case, in the order of the contract's sections."""
    operations = list(operations)
    for module in MODULES:
        yield from module.cases(operations)
