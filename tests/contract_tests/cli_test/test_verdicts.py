"""What a run tells and returns: its text, its reports and its exit code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from .changes import over_long_is_not_found

if TYPE_CHECKING:
    from tests.contract_tests.outcome import Outcome
    from tests.contract_tests.server import Server

    Command = Callable[..., Outcome]

pytestmark = pytest.mark.slow
AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"
LENGTH = "retrieve_conversation/conversation-id-length"

CONFORMS = """\
Target    http://HOST   Contract 1.0.0   Agent agent-123e4567-e89b-42d3-8456-426614174000 (given)

retrieve_conversation  ✔✔
cancel_conversation    ✔

3 MUST: 3 passed      2 of 2 operations conform      N requests in T s
Report  contract-report/FILES      Seed 0
CONFORMANT
"""

VIOLATED = """\
Target    http://HOST   Contract 1.0.0   Agent agent-123e4567-e89b-42d3-8456-426614174000 (given)

retrieve_conversation  ✘

✘ retrieve_conversation/conversation-id-length  MUST
    Requirement  An id of any other length than its form has is 422; a well-formed one that nothing has is 404. (ID-7)
    Tried        43 characters
    Expected     422: 43 characters (ID-3)
    Actual       404 {"detail": "No such conversation"}
    Reproduce    curl -sS -i http://HOST/v1/conversations/conv-ID00
    Tried        64 characters, 255 characters, 5000 characters
    Expected     422: 64 characters (ID-7)
    Actual       404 {"detail": "No such conversation"}
    Reproduce    curl -sS -i http://HOST/v1/conversations/conv-ID00000000000000000000000
    Explain      letta-contract explain retrieve_conversation/conversation-id-length     spec/paths/conversation.yaml:N

1 MUST: 1 failed      0 of 1 operations conform      N requests in T s
Report  contract-report/FILES      Seed 0
NOT CONFORMANT
"""


def shown(result: Outcome) -> str:
    return re.sub(r"(contract-report/)\S.*?(?=      Seed)", r"\1FILES", result.normal)


class TestVerdicts:
    def test_conforming_server_is_0(self, judge: Command) -> None:
        """A server that keeps the contract is told so in a few lines; the log stands apart."""
        result = judge(LENGTH, "retrieve_conversation/conversation-id-known", "cancel_conversation/*-form")
        assert (result.code, shown(result)) == (0, CONFORMS)
        assert result.err.splitlines() == [f"{number} of 3 cases …" for number in (1, 2, 3)]

    def test_violated_contract_is_1(self, judge: Command, server: Server) -> None:
        """A server that breaks it is told where, what was expected, what came and how to repeat it."""
        server.app.change = over_long_is_not_found
        result = judge(LENGTH)
        assert (result.code, shown(result)) == (1, VIOLATED)

    def test_results_are_written(self, judge: Command) -> None:
        """The folder of the report holds what was printed, for programs."""
        result = judge(LENGTH)
        assert result.results["exit_code"] == 0
        assert [case["id"] for case in result.results["cases"]] == [LENGTH]
        assert "<testcase" in (result.folder / "contract-report/junit.xml").read_text("utf-8")

    def test_json_is_all_that_is_printed(self, command: Command, server: Server) -> None:
        """With --format json, standard output is one JSON value."""
        result = command("test", server.url, LENGTH, "--agent-id", AGENT, "--format", "json")
        assert (result.code, json.loads(result.out)["verdict"]) == (0, "CONFORMANT")

    def test_run_in_which_nothing_was_judged_is_2(self, judge: Command) -> None:
        """A run that skipped everything is not green."""
        result = judge("retrieve_conversation/asks-for-the-token")
        assert (result.code, result.out.splitlines()[-1]) == (2, "NOT JUDGED")

    def test_first_failure_can_end_the_run(self, judge: Command, server: Server) -> None:
        """With -x, what comes after the first failure is not asked."""
        server.app.change = over_long_is_not_found
        result = judge("*/conversation-id-length", "*/conversation-id-form", "-x")
        assert (result.code, result.failed) == (1, [LENGTH])
        assert result.results["cases"][-1]["id"] == LENGTH

    def test_cases_can_be_skipped(self, judge: Command) -> None:
        """--skip takes cases out again."""
        result = judge("retrieve_conversation/conversation-id-*", "--skip", "*-characters", "--skip", LENGTH)
        slugs = [case["id"].split("/")[1] for case in result.results["cases"]]
        assert "conversation-id-form" in slugs
        assert not {"conversation-id-length", "conversation-id-characters"} & set(slugs)

    def test_url_may_come_from_the_environment(
        self, command: Command, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With LETTA_BASE_URL set, the first argument is a case."""
        monkeypatch.setenv("LETTA_BASE_URL", server.url)
        monkeypatch.setenv("LETTA_AGENT_ID", AGENT)
        result = command("test", LENGTH)
        assert (result.code, result.results["target"]) == (0, server.url)

    def test_embedded_mock_conforms(self, command: Command) -> None:
        """Without any URL the mock is started, judged and ended."""
        result = command("test", "retrieve_conversation/conversation-id-*", "summarize_messages/agent-id-agent")
        assert (result.code, result.results["target"]) == (0, "the embedded mock server")
        assert {case["verdict"] for case in result.results["cases"]} == {"pass"}

    def test_embedded_mock_without_memory_conforms(self, command: Command) -> None:
        """With --stateless it answers examples, and what asks for memory is left out."""
        result = command("test", "retrieve_conversation/conversation-id-*", "--stateless")
        assert result.code == 0
        verdicts = {case["id"].split("-id-")[1]: case["verdict"] for case in result.results["cases"]}
        assert (verdicts["length"], verdicts["known"]) == ("pass", "skip")
