from __future__ import annotations

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.contract_tests import gate
from letta_contract.mock_server import Settings, create_app

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from .outcome import Outcome
    from .raw import Raw
    from .server import Server
    from .tampered import Answer, Call

    Command = Callable[..., Outcome]
    Change = Callable[[Call, Answer], Answer]

SELF_SIGNED = Path(__file__).parent / "tls/self_signed.pem"
AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"
SECRET = "hush-hush-hush"
LENGTH = "retrieve_conversation/conversation-id-length"
SEND = "send_conversation_message"

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


def over_long_is_not_found(call: Call, answer: Answer) -> Answer:
    """The commonest deviation: looked up before it was measured."""
    long = len(call.path.split("/")[-1]) > 42
    return answer.but(status=404, json={"detail": "No such conversation"}) if long else answer


@pytest.fixture
def judge(command: Command, server: Server) -> Command:
    """Runs `test` on the mock, with its agent, in plain text."""
    return lambda *cases: command("test", server.url, *cases, "--agent-id", AGENT, "--format", "plain")


def shown(result: Outcome) -> str:
    return re.sub(r"(contract-report/)\S.*?(?=      Seed)", r"\1FILES", result.normal)


class TestVerdicts:
    def test_conforming_server_is_0(self, judge: Command) -> None:
        """A server that keeps the contract is told so in a few lines; the log stands apart."""
        result = judge(LENGTH, "retrieve_conversation/conversation-id-known", "cancel_conversation/*-form")
        assert (result.code, shown(result)) == (0, CONFORMS)
        assert set(result.err.splitlines()) == {"retrieve_conversation …", "cancel_conversation …"}

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


TEST = "retrieve_conversation"
STREAMS = f"{SEND}/streaming-picks-the-media-type"


def on(test: Callable[[Call], bool], **changes: Any) -> Change:
    """Answers what `test` holds of with these changes."""
    return lambda call, answer: answer.but(**changes) if test(call) else answer


def with_body(old: bytes, new: bytes) -> Change:
    """Event streams with a passage replaced."""
    return lambda _, answer: answer.but(body=answer.body.replace(old, new)) if b"data: " in answer.body else answer


def accepts(length: int) -> Change:
    """Ids of this length are taken for a conversation's."""
    known = {"id": "conv-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364", "agent_id": AGENT}
    return on(lambda call: len(call.path.split("/")[-1]) == length, status=200, json=known)


