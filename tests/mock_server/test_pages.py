"""The pages of the mock server in a real browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from letta_contract import fixtures, spec
from letta_contract.mock_server import Settings

from .browser import Page

pytestmark = pytest.mark.slow

CONVERSATION = "/v1/conversations/conv-123e4567-e89b-42d3-8456-426614174000"
# The contrast of every text with what is behind it (WCAG 2.1).
CONTRAST = """
(() => {
  const light = c => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const behind = node => {
    for (; node; node = node.parentElement) {
      const colour = numbers(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  return Math.min(...[...document.querySelectorAll("body *")]
    .filter(node => node.checkVisibility() && [...node.childNodes].some(one => one.nodeType === 3 && one.data.trim()))
    .map(node => {
      const [a, b] = [luminance(numbers(getComputedStyle(node).color)), luminance(behind(node))];
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }));
})()
"""
UNNAMED = """
[...document.querySelectorAll("input, select, button, summary, a, ul[tabindex]")]
  .filter(one => !(one.labels?.length || one.textContent.trim() || one.hasAttribute("aria-labelledby")))
  .map(one => one.outerHTML)
"""
SMALL = """
[...document.querySelectorAll("input:not([type=checkbox]), select, button, label:has([type=checkbox]), nav a, summary")]
  .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 44).map(one => one.outerHTML)
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A browser; where there is none, the test is skipped, or has failed."""
    if shutil.which("chromium") is None:
        reason = "There is no chromium. Run: apt-get install chromium"
        pytest.fail(reason) if os.environ.get("LETTA_CONTRACT_NO_SKIP") == "1" else pytest.skip(reason)
    page = Page(tmp_path_factory.mktemp("profile"))
    yield page
    page.close()


@pytest.fixture(scope="module")
def server(serving: Any) -> Iterator[Any]:
    """A server that keeps state, for these tests alone."""
    with serving(Settings(stateful=True)) as api:
        yield api


@pytest.fixture(autouse=True)
def fresh(server: Any) -> None:
    """Each test begins with nothing arranged and nothing asked."""
    server.post("/_mock/reset")


def url(api: Any, path: str = "/_mock/") -> str:
    return f"http://127.0.0.1:{api.base_url.port}{path}"


def test_requests_are_shown_with_why_they_were_refused(server: Any, page: Page) -> None:
    """The latest first; the others can be hidden."""
    server.get(CONVERSATION)
    server.patch(CONVERSATION, json={"summary": 3})
    page.open(url(server))
    assert page.says("body.summary: Input should be null or a valid string")
    assert page.says("retrieve_conversation")
    assert page.js("[...document.querySelectorAll('#requests .status')].map(one => one.textContent)") == ["422", "200"]
    page.click("#refused-only")
    assert page.shows("document.querySelectorAll('#requests details').length === 1")


def test_what_comes_in_is_shown_without_reloading(server: Any, page: Page) -> None:
    """An entry that was opened stays open."""
    page.open(url(server))
    assert page.says("Nobody has asked anything yet.")
    server.post(f"{CONVERSATION}/messages", json={"input": "seen?", "streaming": False})
    assert page.says("send_conversation_message")
    page.click("#requests summary")
    assert page.says('"input": "seen?"')
    server.get(CONVERSATION)
    assert page.shows("document.querySelectorAll('#requests details').length === 2")
    assert page.js("document.querySelectorAll('#requests details')[1].open") is True


def test_state_is_shown(server: Any, page: Page) -> None:
    """Agents and conversations of the world."""
    page.open(url(server))
    for text in ("stateful", "Marlow", "Order 20817 has not arrived", "12 in context"):
        assert page.says(text)


def test_latency_is_set_and_taken_back(server: Any, page: Page) -> None:
    """By a form, and by a button."""
    page.open(url(server))
    assert page.says("Nothing.")
    page.fill("delay", "70")
    page.fill("chunk_delay", "30")
    page.click("#late .main")
    assert page.says("Latency is set.")
    assert server.get("/_mock/latency").json() == {"delay": 70, "chunk_delay": 30}
    page.click("#prompt")
    assert page.says("No delay.")
    assert server.get("/_mock/latency").json() == {"delay": 0, "chunk_delay": 0}
    assert page.shows("document.getElementById('delay').value === '0'")


def test_faults_are_arranged_and_removed(server: Any, page: Page) -> None:
    """A status for one operation, or what happens on the way out; each says what it means."""
    page.open(url(server))
    assert page.shows("document.querySelectorAll('#operation option').length === 14")
    page.fill("operation", "retrieve_conversation")
    page.fill("what", "404")
    page.click("#fail .main")
    assert page.says('{"status":404,"operationId":"retrieve_conversation"}')
    assert server.get(CONVERSATION).status_code == 404
    assert page.says("Nothing.")
    page.fill("what", "cut")
    assert page.says("the connection closes between two events")
    page.fill("times", "")
    page.click("#fail .main")
    assert page.says("always")
    page.click("#expectations button")
    assert page.says("Removed.")
    assert server.get("/_mock/expectations").json()["expectations"] == []


def test_agent_is_told_what_to_say(server: Any, page: Page) -> None:
    """In one conversation, or in all."""
    page.open(url(server))
    assert page.says("Marlow")
    page.fill("reply", "It is 21 °C.")
    page.fill("where", CONVERSATION.rpartition("/")[2])
    page.click("#say .main")
    assert page.says("It is 21 °C.")
    assert "21 °C" in str(server.say(CONVERSATION, "how warm is it?"))


def test_reset_begins_again(server: Any, page: Page) -> None:
    """One button."""
    server.delete(CONVERSATION)
    page.open(url(server))
    assert page.says("delete_conversation")
    page.click("#reset")
    assert page.says("Nobody has asked anything yet.")
    assert server.get(CONVERSATION).status_code == 200


def test_session_is_shown_by_its_name(server: Any, page: Page) -> None:
    """And nothing of the others."""
    server.get("/v1/conversations/", headers={"x-mock-session": "mine & yours"})
    page.open(url(server))
    assert page.says("Nobody has asked anything yet.")
    page.fill("session", "mine & yours")
    page.click("#session-form button")
    assert page.says("session mine & yours")
    assert page.says("list_conversations")


def test_mistake_is_told(server: Any, page: Page) -> None:
    """In the server's words."""
    page.open(url(server))
    assert page.says("Marlow")
    page.js("act(() => ask('POST', 'expectations', {status: 1}), 'Arranged.')")
    assert page.says("body.status: Input should be greater than or equal to 200")


def test_what_clients_send_is_text_and_never_markup(server: Any, page: Page) -> None:
    """The page shows what strangers wrote."""
    server.post(f"{CONVERSATION}/messages", json={"input": "<img src=x onerror=alert(1)>", "streaming": 3})
    server.get("/<script>alert(1)</script>")
    page.open(url(server))
    assert page.says("<script>alert(1)</script>")
    assert page.js("document.querySelectorAll('main img, main script').length") == 0


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 360])
def test_page_fits_and_can_be_read(server: Any, page: Page, width: int, dark: bool) -> None:  # noqa: FBT001
    """On a desk and on a phone, by day and by night: nothing to scroll sideways, contrast enough, room for thumbs."""
    server.patch(CONVERSATION, json={"summary": 3})
    server.get(f"/{'a' * 300}")
    server.post("/_mock/expectations", json={"status": 503, "operationId": "send_conversation_message"})
    page.open(url(server), width=width, dark=dark)
    for text in ("body.summary", "Marlow", "always"):
        assert page.says(text)
    assert page.js("document.documentElement.scrollWidth") <= width
    assert page.js(CONTRAST) >= 4.5
    assert page.js(SMALL) == []
    assert page.js(UNNAMED) == []
    brightness = page.js("Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])")
    assert (brightness < 60) is dark


