from __future__ import annotations

from dataclasses import replace

import pytest
from letta_contract.contract_tests.case import Case, Row
from letta_contract.contract_tests.fingerprint import cause, fingerprint
from letta_contract.contract_tests.verdict import Verdict

CASE = Case("list_conversations", "slug", "It must.", "STATE-24", lambda _: iter(()))
ONE, OTHER = "conv-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364", "conv-00000000-0000-4000-8000-000000000000"


def row(expected: str = "", cause: str = "", rule: str = "STATE-24") -> Row:
    return Row("a row", Verdict.FAIL, expected, "what came", rule, cause)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"ids after {ONE}", f"ids after {OTHER}"),
        (f"['{ONE}', '{OTHER}']", f"['{OTHER}']"),
        ("2026-02-03T04:05:06.7Z", "2026-02-04T04:05:06+00:00"),
        ("within 0.9 s", "within 12 s"),
        ("the server sent 512 of 1024 bytes", "the server sent 7 of 90 bytes"),
    ],
)
def test_same_in_every_run(one: str, other: str) -> None:
    """Ids, dates, counts and times differ from run to run, and the failure is the same."""
    assert fingerprint(CASE, row(one)) == fingerprint(CASE, row(other))
    assert fingerprint(CASE, row(cause=one)) == fingerprint(CASE, row(cause=other))


def test_name_and_reply_of_a_row_do_not_count() -> None:
    """What was tried first and what exactly came back are no part of the cause."""
    first = row("404: the id is unknown", cause="200 where it should have been refused")
    other = replace(first, name="request 7", expected="404: another", actual="200 {}", verdict=Verdict.KNOWN)
    assert fingerprint(CASE, first) == fingerprint(CASE, other)


def test_other_failures_differ() -> None:
    """Another case, rule, cause or status is another failure."""
    rows = [row("a"), row("b"), row("a", rule="STATE-25"), row("404 where refused"), row("500 where refused")]
    prints = {fingerprint(CASE, one) for one in rows} | {fingerprint(replace(CASE, slug="other"), rows[0])}
    assert len(prints) == 6


def test_cause_reads_well() -> None:
    """What differs is a #, a status at the beginning stays."""
    assert cause(row(f"ids {ONE} {OTHER}, 3 of 4.5")) == "ids # of #"
    assert cause(row("x", "422 body breaks anyOf/0/type")) == "422 body breaks anyOf/#/type"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("65f1c0ffee0123456789abcd", "65f1c0ffee0123456789abce"),
        ("01J0ZQ5V6N8M7K4T3R2P1Q0W9X", "01J0ZQ5V6N8M7K4T3R2P1Q0W9Y"),
    ],
)
def test_ids_of_other_forms_are_ids(one: str, other: str) -> None:
    """What a message is called is the server's own affair: 24 hexadecimal digits and ULIDs are common."""
    assert cause(Row("a", Verdict.FAIL, f"{one} first")) == cause(Row("a", Verdict.FAIL, f"msg_{other} first"))
