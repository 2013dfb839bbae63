"""Servers that are broken in one thing, and the case that says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from .changes import on, over_long_is_not_found

if TYPE_CHECKING:
    from tests.contract_tests.outcome import Outcome
    from tests.contract_tests.server import Server
    from tests.contract_tests.tampered import Answer, Call

    from .changes import Change

    Command = Callable[..., Outcome]

pytestmark = pytest.mark.slow
AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"
TEST = "retrieve_conversation"
STREAMS = "send_conversation_message/streaming-picks-the-media-type"


def with_body(old: bytes, new: bytes) -> Change:
    """Event streams with a passage replaced."""
    return lambda _, answer: answer.but(body=answer.body.replace(old, new)) if b"data: " in answer.body else answer


def accepts(pattern: str) -> Change:
    """Ids of this form are taken for a conversation's."""
    known = {"id": "conv-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364", "agent_id": AGENT}
    return on(lambda call: bool(re.search(f"/{pattern}$", call.path)), status=200, json=known)


def retrieved(**changes: Any) -> Change:
    """Conversations that are read have these changes."""
    return lambda call, answer: answer.but(**changes) if answer.status == 200 and call.method == "GET" else answer


BROKEN: dict[str, tuple[Change, list[str]]] = {
    "over-long ids are looked up": (over_long_is_not_found, [f"{TEST}/conversation-id-length"]),
    "43 characters are accepted": (accepts("[^/]{43}"), [f"{TEST}/conversation-id-length"]),
    "upper case is accepted": (accepts("conv-[0-9A-F-]{36}"), [f"{TEST}/conversation-id-characters"]),
    "a newline at the end is accepted": (accepts("conv-[0-9a-f-]{36}%0A"), [f"{TEST}/conversation-id-characters"]),
    "the detail of a 422 is a string": (
        lambda _, answer: answer.but(json={"detail": "No"}) if answer.status == 422 else answer,
        [f"{TEST}/validation-error-body"],
    ),
    "a 404 has no detail": (
        lambda _, answer: answer.but(json={"message": "No"}) if answer.status == 404 else answer,
        [f"{TEST}/not-found-body"],
    ),
    "create answers 201": (
        lambda call, answer: answer.but(status=201) if call.path == "/v1/conversations/" else answer,
        ["create_conversation/body-is-optional"],
    ),
    "a conversation is plain text": (retrieved(media="text/plain"), [f"{TEST}/conversation-id-known"]),
    "a conversation holds NaN": (
        lambda call, answer: (
            answer.but(body=answer.body.replace(b'"id":', b'"x": NaN, "id":', 1)) if call.method == "GET" else answer
        ),
        [f"{TEST}/conversation-id-known"],
    ),
    "a conversation is nested past any sense": (retrieved(body=b"[" * 99_999), [f"{TEST}/conversation-id-known"]),
    "half a character in a wrong place": (
        retrieved(body=b'{"id": "\\ud800", "agent_id": "a"}'),
        [f"{TEST}/conversation-id-known"],
    ),
    "an odd id makes a 500": (
        on(lambda call: "%00" in call.path, status=500, json={"detail": "Oops"}),
        [f"{TEST}/conversation-id-characters"],
    ),
    "a quote makes it hang up": (on(lambda call: "%22" in call.path, kept=0), [f"{TEST}/conversation-id-characters"]),
    "a stream has no terminator": (with_body(b"data: [DONE]\n\n", b""), [STREAMS]),
    "a stream has two stop reasons": (
        with_body(b"data: [DONE]", b'data: {"message_type": "stop_reason", "stop_reason": "end_turn"}\n\ndata: [DONE]'),
        [STREAMS],
    ),
}
TRIED = sorted({case for _, cases in BROKEN.values() for case in cases})


class TestBrokenServers:
    def test_nothing_is_wrong_with_the_unbroken_one(self, judge: Command) -> None:
        """The cases that find what is broken below pass where nothing is."""
        result = judge(*TRIED)
        assert (result.code, result.failed) == (0, [])
        assert {case["verdict"] for case in result.results["cases"]} == {"pass"}

    @pytest.mark.parametrize(("change", "failed"), BROKEN.values(), ids=BROKEN)
    def test_what_is_broken_is_named(self, judge: Command, server: Server, change: Change, failed: list[str]) -> None:
        """One thing that is broken fails the case that is about it, and the command says so."""
        server.app.change = change
        result = judge(*failed)
        assert (result.code, result.failed) == (1, failed)
        assert f"✘ {failed[0]}  MUST" in result.out
        assert "Our fault" not in result.out

    def test_hang_is_a_violation(self, command: Command, server: Server) -> None:
        """A server that was up and then says nothing has failed the case that asked it."""
        server.app.change = on(lambda call: "%22" in call.path, delay=0.8)
        case = f"{TEST}/conversation-id-characters"
        result = command("test", server.url, case, "--agent-id", AGENT, "--timeout", "0.3")
        assert (result.code, result.failed) == (1, [case])
        assert "Actual       the server was silent for 0.3 s\n" in result.out

    def test_death_is_a_violation(self, command: Command, serve: Callable[[Any], Server], server: Server) -> None:
        """A server that dies after a request has failed the case that sent it; the rest is skipped."""
        mortal = serve(type(server.app)(server.app.app))

        def dies(call: Call, answer: Answer) -> Answer:
            if not call.path.endswith("%22"):
                return answer
            mortal.take_no_more()
            return answer.but(headers=(*answer.headers, ("connection", "close")))

        mortal.app.change = dies
        result = command("test", mortal.url, "retrieve_conversation/conversation-id-*", "--agent-id", AGENT)
        assert (result.code, result.failed) == (1, [f"{TEST}/conversation-id-characters"])
        assert "Actual       after this request it took no connection any more\n" in result.out
        assert "the server is gone" in {case["reason"] for case in result.results["cases"]}
