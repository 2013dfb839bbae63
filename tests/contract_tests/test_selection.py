from __future__ import annotations

import pytest
from letta_contract.contract_tests.case import Case
from letta_contract.contract_tests.errors import UsageError
from letta_contract.contract_tests.selection import select


def run(_bench: object) -> object:
    return iter(())


CASES = [
    Case(operation, slug, "It must.", "OP-1", run)  # type: ignore[arg-type]
    for operation in ("create_conversation", "list_conversations")
    for slug in ("length", "form", "limit-is-kept")
]


@pytest.mark.parametrize(
    ("wanted", "unwanted", "ids"),
    [
        ([], [], "cl cf ck ll lf lk"),
        (["create_conversation"], [], "cl cf ck"),
        (["list_conversations/form"], [], "lf"),
        (["*/form", "create_conversation/length"], [], "cl cf lf"),
        (["*conversations/l*"], [], "ll lk"),
        (["create_*"], ["*/form"], "cl ck"),
        ([], ["list_conversations", "*/length"], "cf ck"),
        (["*/[fl]*"], ["*/limit*"], "cl cf ll lf"),
    ],
)
def test_patterns_name_cases(wanted: list[str], unwanted: list[str], ids: str) -> None:
    """A pattern is an operation, an id or a glob of either; the order is that of the cases, each once."""
    letters = {"length": "l", "form": "f", "limit-is-kept": "k"}
    chosen = select(CASES, wanted, unwanted)
    assert " ".join(case.operation[0] + letters[case.slug] for case in chosen) == ids


@pytest.mark.parametrize(
    ("wanted", "unwanted", "message"),
    [
        (["list_conversation"], [], "No case is named 'list_conversation'. Did you mean list_conversations"),
        ([], ["list_conversations/fom"], "No case is named 'list_conversations/fom'. Did you mean list_conversations/"),
        (["xyz"], [], "No case is named 'xyz'. See: letta-contract list"),
        (["create_conversation", "xyz"], [], "No case is named 'xyz'. See: letta-contract list"),
        (["Create_conversation"], [], "No case is named 'Create_conversation'. Did you mean create_conversation"),
        ([""], [], "No case is named ''."),
        (["create_conversation"], ["create_*"], "No case is left to run. Take out a --skip, or name fewer cases."),
    ],
)
def test_pattern_that_names_nothing_is_a_usage_error(wanted: list[str], unwanted: list[str], message: str) -> None:
    """A slip in a name never makes a run that judges less than it seems to; the near names are told."""
    with pytest.raises(UsageError) as caught:
        select(CASES, wanted, unwanted)
    assert str(caught.value).startswith(message)


def test_cases_may_come_one_by_one() -> None:
    """Any iterable of cases will do."""
    assert select(iter(CASES), ["list_conversations"]) == CASES[3:]
