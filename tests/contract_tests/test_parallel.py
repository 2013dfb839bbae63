from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

pytestmark = pytest.mark.slow  # each process loads the document

if TYPE_CHECKING:
    from .outcome import Outcome
    from .server import Server
    from .tampered import Answer, Call

    Command = Callable[..., Outcome]

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"  # in the mock's world
SECRET = "hush-hush-hush"

VIOLATED = """\
Target    http://HOST   Contract 1.0.0   Agent agent-123e4567-e89b-42d3-8456-426614174000 (given)

retrieve_conversation  ✔
fork_conversation      ✘
cancel_conversation    ✔

✘ fork_conversation/not-found-body  MUST
    Requirement  A 404 has a JSON body whose `detail` is a string. (ERR-4)
    Tried        an unknown id
    Expected     404 body as documented (ERR-4)
    Actual       the body: "detail" is a required property
    Reproduce    curl -sS -i -X POST http://HOST/v1/conversations/conv-ID/fork
    Explain      letta-contract explain fork_conversation/not-found-body     spec/paths/fork.yaml:N

3 MUST: 2 passed · 1 failed      2 of 3 operations conform      N requests in T s
Report  contract-report/FILES      Seed 0
NOT CONFORMANT
"""


def no_detail(call: Call, answer: Answer) -> Answer:
    """Forks of what is not there are answered with a body of another shape."""
    return answer.but(json={"message": "No"}) if answer.status == 404 and call.path.endswith("/fork") else answer


def told(results: Any) -> list[tuple[Any, ...]]:
    """What a report says of its cases, but for ids, times and commands."""
    return [
        (case["id"], case["verdict"], [(row["name"], row["verdict"], row.get("cause")) for row in case["rows"]])
        for case in results["cases"]
    ]


def test_report_is_that_of_one_run(command: Command, server: Server) -> None:
    """Whoever reads it cannot tell that several processes judged."""
    server.app.change = no_detail
    cases = [f"{operation}_conversation/not-found-body" for operation in ("retrieve", "fork", "cancel")]
    result = command("test", server.url, *cases, "--agent-id", AGENT, "-j", 2, "--format", "plain")
    shown = re.sub(r"(contract-report/)\S.*?(?=      Seed)", r"\1FILES", result.normal)
    assert (result.code, shown) == (1, VIOLATED)
    assert result.err.splitlines() == ["1 of 3 cases …", "2 of 3 cases …", "3 of 3 cases …"]


def test_cases_and_rows_are_those_of_one_run(command: Command, server: Server) -> None:
    """The same seed sends the same and finds the same, however many processes there are."""
    server.app.change = no_detail
    before = there(server)
    gate = ("test", server.url, "fork_conversation/*", "list_conversations/*", "--agent-id", AGENT, "--seed", 3)
    alone, together = command(*gate), command(*gate, "-j", 3)
    assert alone.code == together.code == 1
    assert told(together.results) == told(alone.results)
    assert together.results["coverage"] == alone.results["coverage"]
    assert there(server) == before


def test_each_process_has_its_own_mock(command: Command) -> None:
    """Without a URL, nobody waits for another one's server."""
    result = command("test", "retrieve_conversation/conversation-id-*", "-j", 2)
    assert (result.code, result.results["target"]) == (0, "the embedded mock server")


def test_more_processes_than_cases_are_no_slip(command: Command, server: Server) -> None:
    """No process is started for nothing."""
    cases = ["retrieve_conversation/conversation-id-length", "cancel_conversation/conversation-id-length"]
    assert command("test", server.url, *cases, "--agent-id", AGENT, "-j", 8).code == 0


def test_first_failure_can_end_all(command: Command, server: Server) -> None:
    """With -x the other processes stop, clear away, and that is no interruption."""

    def change(call: Call, answer: Answer) -> Answer:
        return no_detail(call, answer).but(delay=0.02 if call.method == "PATCH" else 0.0)

    server.app.change = change
    before = there(server)
    cases = ["fork_conversation/not-found-body", "update_conversation/*"]
    result = command("test", server.url, *cases, "--agent-id", AGENT, "-j", 2, "-x")
    assert (result.code, result.failed) == (1, ["fork_conversation/not-found-body"])
    assert not result.results["interrupted"]
    assert len(result.results["cases"]) < 15
    assert there(server) == before


def test_baseline_is_that_of_all(command: Command, server: Server) -> None:
    """What is known does not fail, and what is written is what all the processes found."""
    server.app.change = no_detail
    gate = ("test", server.url, "*/not-found-body", "--agent-id", AGENT, "-j", 2, "--baseline", "known.yaml")
    written = command(*gate, "--update-baseline")
    assert (written.code, written.results["counts"]["known"]) == (0, 1)
    assert Path("known.yaml").read_text("utf-8").count("- case: fork_conversation/not-found-body") == 1
    server.app.change = lambda _, answer: answer
    again = command(*gate)
    assert (again.code, "Fixed: fork_conversation/not-found-body" in again.out) == (0, True)


