"""Servers that cannot be judged, and what to do about it."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.mock_server import Settings, create_app

from .changes import on

if TYPE_CHECKING:
    from tests.contract_tests.outcome import Outcome
    from tests.contract_tests.raw import Raw
    from tests.contract_tests.server import Server
    from tests.contract_tests.tampered import Answer, Call

    Command = Callable[..., Outcome]

pytestmark = pytest.mark.slow
SELF_SIGNED = Path(__file__).parent.parent / "tls/self_signed.pem"
AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"
SECRET = "hush-hush-hush"
LENGTH = "retrieve_conversation/conversation-id-length"


class TestTargets:
    @pytest.mark.parametrize("wait", [(), ("--wait", "0.3")])
    def test_target_that_is_down_is_3(self, command: Command, wait: tuple[str, ...]) -> None:
        """A server that is not there is told, with what to do."""
        result = command("test", "http://127.0.0.1:1", *wait)
        assert (result.code, result.out) == (3, "")
        assert re.fullmatch(
            r"Error: http://127\.0\.0\.1:1: the server took no connection: .*refused.*\. "
            r"Start it, or pass --wait SECONDS while it comes up\.\n",
            result.err,
        )

    def test_unknown_certificate_is_3(
        self, command: Command, raw: Callable[..., Raw], certificate: ssl.SSLContext
    ) -> None:
        """A certificate of a private authority is told, with how to trust it; trusted, the server is spoken to."""
        server = raw(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", certificate)
        result = command("test", server.url)
        assert (result.code, result.out) == (3, "")
        assert result.err.endswith(". Pass --ca with the authority's certificate.\n")
        assert "CERTIFICATE_VERIFY_FAILED" in result.err
        trusted = command("test", server.url, "--ca", SELF_SIGNED)
        assert (trusted.code, "that is no server of the conversations API" in trusted.err) == (3, True)

    def test_plain_http_where_tls_was_asked_for_is_3(self, command: Command, server: Server) -> None:
        """The other scheme is suggested."""
        result = command("test", server.url.replace("http", "https"))
        assert (result.code, result.out) == (3, "")
        assert result.err.endswith(". Does it speak http:// instead?\n")

    @pytest.mark.parametrize(
        ("status", "media", "body"),
        [
            (404, "text/html", b"<h1>Not found</h1>"),
            (200, "text/html", b"<h1>Hello</h1>"),
            (404, "application/json", b'{"detail":"Not Found"}'),
            (404, "application/json", b'{"status":404,"error":"Not Found","path":"/v1/conversations/"}'),
        ],
    )
    def test_server_of_something_else_is_3(
        self, command: Command, raw: Callable[..., Raw], status: int, media: str, body: bytes
    ) -> None:
        """A web server, and an application of another kind, are none to judge."""
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\n\r\n"
        server = raw(head.encode() + body)
        result = command("test", server.url)
        assert (result.code, result.out) == (3, "")
        assert result.err == (
            f"Error: {server.url} answers GET /v1/conversations/ with {status} {media}: that is no server of the "
            "conversations API. Check the address, and a path prefix that it may need.\n"
        )

    def test_server_that_asks_for_a_token_is_2(self, command: Command, server: Server) -> None:
        """Without a token, and with a wrong one, it is told what to pass, and never what was passed."""

        def closed(call: Call, answer: Answer) -> Answer:
            right = call.headers.get("authorization") == "Bearer right"
            return answer if right else answer.but(status=401, json={"detail": "No"})

        server.app.change = closed
        result = command("test", server.url)
        asks = f"Error: {server.url} asks for a token (401). Pass --token, or set LETTA_API_KEY.\n"
        assert (result.code, result.out, result.err) == (2, "", asks)
        result = command("test", server.url, "--token", SECRET)
        refuses = f"Error: {server.url} refuses the token (401). Check --token or LETTA_API_KEY.\n"
        assert (result.code, result.out, result.err) == (2, "", refuses)
        assert command("test", server.url, LENGTH, "--token", "right", "--agent-id", AGENT).code == 0

    def test_no_agent_to_be_had_is_3(self, command: Command, server: Server) -> None:
        """A server without agents and conversations cannot be judged, and it is told what to pass."""
        server.app.change = on(lambda call: call.path == "/v1/conversations/", json=[])
        result = command("test", server.url)
        assert (result.code, result.out) == (3, "")
        assert result.err == (
            f"Error: {server.url} has no agent to work with, and none could be made. "
            "Pass --agent-id (or LETTA_AGENT_ID) with an agent of that server.\n"
        )

    def test_agent_that_the_server_does_not_know_is_2(self, command: Command, server: Server) -> None:
        """A slip in the agent's id is not held against the server."""
        result = command("test", server.url, "--agent-id", AGENT.replace("1", "2"))
        assert (result.code, result.out) == (2, "")
        assert result.err.endswith(" (404). Check --agent-id or LETTA_AGENT_ID.\n")


def test_mock_that_keeps_the_contract_needs_a_token(command: Command, serve: Callable[[Any], Server]) -> None:
    """A server with a token is judged with it, and asked without it."""
    server = serve(create_app(Settings(stateful=True, token=SECRET)))
    cases = ["retrieve_conversation/asks-for-the-token", LENGTH]
    result = command("test", server.url, *cases, "--token", SECRET, "--agent-id", AGENT, "--format", "plain")
    assert (result.code, [case["verdict"] for case in result.results["cases"]]) == (0, ["pass", "pass"])
