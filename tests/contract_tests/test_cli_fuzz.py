from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.contract_tests import fuzzing
from letta_contract.contract_tests.case import Case, Result, Row
from letta_contract.contract_tests.cases import generated, linked
from letta_contract.contract_tests.verdict import Verdict

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from .outcome import Outcome
    from .server import Server

    Command = Callable[..., Outcome]

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"


@pytest.fixture
def fuzz(command: Command, server: Server, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Hunts with what is drawn for one operation only, which takes a second."""
    chosen = generated.cases
    monkeypatch.setattr(generated, "_COUNT", 6)
    monkeypatch.setattr(generated, "cases", lambda all_: chosen([o for o in all_ if o.id == "cancel_conversation"]))
    monkeypatch.setattr(linked, "cases", lambda _: iter(()))
    return lambda *more: command("fuzz", server.url, "--agent-id", AGENT, "--format", "plain", *more)


def test_conforming_server_is_0(fuzz: Command) -> None:
    """When the time is up and nothing was found, the server conforms."""
    result = fuzz("--time", "1s")
    assert result.code == 0
    assert result.out.splitlines()[-1] == "CONFORMANT"
    assert result.results["command"] == "fuzz"


def test_each_bug_is_told_once(fuzz: Command, server: Server) -> None:
    """What many requests of many rounds showed is one failure, with a command that repeats it."""
    server.app.change = lambda call, answer: answer.but(status=500) if call.path.endswith("/cancel") else answer
    result = fuzz("--time", "2s", "--seed", "3")
    assert (result.code, result.results["seed"]) == (1, 3)
    assert result.failed
    for case in result.results["cases"]:
        causes = [row["cause"] for row in case["rows"] if row["verdict"] == "fail"]
        assert len(causes) == len(set(causes))
    assert "    Reproduce    curl -sS -i " in result.out


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("5m", 300), ("2h", 7200), ("0.5m", 30), (None, 300)]
)
def test_time_has_a_unit(
    command: Command, server: Server, monkeypatch: pytest.MonkeyPatch, text: str | None, seconds: float
) -> None:
    """Seconds, minutes and hours are understood; without a word it is five minutes."""
    asked: list[float] = []

    def hunt(bench: Any, given: float, *_: Any) -> Any:
        asked.append(given)
        case = Case("list_conversations", "slug", "It must.", "OP-2", lambda _: iter(()))
        yield Result(case, (Row("a", Verdict.PASS),), bench.seed)

    monkeypatch.setattr(fuzzing, "hunt", hunt)
    time = () if text is None else ("--time", text)
    assert command("fuzz", server.url, "--agent-id", AGENT, *time).code == 0
    assert asked == [seconds]


@pytest.mark.parametrize("text", ["0", "0s", "-1s", "1d", "soon", "", "1 m", "1e9"])
def test_time_that_is_none_is_a_usage_error(command: Command, text: str) -> None:
    """What is no time is told with examples of one."""
    result = command("fuzz", "--time", text)
    assert (result.code, result.out) == (2, "")
    assert f"{text!r} is no time. Give it as 90s, 5m or 2h." in result.err


@pytest.mark.parametrize("url", ["localhost:8283", "list_conversations", ""])
def test_address_without_a_scheme_is_not_our_own_mock(command: Command, url: str) -> None:
    """An hour is not spent on the wrong server, and then told as its success."""
    result = command("fuzz", url)
    assert (result.code, result.out) == (2, "")
    assert result.err == f"Error: {url!r} is no address of a server. Give one such as http://localhost:8283.\n"


def test_target_that_is_down_is_3(command: Command) -> None:
    """The same checks come first as for `test`."""
    assert command("fuzz", "http://127.0.0.1:1").code == 3


def test_folder_that_cannot_be_is_told_first(command: Command) -> None:
    """Nothing is hunted for an hour to be lost."""
    Path("file").write_text("")
    result = command("fuzz", "http://127.0.0.1:1", "--out", "file")
    assert (result.code, result.err) == (
        2,
        "Error: The report cannot be written to file: File exists. Pass another --out.\n",
    )


def test_ctrl_c_tells_what_was_found(server: Server, tmp_path: Path) -> None:
    """Whoever has seen enough gets the report of all that was found so far, with 130, and nothing stays behind."""
    server.app.change = lambda call, answer: answer.but(status=500) if "/v1/conversations/?" in line(call) else answer
    command = [sys.executable, "-m", "letta_contract.contract_tests", "fuzz", server.url, "--agent-id", AGENT]
    process = subprocess.Popen(
        [*command, "--time", "1h", "--format", "plain"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        while process.stderr.readline() != "list_conversations …\n":
            pass
        os.killpg(process.pid, signal.SIGINT)
        out = process.stdout.read()
    assert process.wait(30) == 130
    assert out.splitlines()[-1] == "INTERRUPTED"
    report = json.loads((tmp_path / "contract-report/results.json").read_text("utf-8"))
    assert {case["operation"] for case in report["cases"]} == {"create_conversation"}
    assert "✘ create_conversation/" in out


def line(call: Any) -> str:
    return f"{call.path}?{call.query}" if call.method == "POST" and call.body else ""
