"""What a run takes care of: secrets, conversations of others, and its seed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract_tests.outcome import Outcome
    from tests.contract_tests.server import Server
    from tests.contract_tests.tampered import Answer, Call

    Command = Callable[..., Outcome]

pytestmark = pytest.mark.slow
AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"
SECRET = "hush-hush-hush"


class TestCare:
    def test_token_is_nowhere(self, command: Command, server: Server) -> None:
        """Whatever a server says back, and whatever is tried with the token, nobody who reads a report learns it."""

        def tells(call: Call, answer: Answer) -> Answer:
            echo = call.headers.get("authorization", "")
            answer = answer.but(headers=(*answer.headers, ("x-echo", echo)))
            return answer if answer.status == 200 else answer.but(json={"detail": f"{echo} is no reason"})

        server.app.change = tells
        cases = ["asks-for-the-token", "validation-error-body", "conversation-id-form", "other-methods"]
        secrets = ["--token", SECRET, "--header", f"X-Key: {SECRET}"]
        named = [f"cancel_conversation/{case}" for case in cases]
        result = command("test", server.url, *named, *secrets, "--agent-id", AGENT, "--format", "json")
        assert (result.code, "cancel_conversation/asks-for-the-token" in result.failed) == (1, True)
        files = [path.read_text("utf-8") for path in (result.folder / "contract-report").iterdir()]
        assert len(files) >= 2
        for text in (result.out, result.err, *files):
            assert SECRET not in text
            assert SECRET[:-1] not in text
        assert "${LETTA_API_KEY" in result.out

    def test_conversations_of_others_are_not_touched(self, judge: Command, server: Server) -> None:
        """With foreign conversations on the server, nothing changes one of them, whatever is drawn."""
        before = world(server)
        drawn = ["update_conversation/*", "delete_conversation/generated-*", "delete_conversation/linked-*"]
        result = judge(*drawn, "list_conversations/*-filters", "fork_conversation/conversation-id-*")
        assert result.code == 0
        assert len(server.app.calls) > 200
        assert world(server) == before

    def test_same_seed_sends_the_same(self, command: Command, server: Server) -> None:
        """Twice the same command is twice the same requests, up to the ids that the server makes."""
        cases = ["cancel_conversation/generated-requests", "create_conversation/linked-sequences"]
        runs = []
        for _ in range(2):
            server.app.calls = []
            assert command("test", server.url, *cases, "--seed", 5, "--agent-id", AGENT).code == 0
            runs.append(with_numbers("\n".join(f"{c.method} {c.path}?{c.query} {c.body!r}" for c in server.app.calls)))
        assert runs[0] == runs[1]
        assert runs[0].count("\n") > 20


def world(server: Server) -> dict[str, Any]:
    """Every conversation that is listed, as it is, and its messages; asked without the judge."""
    import httpx

    with httpx.Client(base_url=server.url) as client:
        listed = client.get("/v1/conversations/", params={"limit": 1000, "archive_status": "all"}).json()
        messages = {item["id"]: client.get(f"/v1/conversations/{item['id']}/messages").json() for item in listed}
    return {"conversations": listed, "messages": messages}


def with_numbers(text: str) -> str:
    """The text with each id replaced by the place of its first appearance."""
    seen: dict[str, str] = {}
    return re.sub(r"(conv|run|message)-[0-9a-f-]{36}", lambda match: seen.setdefault(match[0], f"#{len(seen)}"), text)
