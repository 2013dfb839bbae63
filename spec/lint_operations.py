"""Rules about what each operation says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from .operation import Operation
from .source import Pointer
from .subject import Found, Subject

SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


def operation_ids(subject: Subject) -> Iterator[Found]:
    """Every operation has an operationId in snake_case that no other has."""
    count = Counter(operation.raw.get("operationId") for _, operation in subject.operations)
    for pointer, operation in subject.operations:
        name = operation.raw.get("operationId")
        if name is None:
            yield subject.found(pointer, "no operationId. Give it the name that servers and clients have for it.")
        elif not SNAKE_CASE.fullmatch(name):
            yield subject.found((*pointer, "operationId"), f"operationId {name!r} is not in snake_case. Write it so.")
        elif count[name] > 1:
            yield subject.found((*pointer, "operationId"), f"operationId {name!r} is taken already. Choose another.")


def operation_summaries(subject: Subject) -> Iterator[Found]:
    """Every operation has a summary."""
    for pointer, operation in subject.operations:
        if not operation.raw.get("summary", "").strip():
            yield subject.found(pointer, f"{operation.id} has no summary. Say in one line what it does.")


def operation_tags(subject: Subject) -> Iterator[Found]:
    """Every operation has one tag, which the root declares."""
    declared = {tag["name"] for tag in subject.resolved.get("tags", [])}
    for pointer, operation in subject.operations:
        tags = operation.raw.get("tags", [])
        if len(tags) != 1:
            yield subject.found(pointer, f"{operation.id} has {len(tags)} tags. Give it one.")
        elif tags[0] not in declared:
            yield subject.found((*pointer, "tags"), f"the tag {tags[0]!r} is not declared. Add it to the root's tags.")


def operation_levels(subject: Subject) -> Iterator[Found]:
    """Every operation says whether it is a MUST or a SHOULD."""
    for pointer, operation in subject.operations:
        if "x-contract-level" not in operation.raw:
            yield subject.found(pointer, f"{operation.id} has no level. Add `x-contract-level: must` or `should`.")


def contract_levels(subject: Subject) -> Iterator[Found]:
    """`x-contract-level` is must or should, wherever it stands."""
    for node in subject.nodes:
        level = node.value.get("x-contract-level", "must")
        if level not in ("must", "should"):
            yield subject.found((*node.pointer, "x-contract-level"), f"level {level!r} is none. Write must or should.")


def tolerations(subject: Subject) -> Iterator[Found]:
    """`x-tolerated` is absent or null, wherever it stands."""
    for node in subject.nodes:
        tolerated = node.value.get("x-tolerated", "null")
        if tolerated not in ("absent", "null"):
            at = (*node.pointer, "x-tolerated")
            yield subject.found(at, f"{tolerated!r} cannot be tolerated. Write absent, or 'null' in quotes.")


def no_default_responses(subject: Subject) -> Iterator[Found]:
    """No operation has a default response, which would accept every status."""
    for pointer, operation in subject.operations:
        if "default" in operation.raw["responses"]:
            at = subject.tree.locate_key((*pointer, "responses", "default"))
            yield subject.found_at(at, "a default response accepts every status. Name the statuses instead.")


def unauthorized_is_documented(subject: Subject) -> Iterator[Found]:
    """Every operation documents 401."""
    yield from _missing(subject, subject.operations, (401,))


def ids_can_fail(subject: Subject) -> Iterator[Found]:
    """Every operation with an id in its path documents 404 and 422."""
    yield from _missing(subject, [pair for pair in subject.operations if "{" in pair[1].path], (404, 422))


def _missing(
    subject: Subject, operations: list[tuple[Pointer, Operation]], statuses: tuple[int, ...]
) -> Iterator[Found]:
    for pointer, operation in operations:
        for status in statuses:
            if status not in operation.statuses:
                at = (*pointer, "responses")
                yield subject.found(at, f"{operation.id} does not document {status}. Add the response.")
