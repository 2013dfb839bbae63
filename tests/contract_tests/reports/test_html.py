from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from letta_contract.contract_tests.report import Report
from letta_contract.contract_tests.reports import html

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
VOID = ("meta", "br", "link", "img", "hr")


class Page(HTMLParser):
    """What is in a page: its text, ids, links, and whether every element is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.seen: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.links += [value for name, value in attrs if name in ("href", "src") and value]
        if tag not in VOID:
            self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.tags.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_page_is_whole_and_needs_nothing(report: Report) -> None:
    """Every element is closed, every link leads into the page, and there is no script."""
    page = Page(html.render(report))
    assert page.tags == []
    assert "script" not in page.seen
    assert page.links
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert len(page.ids) == len(set(page.ids))


def test_failure_has_all_that_is_needed_to_repeat_it(report: Report) -> None:
    """Requirement, rule, what was tried, expected and got, the curl command, and the reply."""
    text = Page(html.render(report)).text
    for part in (
        "NOT CONFORMANT",
        "http://127.0.0.1:8283",
        "The requirement of after-is-exclusive. (STATE-24)",
        "desc, asc",
        "curl -sS -i 'http://127.0.0.1:8283/v1/conversations/?after=conv-1&limit=2'",
        '"id": "conv-3"',
        "spec/paths/conversations.yaml:64",
        "12 ms",
    ):
        assert part in text


def test_stream_is_shown_event_by_event(report: Report) -> None:
    """Each event has a line of its own, with its kind before its data."""
    page = html.render(report)
    kinds = re.findall(r"<li><b>(.*?)</b>", page)
    assert kinds == ["assistant_message", "stop_reason", ""]
    assert "Hello &lt;b&gt;there&lt;/b&gt;" in page


def test_what_a_server_said_is_text(report: Report) -> None:
    """Markup in an answer stays text."""
    page = html.render(report)
    assert "<script>" not in page
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in page


def test_known_and_flaky_stand_apart_with_their_reasons(report: Report) -> None:
    """What does not fail the run is shown under headings of its own, and says why."""
    text = Page(html.render(report)).text
    failures, flaky, known = (text.index(t) for t in ("Failures", "Flaky: failed once", "Known deviations"))
    assert failures < flaky < known
    assert "They know. (the API team, until 2027-01-31)" in text
    assert "it did not happen again in 2 repeats" in text
    assert "Expired 2026-01-31" in text


def test_drawn_request_points_to_the_case_that_tells_of_it(report: Report) -> None:
    """What is folded is shown, with what it saw, and linked from the case that names it."""
    page = html.render(report)
    assert (
        '<a href="#list_conversations/generated-requests">list_conversations/generated-requests</a>: request 3' in page
    )
    assert "<dt>Told by</dt><dd>see list_conversations/after-is-exclusive</dd>" in page


def test_one_cause_in_several_operations_is_opened_once(report: Report) -> None:
    """The others are folded up, and lead to the first."""
    failed = report.results[3]
    other = replace(failed, case=replace(failed.case, operation="send_conversation_message"))
    page = html.render(replace(report, results=(failed, other)))
    assert page.count('<dd>It fails as <a href="#list_conversations/after-is-exclusive">') == 1
    assert page.count('<a href="#send_conversation_message/after-is-exclusive">send_conversation_message/') == 1
    articles = page.split("<article ")[1:]
    assert ["<details open>" in article.split("<summary>")[0] for article in articles] == [True, False]


def test_what_was_not_tried_is_visible(report: Report) -> None:
    """The coverage table says of each constraint what was tried on either side."""
    text = " ".join(Page(html.render(report)).text.split())
    assert "2 tried, 1 not" in text
    assert "query.ordernull refused–not tried" in text


def test_run_without_failures_is_as_good_a_page(report: Report) -> None:
    """A green run has no section of failures."""
    green = replace(report, results=report.results[:3], fixed=(), expired=())
    page = Page(html.render(green))
    assert page.tags == []
    assert "CONFORMANT" in page.text
    assert "Failures" not in page.text


@pytest.fixture
def chromium(tmp_path: Path) -> object:
    """Runs a headless Chromium; skipped where there is none, unless nothing may be skipped."""
    if CHROMIUM is None:
        if os.environ.get("LETTA_CONTRACT_NO_SKIP") == "1":
            pytest.fail("there is no Chromium, and LETTA_CONTRACT_NO_SKIP=1 says that there must be")
        pytest.skip("there is no Chromium here")

    def run(*arguments: str) -> str:
        command = [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        return done.stdout

    return run


@pytest.mark.parametrize("width", [360, 1280])
def test_page_fits_the_screen_in_a_browser(report: Report, chromium: object, tmp_path: Path, width: int) -> None:
    """On a phone and on a desk the page is no wider than the screen."""
    assert callable(chromium)
    file = tmp_path / "report.html"
    # An inner frame has the width that a window of headless Chromium may refuse.
    (tmp_path / "inner.html").write_text(html.render(report), "utf-8")
    frame = f'<iframe id="f" src="inner.html" width="{width}" height="900" style="border:0"></iframe>'
    copy = """<script>f.onload = () => { const d = f.contentDocument.documentElement;
      document.title = d.scrollWidth + " of " + d.clientWidth }</script>"""
    file.write_text(f"<!doctype html><body>{frame}{copy}", "utf-8")
    page = chromium("--allow-file-access-from-files", "--virtual-time-budget=3000", "--dump-dom", file.as_uri())
    assert f"<title>{width} of {width}</title>" in page