def test_how_slow_it_is_only_the_whole_can_tell(command: Command, server: Server) -> None:
    """An operation has one median, of what all the processes measured."""
    server.app.change = lambda call, answer: answer.but(delay=0.05) if call.method == "GET" else answer
    cases = ["list_conversations/limit-bounds-the-page", "list_conversations/agent-id-filters"]
    result = command("test", server.url, *cases, "--agent-id", AGENT, "-j", 2, "--max-response-time", "0.04")
    assert (result.code, result.failed) == (1, ["list_conversations/response-time"])
    assert [case["id"] for case in result.results["cases"]].count("list_conversations/response-time") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["http://127.0.0.1:1"], 3, "http://127.0.0.1:1: the server took no connection"),
        (["--agent-id", AGENT, "--allow-agent-writes"], 2, f"Processes that judge at once cannot all change {AGENT}."),
        (["--agent-id", AGENT.replace("1", "2")], 2, "knows no agent"),
    ],
)
def test_what_keeps_them_from_judging_is_told_once(
    command: Command, server: Server, arguments: list[str], code: int, message: str
) -> None:
    """An error of all the processes is one line, with the exit code of one run."""
    url = [] if "://" in arguments[0] else [server.url]
    result = command("test", *url, *arguments, "-j", 2, "--format", "plain")
    assert (result.code, result.out) == (code, "")
    assert message in result.err
    assert result.err.count("Error: ") == 1


@pytest.mark.parametrize("jobs", [0, -1, 65])
def test_number_of_processes_has_bounds(command: Command, jobs: int) -> None:
    """None, and more than any machine has, are slips."""
    result = command("test", "-j", jobs)
    assert (result.code, result.out) == (2, "")
    assert result.err == f"Error: -j {jobs} is no number of processes. Give 1 to 64, such as 4.\n"


def test_token_is_in_no_list_of_processes(command: Command, server: Server) -> None:
    """What a process is told stands in none of its arguments, and in nothing that is printed or written."""
    seen: list[bytes] = []

    def look(_: Call, answer: Answer) -> Answer:
        seen.extend(path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists())
        return answer

    server.app.change = look
    secrets = ("--token", SECRET, "--header", f"X-Key: {SECRET}")
    result = command("test", server.url, "*/not-found-body", "--agent-id", AGENT, "-j", 2, *secrets)
    assert result.code == 0
    assert any(b"contract_tests.part" in line for line in seen) or not Path("/proc").exists()
    assert not any(SECRET.encode() in line for line in seen if b"contract_tests.part" in line)
    assert SECRET not in result.out + result.err + (result.folder / "contract-report/results.json").read_text("utf-8")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_reaches_all_and_leaves_nothing(server: Server, tmp_path: Path, number: int) -> None:
    """Told once, every process clears away and tells what it found, and the joint report is written."""
    before = there(server)
    server.app.change = lambda _, answer: answer.but(delay=0.02)
    arguments = ["update_conversation/*", "--agent-id", AGENT, "-j", "2", "--format", "plain"]
    command = [sys.executable, "-m", "letta_contract.contract_tests", "test", server.url, *arguments]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    assert process.stdout is not None
    with process.stdout:
        while made(server) < 6:
            time.sleep(0.02)
        (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
        out = process.stdout.read()
    assert (process.wait(30), out.splitlines()[-1]) == (130, "INTERRUPTED")
    assert there(server) == before
    assert json.loads((tmp_path / "contract-report/results.json").read_text("utf-8"))["exit_code"] == 130


def test_process_that_was_killed_is_our_fault(server: Server, tmp_path: Path) -> None:
    """A part without a report is not green."""
    server.app.change = lambda _, answer: answer.but(delay=0.02)
    arguments = ["update_conversation/*", "--agent-id", AGENT, "-j", "2", "--format", "plain"]
    command = [sys.executable, "-m", "letta_contract.contract_tests", "test", server.url, *arguments]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while made(server) < 6:
        time.sleep(0.02)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (4, "")
    assert "Error: A process that judged was killed. If memory is short, pass a lower -j.\n" in err


def made(server: Server) -> int:
    """How many conversations were made, or tried to be."""
    return sum(call.method == "POST" and call.path == "/v1/conversations/" for call in server.app.calls)


def there(server: Server) -> set[str]:
    """The ids of all conversations; asked without the judge."""
    listed = httpx.get(f"{server.url}/v1/conversations/", params={"limit": 1000, "archive_status": "all"})
    return {conversation["id"] for conversation in listed.json()}
