from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.reports import junit

# The common schema of JUnit's XML: what may be in what, and what each must have.
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase", "system-out", "system-err"},
    "testcase": {"skipped", "error", "failure", "system-out", "system-err"},
    "failure": set(),
    "error": set(),
    "skipped": set(),
}
REQUIRED = {"testsuite": {"name", "tests", "failures", "errors", "skipped", "time"}, "testcase": {"name", "classname"}}


@pytest.fixture
def root(report: Report) -> ET.Element:
    return ET.fromstring(junit.render(report))


def test_has_the_structure_of_the_common_schema(root: ET.Element) -> None:
    """Elements stand where they may, with the attributes that they must have; a case has one outcome at most."""
    assert root.tag == "testsuites"
    for element in root.iter():
        assert {child.tag for child in element} <= CHILDREN[element.tag]
        assert set(element.attrib) >= REQUIRED.get(element.tag, set())
        if element.tag == "testcase":
            assert len(element) <= 1
            float(element.attrib["time"])


def test_counts_fit_what_is_there(root: ET.Element) -> None:
    """Each suite says how many cases, failures, errors and skipped ones it has, and the whole is their sum."""
    for element in (root, *root.iter("testsuite")):
        counts = {name: int(element.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
        found = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
        assert counts == {name: len(list(element.iter(tag))) for name, tag in found.items()}
    assert (root.attrib["tests"], root.attrib["failures"], root.attrib["errors"], root.attrib["skipped"]) == (
        "10",
        "2",
        "1",
        "6",
    )


def test_failure_tells_the_story(root: ET.Element) -> None:
    """A failure names the rule and the requirement, and its text has the values, the commands and where to read on."""
    failure = next(root.iter("failure"))
    assert failure.attrib == {"type": "STATE-24", "message": "The requirement of after-is-exclusive."}
    text = failure.text or ""
    for part in ("desc, asc", "expected: conv-2, conv-1", "curl -sS -i", "letta-contract explain list_conversations/"):
        assert part in text


def test_known_and_flaky_are_skipped_with_their_reasons(root: ET.Element) -> None:
    """What has no word in JUnit is skipped, and says why."""
    messages = [skipped.attrib["message"] for skipped in root.iter("skipped")]
    assert "known: They know. (the API team, until 2027-01-31)" in messages
    assert "flaky: it did not happen again in 2 repeats" in messages
    assert "skip: no token is set: pass --token" in messages


def test_what_xml_cannot_hold_is_replaced(root: ET.Element) -> None:
    """A NUL in an answer does not break the file."""
    assert any("& � ]]> | `tick`\nsecond line" in (failure.text or "") for failure in root.iter("failure"))
