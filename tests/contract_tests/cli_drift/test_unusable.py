"""What cannot be compared, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.contract_tests.drift import comparison

from .documents import ONE, drift

if TYPE_CHECKING:
    from tests.contract_tests.outcome import Outcome

    Command = Callable[..., Outcome]

pytestmark = pytest.mark.slow


class TestUnusable:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((), "There is nothing to compare with. Give a URL or a FILE, or set LETTA_BASE_URL."),
            (
                ("none.json",),
                "none.json cannot be read: No such file or directory. Pass a file, or a URL with http://.",
            ),
            (("http://u:p@host",), "The address holds a name or a password."),
            (("x.json", "--update-baseline"), "--update-baseline does not know which file to write."),
            (("x.json", "--baseline", "none.yaml"), "none.yaml cannot be read: No such file or directory."),
        ],
    )
    def test_slip_is_2(self, command: Command, arguments: tuple[str, ...], message: str) -> None:
        """What cannot be carried out as it was said is one line on standard error."""
        result = command("drift", *arguments)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(f"Error: {message}")

    @pytest.mark.parametrize(
        ("document", "message"),
        [
            ({"swagger": "2.0"}, "server.json is Swagger 2.0, and only OpenAPI 3 can be compared. Convert it,"),
            ({"openapi": "3.1.0", "paths": {"/pets": {}}}, "server.json has none of the contract's 13 operations:"),
        ],
    )
    def test_no_such_document_is_3(self, command: Command, document: Any, message: str) -> None:
        """What is no document of this API is told in one line."""
        result = drift(command, document)
        assert (result.code, result.out) == (3, "")
        assert result.err.startswith(f"Error: {message}")
        assert result.err.count("\n") == 1

    def test_nobody_there_is_3(self, command: Command) -> None:
        """Where nothing listens, there is no verdict."""
        result = command("drift", "http://127.0.0.1:9")
        assert (result.code, result.out) == (3, "")
        assert result.err.startswith("Error: http://127.0.0.1:9/openapi.json: the server took no connection: ")

    def test_document_without_bottom_is_3(self, command: Command) -> None:
        """A YAML anchor that holds itself ends in a message, not in our own fault."""
        operation = "{requestBody: {content: {application/json: {schema: &it {allOf: [*it]}}}}, responses: {}}"
        text = f"openapi: 3.1.0\npaths:\n  {ONE}:\n    patch: {operation}\n"
        Path("server.yaml").write_text(text, "utf-8")
        result = command("drift", "server.yaml")
        assert (result.code, result.out) == (3, "")
        assert result.err == "Error: server.yaml is nested past any sense. Take some levels out.\n"

    def test_fault_of_ours_is_4(self, command: Command, bundle: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """A bug of the comparison is told as such."""
        monkeypatch.setattr(comparison, "pair", lambda *_: 1 / 0)
        result = drift(command, bundle)
        assert (result.code, result.out) == (4, "")
        assert result.err.startswith("Our own fault: ZeroDivisionError: ")
