from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from letta_contract.contract_tests.baseline import UNEXPLAINED, UNOWNED, Baseline, BaselineError, Known, read, write
from letta_contract.contract_tests.case import Case, Result, Row
from letta_contract.contract_tests.cases import every_case
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.fingerprint import fingerprint
from letta_contract.contract_tests.verdict import Verdict
from letta_contract.fixtures import ROOT as FIXTURES

CASE = Case("list_conversations", "slug", "It must.", "STATE-24", lambda _: iter(()))
AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"  # in the mock's world
BAD = Row("bad", Verdict.FAIL, "an order", "another", "STATE-24")
TODAY = date(2026, 5, 1)
ENTRY = Known(CASE.id, fingerprint(CASE, BAD), "an order", "They know.", "the API team", TODAY)
TOMORROW = TODAY + timedelta(days=1)


def failed(*rows: Row, case: Case = CASE) -> Result:
    return Result(case, rows or (BAD,))


def test_known_failure_is_known_up_to_its_last_day() -> None:
    """An entry accepts its failure until the day that it expires is over, and says why."""
    row = Baseline((ENTRY,), TODAY).applied(failed()).rows[0]
    assert (row.verdict, row.reason) == (Verdict.KNOWN, "They know. (the API team, until 2026-05-01)")
    assert Baseline((ENTRY,), TOMORROW).applied(failed()).rows[0].verdict is Verdict.FAIL


def test_new_failure_of_the_same_case_fails() -> None:
    """A case with a known failure still fails for another one."""
    other = Row("bad", Verdict.FAIL, "a bound", "more", "STATE-21")
    assert Baseline((ENTRY,), TODAY).applied(failed(BAD, other)).verdict is Verdict.FAIL


def test_drawn_request_is_known_by_the_case_that_names_it() -> None:
    """Selected alone, a drawn case does not fail for what the baseline knows of its operation; the entry stays one."""
    drawn = failed(case=replace(CASE, slug="generated-requests"))
    known = Baseline((ENTRY,), TODAY)
    assert known.applied(drawn).verdict is Verdict.KNOWN
    assert known.fixed([failed(Row("good", Verdict.PASS)), drawn]) == []
    assert known.updated([drawn]).entries == (ENTRY,)
    other = failed(case=replace(CASE, operation="fork_conversation", slug="generated-requests"))
    assert known.applied(other).verdict is Verdict.FAIL
    assert known.applied(failed(case=replace(CASE, slug="another"))).verdict is Verdict.FAIL


def test_expired_entries_that_still_happen_are_named() -> None:
    """Only what is over and still happens has expired."""
    assert Baseline((ENTRY,), TOMORROW).expired([failed()]) == [ENTRY]
    assert Baseline((ENTRY,), TOMORROW).expired([failed(Row("good", Verdict.PASS))]) == []
    assert Baseline((ENTRY,), TODAY).expired([failed()]) == []


def test_fixed_is_what_was_judged_and_did_not_happen() -> None:
    """A case that was left out or skipped has fixed nothing."""
    baseline = Baseline((ENTRY,), TODAY)
    assert baseline.fixed([failed(Row("good", Verdict.PASS))]) == [ENTRY]
    assert baseline.fixed([failed()]) == []
    assert baseline.fixed([baseline.applied(failed())]) == []
    assert baseline.fixed([]) == []
    assert baseline.fixed([Result(CASE, (), without_rows=Verdict.SKIP)]) == []


def test_update_keeps_reasons_and_owners() -> None:
    """What is known keeps its words, what is new asks for some, what is fixed goes, what was not judged stays."""
    other = Known("fork_conversation/slug", "0" * 12, "a thing", "Because.", "someone", TODAY)
    gone = Known(CASE.id, "1" * 12, "a thing of the past", "Because.", "someone", TODAY)
    new = Row("new", Verdict.FAIL, "a bound", "more", "STATE-21")
    updated = Baseline((ENTRY, other, gone), TODAY).updated([failed(BAD, new)])
    assert {entry.what: (entry.reason, entry.owner) for entry in updated.entries} == {
        "an order": ("They know.", "the API team"),
        "a thing": ("Because.", "someone"),
        "a bound": ("not explained yet", "nobody yet"),
    }


def test_update_renews_what_expired() -> None:
    """Whoever asks for an update accepts what fails now, for another while."""
    (entry,) = Baseline((ENTRY,), TOMORROW).updated([failed()]).entries
    assert entry.expires == TOMORROW + timedelta(days=90)


@pytest.mark.parametrize("entries", [(), (ENTRY,)])
def test_what_is_written_can_be_read(entries: tuple[Known, ...], tmp_path: Path) -> None:
    """A file says the same after it was written and read."""
    file = tmp_path / "new" / "baseline.yaml"
    write(Baseline(entries), file)
    assert read(file, cases={CASE.id}).entries == entries


