from __future__ import annotations

from letta_contract.contract_tests.case import Case, Collection, Need, Result, Row
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.verdict import Verdict

CASE = Case("list_conversations", "slug", "It must.", "OP-2", lambda _: iter(()))


def failed(name: str, rule: str = "", cause: str = "", expected: str = "") -> Row:
    return Row(name, Verdict.FAIL, expected, rule=rule, cause=cause)


def test_id_is_operation_and_slug() -> None:
    """The id is the same everywhere, and no function is in a case's representation."""
    assert CASE.id == "list_conversations/slug"
    assert "lambda" not in repr(CASE)


def test_result_is_as_bad_as_its_worst_row() -> None:
    """One failed value fails the case."""
    rows = (Row("a", Verdict.PASS), failed("b"), Row("c", Verdict.SKIP))
    assert Result(CASE, rows).verdict is Verdict.FAIL
    assert Result(CASE, rows[:1]).verdict is Verdict.PASS


def test_case_that_tried_nothing_has_not_passed() -> None:
    """Without a single row something is wrong with the case, unless it was left out on purpose."""
    assert Result(CASE, ()).verdict is Verdict.ERROR
    assert Result(CASE, (), without_rows=Verdict.SKIP).verdict is Verdict.SKIP


def test_failures_with_one_cause_stand_together() -> None:
    """One bug that many values meet is one failure; without a cause, what was expected tells them apart."""
    a, b, c = failed("a", "R-1", "x"), failed("b", "R-1", "y"), failed("c", "R-1", "x")
    d, e, f = failed("d", "R-2", "x"), failed("e", "R-1", expected="z"), failed("f", "R-1", expected="z")
    rows = (a, Row("p", Verdict.PASS), b, c, d, e, f)
    assert Result(CASE, rows).failures == [[a, c], [b], [d], [e, f]]


def test_collection_makes_cases_of_functions(contract: Contract) -> None:
    """A decorated function becomes a case as often as it is decorated, for those operations that are asked about."""
    case = Collection()

    @case("fork_conversation", "one", "R-1", "It must.", level="should", needs=Need.STATE)
    @case("update_conversation", "two", "R-2", "It must, too.")
    def run(_bench: object) -> object:
        return iter(())

    assert callable(run)
    a, b = (contract.operations[name] for name in ("fork_conversation", "update_conversation"))
    one = Case(a.id, "one", "It must.", "R-1", run, "should", Need.STATE)
    two = Case(b.id, "two", "It must, too.", "R-2", run)
    assert list(case.among([a, b])) == [two, one]
    assert list(case.among(iter([a]))) == [one]
