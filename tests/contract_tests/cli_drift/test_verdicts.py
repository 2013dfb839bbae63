"""What a comparison tells in a terminal, and returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from .documents import ONE, drift, normal, shorter

if TYPE_CHECKING:
    from tests.contract_tests.outcome import Outcome

    Command = Callable[..., Outcome]

pytestmark = pytest.mark.slow
SAME = """\
Target    server.json   OpenAPI 3.0.3, Letta conversations 1.0.0   Contract 1.0.0

0 breaking · 0 notable · 0 info
NO DRIFT
"""

DRIFTED = """\
Target    server.json   OpenAPI 3.0.3, Letta conversations 1.0.0   Contract 1.0.0

✘ path conversation_id/maxLength  breaking, request stricter
    Contract     maxLength 42                              spec/parameters.yaml:N
    Target       maxLength 40                              #/paths/~1v1~1conversations~1{conversation_id}~1cancel\
/parameters/0/schema
    In           cancel_conversation

~ status 409/status-missing  notable, response stricter
    Contract     409                                       spec/responses.yaml:N
    Target       no such status                            #/paths/~1v1~1conversations~1{conversation_id}~1cancel/post
    In           cancel_conversation

· query archive_status/parameter-missing  info, request stricter (LEVEL-12)
    Contract     string, optional                          spec/parameters.yaml:N
    Target       no such parameter                         #/paths/~1v1~1conversations~1/get
    In           list_conversations

· header x-tenant/parameter-extra  info, request wider
    Contract     no such parameter                         spec/paths/conversation.yaml:N
    Target       string, optional                          #/paths/~1v1~1conversations~1{conversation_id}/parameters/1
    In           retrieve_conversation, update_conversation, delete_conversation

1 breaking · 1 notable · 2 info
DRIFTED
"""


class TestVerdicts:
    def test_no_difference_is_0(self, command: Command, bundle: Any) -> None:
        """A document that says what the contract says is told so."""
        result = drift(command, bundle, "--fail-on", "any")
        assert (result.code, result.out, result.err) == (0, SAME, "")

    def test_difference_is_1(self, command: Command, bundle: Any) -> None:
        """Each difference is told with severity, direction, and what both say where; the worst come first."""
        paths = shorter(bundle)["paths"]
        del paths[f"{ONE}/cancel"]["post"]["responses"]["409"]
        listing = paths["/v1/conversations/"]["get"]
        listing["parameters"] = [one for one in listing["parameters"] if one["name"] != "archive_status"]
        paths[ONE]["parameters"].append({"name": "X-Tenant", "in": "header", "schema": {"type": "string"}})
        result = drift(command, bundle)
        assert (result.code, normal(result.out), result.err) == (1, DRIFTED, "")

    def test_less_than_breaking_is_0_unless_any_counts(self, command: Command, bundle: Any) -> None:
        """What breaks no client fails the command only where any difference is to."""
        del bundle["paths"][ONE]["get"]["responses"]["404"]
        lenient, strict = drift(command, bundle), drift(command, bundle, "--fail-on", "any")
        assert (lenient.code, lenient.out.splitlines()[-1]) == (0, "NO DRIFT THAT COUNTS")
        assert (strict.code, strict.out.splitlines()[-1]) == (1, "DRIFTED")

    def test_server_is_asked_for_its_document(
        self, command: Command, server: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Our own mock server publishes the contract; its address may come from the environment."""
        monkeypatch.setenv("LETTA_BASE_URL", server.url)
        result = command("drift", "--fail-on", "any")
        assert (result.code, result.out.splitlines()[-1]) == (0, "NO DRIFT")
        assert [call.path for call in server.app.calls] == ["/openapi.json"]
