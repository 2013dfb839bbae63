"""The gate through nginx: what it judges is the server, not what stands in front of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.mock_server import Settings, create_app

from tests.contract_tests.tampered import Tampered

if TYPE_CHECKING:
    from tests.contract_tests.outcome import Outcome
    from tests.contract_tests.server import Server
    from tests.contract_tests.tampered import Answer, Call

    from .test_reachable import Judged, Start

ODD_PATHS = ("*/conversation-id-*", "*/other-methods", "retrieve_conversation/linked-sequences")
EVERYTHING: tuple[str, ...] = ()
PACKED = ("send_conversation_message/*", "list_conversations/*", "retrieve_conversation_stream/*")
STOCK = "location / {{ proxy_pass {url}; }}"
PREFIXED = "merge_slashes off; location /api/letta/ {{ proxy_pass {url}/; }}"
COMPRESSED = (
    "gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any; "
    "location / {{ proxy_pass {url}; proxy_http_version 1.1; proxy_buffering off; }}"
)
LIMIT = "limit_req_zone $binary_remote_addr zone=limit:1m rate={rate};"
LIMITED = "limit_req zone=limit burst={burst} nodelay; {more} location / {{ proxy_pass {url}; }}"
TOO_MANY = (
    "limit_req_status 429; error_page 429 = @limit; location @limit {{ internal; default_type application/json; "
    'add_header Retry-After {after} always; return 429 \'{{"detail": "Too many requests."}}\'; }}'
)


def conformant(outcome: Outcome) -> None:
    assert (outcome.code, outcome.out.splitlines()[-1]) == (0, "CONFORMANT"), outcome.out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("server", "cases"),
    [pytest.param(STOCK, EVERYTHING, id="stock"), pytest.param(COMPRESSED, PACKED, id="gzip")],
)
def test_conforming_server_behind_nginx_conforms(
    judged: Judged, nginx: Start, upstream: str, server: str, cases: tuple[str, ...]
) -> None:
    """Neither nginx as its manual has it nor the compression of replies makes a difference."""
    conformant(judged(nginx(server.format(url=upstream)).url, cases=cases))


@pytest.mark.slow
def test_whole_gate_below_a_prefix(judged: Judged, nginx: Start, upstream: str) -> None:
    """Every request of every case goes below the prefix."""
    front = nginx(PREFIXED.format(url=upstream))
    conformant(judged(f"{front.url}/api/letta", cases=EVERYTHING))
    assert len(front.asked) > 1000
    assert [line for line in front.asked if " /api/letta/v1/" not in line] == []


@pytest.mark.slow
def test_hunt_below_a_prefix(command: Callable[..., Outcome], nginx: Start, upstream: str, agent: str) -> None:
    """`fuzz` goes below the prefix as well, and finds nothing there."""
    front = nginx(PREFIXED.format(url=upstream))
    address = f"{front.url}/api/letta"
    conformant(
        command("fuzz", address, "--time", "1s", "--agent-id", agent, "--allow-agent-writes", "--format", "plain")
    )
    assert all(" /api/letta/v1/" in line for line in front.asked)


@pytest.mark.slow
def test_odd_paths_below_a_prefix(judged: Judged, nginx: Start, upstream: str) -> None:
    """Empty segments, odd characters and other methods arrive as they were sent, also below an address with a slash."""
    front = nginx(PREFIXED.format(url=upstream))
    conformant(judged(front.url + "/api/letta/", cases=ODD_PATHS))
    assert any(line.startswith("POST /api/letta/v1/conversations//fork ") for line in front.asked)


def test_joined_slashes_are_told(judged: Judged, nginx: Start, upstream: str) -> None:
    """Where nginx joins two slashes, clients see another path: that fails, with a hint and a curl line to repeat it."""
    front = nginx(f"location /api/letta/ {{ proxy_pass {upstream}/; }}")
    outcome = judged(front.url + "/api/letta/", cases=("fork_conversation/conversation-id-empty",))
    assert outcome.code == 1
    assert "Expected     404: an empty id (a proxy must keep both slashes) (ID-8)" in outcome.out
    assert f"curl -sS -i --path-as-is -X POST {front.url}/api/letta/v1/conversations//fork" in outcome.out


def test_held_back_stream_is_told(judged: Judged, nginx: Start, upstream: str) -> None:
    """A stream that nginx collects before it compresses and sends it fails, and what nginx needs is said."""
    front = nginx(
        "gzip on; gzip_types *; gzip_min_length 1; "
        f"location / {{ proxy_pass {upstream}; proxy_ignore_headers X-Accel-Buffering; }}"
    )
    outcome = judged(front.url, cases=("send_conversation_message/comes-as-it-is-made",))
    assert outcome.code == 1
    assert (
        "does a proxy hold it back? nginx with gzip needs proxy_buffering off, or X-Accel-Buffering: no" in outcome.out
    )


KEYED = 'if ($http_x_api_key != "hush-hush-key") {{ return 403; }} location / {{ proxy_pass {url}; }}'


def test_header_for_what_stands_in_front(judged: Judged, nginx: Start, upstream: str) -> None:
    """--header passes nginx's check with every request; without it, the message names --header."""
    front = nginx(KEYED.format(url=upstream))
    assert judged(front.url, "--header", "X-Api-Key: hush-hush-key").code == 0
    outcome = judged(front.url)
    assert outcome.code == 2
    assert outcome.err.strip().endswith(
        "Or does a proxy in front ask for something of its own? Pass that with --header 'Name: value'."
    )