BROKEN: dict[str, tuple[Change, list[str]]] = {
    "over-long ids are looked up": (over_long_is_not_found, [f"{TEST}/conversation-id-length"]),
    "43 characters are accepted": (accepts(43), [f"{TEST}/conversation-id-length"]),
    "upper case is accepted": (
        on(
            lambda call: bool(re.search("/conv-[0-9A-F-]{36}$", call.path)),
            status=200,
            json={"id": "conv-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364", "agent_id": AGENT},
        ),
        [f"{TEST}/conversation-id-characters"],
    ),
    "a newline at the end is accepted": (
        on(
            lambda call: bool(re.search("/conv-[0-9a-f-]{36}%0A$", call.path)),
            status=200,
            json={"id": "conv-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364", "agent_id": AGENT},
        ),
        [f"{TEST}/conversation-id-characters"],
    ),
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
    "a conversation is plain text": (
        lambda call, answer: (
            answer.but(media="text/plain") if answer.status == 200 and call.method == "GET" else answer
        ),
        [f"{TEST}/conversation-id-known"],
    ),
    "a conversation holds NaN": (
        lambda call, answer: (
            answer.but(body=answer.body.replace(b'"id":', b'"x": NaN, "id":', 1)) if call.method == "GET" else answer
        ),
        [f"{TEST}/conversation-id-known"],
    ),
    "a conversation is nested past any sense": (
        lambda call, answer: (
            answer.but(body=b"[" * 99_999) if answer.status == 200 and call.method == "GET" else answer
        ),
        [f"{TEST}/conversation-id-known"],
    ),
    "half a character in a wrong place": (
        lambda call, answer: (
            answer.but(body=b'{"id": "\\ud800", "agent_id": "a"}')
            if answer.status == 200 and call.method == "GET"
            else answer
        ),
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


class TestUsage:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["retrieve_conversatoin"], "No case is named 'retrieve_conversatoin'. Did you mean retrieve_conversation"),
            ([LENGTH, "--skip", "retrieve_*"], "No case is left to run. Take out a --skip, or name fewer cases."),
            (["http://host", "--skip", "x/y"], "No case is named 'x/y'. See: letta-contract list"),
            (["localhost:8283"], "'localhost:8283' is no address of a server. Give one such as http://localhost:8283."),
            (["[::1]:8283"], "'[::1]:8283' is no address of a server."),
            (["ftp://host"], "'ftp://host' is no address of a server."),
            ([""], "'' is no address of a server."),
            (["http://host:99999"], "'http://host:99999' is no address of a server: Port out of range 0-65535."),
            (["http://host", "--header", "X"], "A --header has no colon. Give each as 'Name: value'."),
            (["http://host", "--timeout", "nan"], "--timeout nan is no time to wait. Give seconds, more than 0."),
            (
                ["http://host", "--ca", "none.pem"],
                "The certificate cannot be read: [Errno 2] No such file or directory.",
            ),
            (
                ["http://host", "--out", "file"],
                "The report cannot be written to file: File exists. Pass another --out.",
            ),
        ],
    )
    def test_slip_is_told_before_anything_is_sent(self, command: Command, arguments: list[str], message: str) -> None:
        """What cannot be carried out as it was said is one line on standard error, and exit code 2."""
        Path("file").write_text("")
        result = command("test", *arguments)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(f"Error: {message}")
        assert result.err.count("\n") == 1
        assert not (result.folder / "contract-report/results.json").exists()

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (b"url = ", "letta-contract.toml cannot be read: "),
            (b"\xff", "letta-contract.toml cannot be read: "),
            (b"tiemout = 3", "letta-contract.toml: unknown setting 'tiemout'. Known are: agent_id, "),
            (b"timeout = 'x'", "letta-contract.toml: timeout = 'x' is of the wrong type. Give a number."),
        ],
    )
    def test_slip_in_the_file_is_told(self, command: Command, text: bytes, message: str) -> None:
        """A settings file that is wrong is named."""
        Path("letta-contract.toml").write_bytes(text)
        result = command("test")
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(f"Error: {message}")

    def test_fault_of_ours_is_4(self, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        """A bug of the judge is told as such."""
        monkeypatch.setattr(gate, "select", lambda *_: 1 / 0)
        result = command("test")
        assert (result.code, result.out) == (4, "")
        assert result.err.startswith("Our own fault: ZeroDivisionError: ")


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


class TestInterruption:
    def interrupted(self, arguments: list[str], folder: Path, ready: Callable[[], bool]) -> tuple[int, str]:
        """Exit code and output of a command whose whole process group gets a Ctrl-C once it is `ready`."""
        command = [sys.executable, "-m", "letta_contract.contract_tests", "test", *arguments, "--format", "plain"]
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        assert process.stdout is not None
        assert process.stderr is not None
        with process.stdout, process.stderr:
            assert process.stderr.readline() == "update_conversation …\n"
            while not ready():
                time.sleep(0.02)
            os.killpg(process.pid, signal.SIGINT)
            out = process.stdout.read()
        return process.wait(30), out

    def test_ctrl_c_is_130_and_clears_away(self, server: Server, tmp_path: Path) -> None:
        """In the middle of a run, Ctrl-C ends it; what it made is gone, and what it found is told and written."""
        server.app.change = lambda _, answer: answer.but(delay=0.02)
        cases = ["update_conversation/changes-*", "update_conversation/body-values"]
        arguments = [server.url, *cases, "--agent-id", AGENT]
        code, out = self.interrupted(arguments, tmp_path, lambda: made(server) > 3)
        assert (code, out.splitlines()[-1]) == (130, "INTERRUPTED")
        assert sum(call.method == "DELETE" for call in server.app.calls) == made(server)
        assert json.loads((tmp_path / "contract-report/results.json").read_text("utf-8"))["exit_code"] == 130
        assert [path.name for path in tmp_path.iterdir()] == ["contract-report"]

    def test_embedded_mock_outlives_ctrl_c(self, tmp_path: Path) -> None:
        """The mock is there until the run has cleared away: nothing is told as left behind, or as failed."""
        begun = time.monotonic()
        arguments = ["update_conversation/changes-*", "update_conversation/body-values"]
        code, out = self.interrupted(arguments, tmp_path, lambda: time.monotonic() > begun + 0.3)
        assert (code, out.splitlines()[-1]) == (130, "INTERRUPTED")
        assert "Left behind" not in out
        assert " failed" not in out


def made(server: Server) -> int:
    """How many conversations were made, or tried to be."""
    return sum(call.method == "POST" and call.path == "/v1/conversations/" for call in server.app.calls)


def test_mock_that_keeps_the_contract_needs_a_token(command: Command, serve: Callable[[Any], Server]) -> None:
    """A server with a token is judged with it, and asked without it."""
    server = serve(create_app(Settings(stateful=True, token=SECRET)))
    cases = ["retrieve_conversation/asks-for-the-token", LENGTH]
    result = command("test", server.url, *cases, "--token", SECRET, "--agent-id", AGENT, "--format", "plain")
    assert (result.code, [case["verdict"] for case in result.results["cases"]]) == (0, ["pass", "pass"])
