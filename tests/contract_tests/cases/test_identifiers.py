from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from letta_contract.contract_tests.cases import identifiers
from letta_contract.contract_tests.cases.identifiers import ODD, UNKNOWN, Segment
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.json_schema import Reading, validator
from letta_contract.spec.rules import rules

Form = Literal["conversation", "strict conversation", "agent"]
FORMS: dict[Form, str] = {
    "conversation": "fork_conversation",
    "strict conversation": "retrieve_conversation",
    "agent": "summarize_messages",
}
TABLES = (identifiers.lengths, identifiers.forms, identifiers.characters, identifiers.code_points)


@pytest.mark.parametrize(("form", "operation_id"), FORMS.items())
@pytest.mark.parametrize("table", TABLES)
def test_expected_status_follows_from_the_schema(
    contract: Contract, table: Callable[[Form], Iterator[Segment]], form: Form, operation_id: str
) -> None:
    """What is off the document's schema is to be refused, what is on it is to be unknown; the odd is left free."""
    (parameter,) = contract.operations[operation_id].parameters("path").values()
    schema = validator(parameter["schema"], Reading.REPLY)
    for segment in table(form):
        if segment.statuses == ODD:
            assert "\0" in segment.raw
        else:
            assert schema.is_valid(segment.raw) == (segment.statuses == UNKNOWN), segment.name
            assert (422 in segment.statuses) is not schema.is_valid(segment.raw), segment.name
        assert segment.rule in rules()


@pytest.mark.parametrize("form", FORMS)
def test_every_segment_is_another(form: Form) -> None:
    """No two names and no two values of one form are the same, but for `default`, which comes with an agent as well."""
    segments = [segment for table in TABLES for segment in table(form)]
    assert len({segment.name for segment in segments}) == len(segments)
    values = [(segment.raw, segment.agent_id) for segment in segments]
    assert len(set(values)) == len(values)


@pytest.mark.parametrize(
    ("form", "lengths"),
    [
        ("conversation", {1, 40, 41, 42, 43, 64, 255, 5000}),
        ("strict conversation", {1, 40, 41, 42, 43, 64, 255, 5000}),
        ("agent", {1, 40, 41, 42, 43, 64, 255, 5000}),
    ],
)
def test_lengths_are_those_at_which_servers_go_wrong(form: Form, lengths: set[int]) -> None:
    """Both sides of every boundary are tried, and the name says how long a segment is."""
    segments = list(identifiers.lengths(form))
    assert {len(segment.raw) for segment in segments} == lengths
    for segment in segments:
        assert int(segment.name.split()[0]) == len(segment.raw)


@pytest.mark.parametrize("form", FORMS)
def test_code_points_are_told_from_bytes_and_units(form: Form) -> None:
    """There is one segment of the right length in bytes and one in UTF-16 units that is wrong in code points."""
    right = 41 if form == "strict conversation" else 42
    segments = [segment.raw for segment in identifiers.code_points(form)]
    assert any(len(raw) == right and len(raw.encode()) != right for raw in segments)
    assert any(len(raw) != right and len(raw.encode()) in (right, right - 1) for raw in segments)
    assert any(len(raw) != right and len(raw.encode("utf-16-le")) // 2 in (right, right - 1) for raw in segments)
    assert all(re.search(r"[^\x00-\x7f]", raw) for raw in segments)
