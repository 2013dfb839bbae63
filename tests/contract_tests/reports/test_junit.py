from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.reports import junit

# The schema that Jenkins reads JUnit's XML by, which is the common one: what may be in what, and how each is qualified.
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase", "system-out", "system-err"},
    "testcase": {"skipped", "error", "failure", "system-out", "system-err"},
    "failure": set(),
    "error": set(),
    "skipped": set(),
}
REQUIRED = {"testsuite": {"name", "tests", "failures", "errors"}, "testcase": {"name"}}
ALLOWED = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {
        *("name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname", "id", "package"),
        *("file", "log", "url"),
    },
    "testcase": {"name", "time", "classname", "group"},
    **{tag: {"type", "message"} for tag in ("failure", "error", "skipped")},
}
TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?")


@pytest.fixture
def root(report: Report) -> ET.Element:
    return ET.fromstring(junit.render(report))


def test_has_the_structure_of_the_common_schema(root: ET.Element) -> None:
    """Elements stand where they may, with the attributes that they must have; a case has one outcome at most."""
    assert root.tag == "testsuites"
    for element in root.iter():
        assert {child.tag for child in element} <= CHILDREN[element.tag]
        assert REQUIRED.get(element.tag, set()) <= set(element.attrib) <= ALLOWED[element.tag]
        assert TIME.fullmatch(element.get("time", "0"))
        if element.tag == "testcase":
            assert len(element) <= 1
        assert not (element.text or "").strip() or element.tag in ("failure", "error", "skipped")


def test_counts_fit_what_is_there(root: ET.Element) -> None:
    """Each suite says how many cases, failures, errors and skipped ones it has, and the whole is their sum."""
    tags = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for element in (root, *root.iter("testsuite")):
        counts = {name: int(element.attrib[name]) for name in tags if name in element.attrib}
        assert counts == {name: len(list(element.iter(tags[name]))) for name in counts}
    assert (root.attrib["tests"], root.attrib["failures"], root.attrib["errors"]) == ("10", "2", "1")
    assert sum(int(suite.attrib["skipped"]) for suite in root.iter("testsuite")) == 6


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
