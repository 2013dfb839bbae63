from __future__ import annotations

import pytest
from letta_contract.contract_tests.bench import Bench
from letta_contract.contract_tests.case import Case, Result, Row, Tried
from letta_contract.contract_tests.cases import boundaries, path_id
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.coverage import Covered, coverage, place
from letta_contract.contract_tests.expectation import Kind
from letta_contract.contract_tests.runner import run
from letta_contract.contract_tests.verdict import Verdict


def result(operation: str, *tried: Tried, verdict: Verdict = Verdict.PASS) -> Result:
    case = Case(operation, "slug", "It must.", "OP-1", lambda _: iter(()))
    return Result(case, tuple(Row("a", verdict, tried=one) for one in tried))


def line(contract: Contract, operation: str, where: str, constraint: str, *results: Result) -> Covered:
    lines = coverage(contract.operations.values(), results)
    (found,) = [c for c in lines if (c.operation, c.place, c.constraint) == (operation, where, constraint)]
    return found


def test_place_is_one_word() -> None:
    """Steps are joined by dots, and every item of a list is one place."""
    assert place(["body", "messages", 0, "content", 1, "text"]) == "body.messages[].content[].text"


def test_nothing_is_tried_unless_it_was(contract: Contract) -> None:
    """Without results there is a line for every constraint, and none is tried; each stands there once."""
    lines = coverage(contract.operations.values(), [])
    assert {state for c in lines for state in (c.inside, c.outside)} == {"not tried", "none"}
    keys = [(c.operation, c.place, c.constraint) for c in lines]
    assert len(keys) == len(set(keys)) > 100
    assert {c.operation for c in lines} == set(contract.operations)


def test_each_side_counts_for_itself(contract: Contract) -> None:
    """A refused value is outside, an accepted one inside, a failed one was tried as well, a skipped one was not."""
    where = ("list_conversations", "query.order", "enum")
    inside = Tried("query.order", "enum", Kind.ACCEPT)
    outside = Tried("query.order", "enum", Kind.REFUSE)
    one = line(contract, *where, result("list_conversations", outside, verdict=Verdict.FAIL))
    assert (one.value, one.inside, one.outside) == ("asc, desc", "not tried", "tried")
    both = line(contract, *where, result("list_conversations", inside, outside))
    assert (both.inside, both.outside) == ("tried", "tried")
    none = line(contract, *where, result("list_conversations", inside, verdict=Verdict.SKIP))
    assert none.inside == "not tried"


def test_field_of_another_operation_is_tried_elsewhere(contract: Contract) -> None:
    """The same constraint of the same field, tried on another operation, is no gap and is told apart."""
    other = result("list_conversation_messages", Tried("query.order", "enum", Kind.REFUSE))
    assert line(contract, "list_conversations", "query.order", "enum", other).outside == "tried elsewhere"


def test_what_is_free_is_not_judged(contract: Contract) -> None:
    """A value that servers may take or refuse was neither inside nor outside."""
    free = result("list_conversations", Tried("query.order", "enum", Kind.FREE))
    assert line(contract, "list_conversations", "query.order", "enum", free).outside == "not judged"


def test_null_and_required_have_the_sides_that_they_have(contract: Contract) -> None:
    """There is nothing outside of a null that is allowed, and nothing inside of one that is not."""
    null = line(contract, "create_conversation", "body.summary", "null")
    assert (null.value, null.inside, null.outside) == ("allowed", "not tried", "none")
    required = line(contract, "create_conversation", "query.agent_id", "required")
    assert (required.inside, required.outside) == ("not tried", "not tried")


@pytest.mark.parametrize(
    ("operation", "where", "constraint"),
    [
        ("list_conversations", "query.limit", "type"),
        ("list_conversation_messages", "query.include_return_message_types", "enum"),
        ("compact_conversation", "body.compaction_settings.mode", "enum"),
        ("compact_conversation", "path.conversation_id", "maxLength"),
    ],
)
def test_gate_tries_both_sides(bench: Bench, contract: Contract, operation: str, where: str, constraint: str) -> None:
    """What the gate tries shows up as tried."""
    operations = [contract.operations[operation]]
    cases = [case for module in (boundaries, path_id) for case in module.cases(operations) if case.slug.count("-") < 3]
    found = line(contract, operation, where, constraint, *run(cases, bench))
    assert (found.inside, found.outside) == ("tried", "tried")