def test_header_s_value_is_in_no_report(judged: Judged, nginx: Start, upstream: str) -> None:
    """A failure's curl line has a variable for a header's value, which is nowhere, even if a server echoes it."""
    echo = 'location ~ /fork$ { add_header X-Echo $http_x_api_key always; return 200 "$http_x_api_key"; } '
    front = nginx(echo + KEYED.format(url=upstream))
    outcome = judged(
        front.url, "--header", "X-Api-Key: hush-hush-key", cases=("fork_conversation/conversation-id-length",)
    )
    assert outcome.code == 1
    assert '-H "X-Api-Key: ${HEADER_X_API_KEY}"' in outcome.out
    written = [path.read_text() for path in (outcome.folder / "contract-report").iterdir()]
    assert len(written) >= 5
    assert not any("hush-hush" in text for text in (outcome.out, outcome.err, *written))


@pytest.mark.parametrize(
    "more", [TOO_MANY.format(after=1), "limit_req_status 429;", ""], ids=["with Retry-After", "429", "503"]
)
def test_rate_limit_is_waited_for(judged: Judged, nginx: Start, upstream: str, more: str) -> None:
    """Requests that a limit turned away are sent again, the verdict is the server's, and the wait is told."""
    limit, limited = LIMIT.format(rate="20r/s"), LIMITED.format(burst=5, more=more, url=upstream)
    front = nginx(limited, http=limit)
    outcome = judged(front.url, cases=("list_conversations/after-is-exclusive", "create_conversation/new-id"))
    conformant(outcome)
    away = sum(line.endswith((" 429", " 503")) for line in front.asked)
    assert away > 0
    waits = json.loads((outcome.folder / "contract-report/results.json").read_text())["rate_limit"]
    assert waits["waits"] == away
    assert waits["seconds"] > 0
    assert "Meanwhile the target's rate limit turned requests away " in outcome.out


def test_rate_limit_that_does_not_end(judged: Judged, nginx: Start, upstream: str) -> None:
    """A limit that lasts for an hour is neither a violation nor conformance: it is told at once, with what to do."""
    limit, limited = LIMIT.format(rate="1r/m"), LIMITED.format(burst=6, more=TOO_MANY.format(after=3600), url=upstream)
    front = nginx(limited, http=limit)
    started = time.monotonic()
    outcome = judged(front.url, cases=("list_conversations/after-is-exclusive", "list_conversations/default-page"))
    assert (outcome.code, outcome.out.splitlines()[-1]) == (4, "NOT JUDGED")
    assert time.monotonic() - started < 20
    assert (
        "Not judged   the rate limit does not end: 429 with Retry-After: 3600. "
        "Raise the limit for the gate, or pass --wait SECONDS for as long as it takes." in outcome.out
    )
    outcome = judged(front.url)
    assert outcome.code == 3
    assert f"{front.url}: the rate limit does not end: 429 with Retry-After: 3600." in outcome.err


def test_server_that_dies_behind_nginx(judged: Judged, nginx: Start, serve: Callable[[Any], Server]) -> None:
    """The case whose request killed it fails, and the one that met nginx's 502; what comes after is not judged."""
    app = Tampered(create_app(Settings(stateful=True)))
    server = serve(app)

    def die(call: Call, answer: Answer) -> Answer:
        if call.method == "PATCH":
            server.take_no_more()
            return answer.but(kept=5)
        return answer

    app.change = die
    front = nginx(STOCK.format(url=server.url))
    cases = ("create_conversation/new-id", "update_conversation/changes-nothing-else", "*/odd-limit")
    outcome = judged(front.url, cases=cases)
    assert outcome.code == 1
    results = json.loads((outcome.folder / "contract-report/results.json").read_text())["cases"]
    assert [(case["verdict"], case["reason"]) for case in results] == [
        ("pass", ""),
        ("fail", ""),
        ("fail", ""),
        ("skip", "the server is gone"),
    ]