GOOD = (
    "- case: list_conversations/slug\n  fingerprint: '123456789012'\n  reason: r\n  owner: o\n  expires: 2027-01-31\n"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("known: {}", ":1: a baseline is a list"),
        ("- a: [", ":1: this is no YAML"),
        ("\n- text\n", ":2: an entry has case"),
        (GOOD + "  color: red\n", ":6: unknown key 'color'"),
        (GOOD.replace("  owner: o\n", ""), ":1: owner is missing"),
        (GOOD.replace("owner: o", "owner: ''"), ":4: owner is a text"),
        (GOOD.replace("reason: r", "reason: [r]"), ":3: reason is a text"),
        (GOOD.replace("2027-01-31", "31.1.2027"), ":5: expires: '31.1.2027' is no date"),
        (GOOD + GOOD, ":6: this entry stands on line 1 already"),
        (GOOD.replace("list_conversations/slug", "a/b"), ":1: there is no case 'a/b'"),
    ],
)
def test_errors_name_file_and_line(text: str, message: str, tmp_path: Path) -> None:
    """Whatever is wrong with the file is told with its line."""
    file = tmp_path / "baseline.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(BaselineError) as caught:
        read(file, cases={CASE.id})
    assert str(caught.value).startswith(f"{file}{message}")


def test_missing_file_is_an_error(tmp_path: Path) -> None:
    """A file that is not there would accept nothing, which nobody means who names it."""
    with pytest.raises(BaselineError, match=r"nowhere\.yaml cannot be read"):
        read(tmp_path / "nowhere.yaml")


def without_allow(_call: Any, answer: Any) -> Any:
    """A server whose 405 does not say what is allowed."""
    kept = tuple(pair for pair in answer.headers if pair[0] != "allow")
    return replace(answer, headers=kept) if answer.status == 405 else answer


def not_found(_call: Any, answer: Any) -> Any:
    """A server that says 404 where it should say 405."""
    return answer.but(status=404) if answer.status == 405 else answer


def also_one_method(call: Any, answer: Any) -> Any:
    """A server with one thing more that is broken than its baseline knows of."""
    wrong = answer.status == 405 and call.method == "PUT" and call.path == "/v1/conversations/"
    return without_allow(call, answer.but(status=404) if wrong else answer)


def run(command: Callable[..., Any], server: Any, *arguments: object) -> Any:
    return command("test", server.url, "*/other-methods", "--agent-id", AGENT, *arguments)


def test_gate_with_a_baseline(command: Callable[..., Any], server: Any) -> None:
    """What is written down does not fail the gate; what is new does; what is mended is reported as fixed."""
    server.app.change = without_allow
    assert run(command, server).code == 1
    written = run(command, server, "--baseline", "known.yaml", "--update-baseline")
    assert written.code == 0
    known = run(command, server, "--baseline", "known.yaml")
    assert known.code == 0
    assert " known" in known.out
    count = known.results["counts"]["known"]
    assert count > 1

    server.app.change = not_found
    assert run(command, server, "--baseline", "known.yaml").code == 1

    server.app.change = also_one_method
    more = run(command, server, "--baseline", "known.yaml")
    assert (more.code, more.results["counts"]["fail"]) == (1, 1)

    server.app.change = lambda _, answer: answer
    mended = run(command, server, "--baseline", "known.yaml")
    assert mended.code == 0
    assert len(mended.results["baseline"]["fixed"]) == count
    assert mended.out.count("Fixed: ") == count


def test_known_is_skipped_in_junit_with_its_reason(command: Callable[..., Any], server: Any) -> None:
    """JUnit, which has no word for it, gets a skipped test case that says why."""
    server.app.change = without_allow
    outcome = run(command, server, "--baseline", "known.yaml", "--update-baseline")
    xml = ET.fromstring((outcome.folder / "contract-report/junit.xml").read_text("utf-8"))
    messages = {skipped.get("message", "") for skipped in xml.iter("skipped")}
    assert len(messages) == 1
    assert messages.pop().startswith("known: not explained yet (nobody yet, until ")


def test_update_needs_a_file(command: Callable[..., Any], server: Any) -> None:
    """--update-baseline alone does not know where to write."""
    outcome = run(command, server, "--update-baseline")
    assert (outcome.code, "--baseline FILE" in outcome.err) == (2, True)


def test_error_in_the_file_is_a_usage_error(command: Callable[..., Any], server: Any) -> None:
    """A broken file ends the command before anything is sent."""
    folder = run(command, server).folder
    (folder / "known.yaml").write_text(json.dumps([{"case": "a/b"}]), "utf-8")
    server.app.calls = []
    outcome = run(command, server, "--baseline", "known.yaml")
    assert outcome.code == 2
    assert "known.yaml:1: fingerprint is missing" in outcome.err
    assert server.app.calls == []


@pytest.mark.parametrize("file", sorted((FIXTURES / "baselines").glob("*.yaml")), ids=lambda file: file.stem)
def test_baselines_of_ours_are_explained(file: Path, contract: Contract) -> None:
    """Each baseline that we ship can be read, names cases that are there, and has a true reason for each entry."""
    entries = read(file, cases={case.id for case in every_case(contract.operations.values())}).entries
    assert entries
    assert not any(UNEXPLAINED in entry.reason or UNOWNED in entry.owner for entry in entries)
