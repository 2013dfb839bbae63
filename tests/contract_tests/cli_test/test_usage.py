"""What was asked for wrongly, and told before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from letta_contract.contract_tests import gate

if TYPE_CHECKING:
    from tests.contract_tests.outcome import Outcome

    Command = Callable[..., Outcome]

pytestmark = pytest.mark.slow
LENGTH = "retrieve_conversation/conversation-id-length"


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