@pytest.mark.parametrize(("path", "text"), [("/_mock/", "Marlow"), ("/docs", "Recompile a conversation")])
def test_page_calls_nobody_else_and_makes_no_noise(server: Any, page: Page, path: str, text: str) -> None:
    """It works offline, and logs neither errors nor breaches of its policy."""
    page.open(url(server, path))
    page.says(text)
    assert page.called
    assert all(one.startswith((url(server, "/"), "data:")) for one in page.called)
    assert page.logged == []


def test_document_is_shown_with_every_operation(server: Any, page: Page) -> None:
    """Swagger UI reads it, and can call it."""
    page.open(url(server, "/docs"))
    assert page.shows("document.querySelectorAll('.opblock').length === 13")


def test_broken_edit_is_told_on_the_page(tmp_path: Path, serving: Any, page: Page) -> None:
    """Until it is mended."""
    for folder in (spec.ROOT.parent, fixtures.ROOT):
        shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
    root = tmp_path / "spec" / "openapi.yaml"
    good = root.read_text()
    with serving(Settings(spec=root, reload=True)) as api:
        page.open(url(api))
        assert page.says("documented examples")
        root.write_text(good + "\npaths: [")
        assert page.says("what was good before is served")
        assert page.says("openapi.yaml")
        root.write_text(good)
        assert page.shows("document.getElementById('broken').hidden")


def test_server_that_is_gone_is_told(serving: Any, page: Page) -> None:
    """A page that shows old news says so."""
    with serving(Settings()) as api:
        page.open(url(api))
        assert page.says("Nobody has asked anything yet.")
    assert page.says("The mock server does not answer")
