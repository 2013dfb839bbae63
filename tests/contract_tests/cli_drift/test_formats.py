"""A comparison in other formats, and in a file; no format tells a secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .documents import ONE, drift, normal, shorter

if TYPE_CHECKING:
    from tests.contract_tests.outcome import Outcome

    Command = Callable[..., Outcome]

pytestmark = pytest.mark.slow
SECRET = "hush-hush-hush"

MARKDOWN = """\
## letta-contract drift: DRIFTED

server.json (OpenAPI 3.0.3, Letta conversations 1.0.0) beside contract 1.0.0: 1 breaking · 0 notable · 0 info.

| | | contract | target | in |
| --- | --- | --- | --- | --- |
| breaking, request stricter | `path conversation_id/maxLength` | maxLength 42<br>`spec/parameters.yaml:N` \
| maxLength 40<br>`#/paths/~1v1~1conversations~1{conversation_id}~1cancel/parameters/0/schema` | cancel_conversation |
"""


class TestFormats:
    def test_json(self, command: Command, bundle: Any) -> None:
        """With --format json, standard output is one JSON value with everything in it."""
        result = drift(command, shorter(bundle), "--format", "json")
        told = json.loads(result.out)
        (difference,) = told.pop("differences")
        assert told.pop("tool").startswith("letta-contract ")
        assert told == {
            "version": 1,
            "contract": "1.0.0",
            "target": "server.json",
            "document": "OpenAPI 3.0.3, Letta conversations 1.0.0",
            "fail_on": "breaking",
            "verdict": "DRIFTED",
            "exit_code": 1,
            "counts": {"info": 0, "notable": 0, "breaking": 1, "known": 0},
            "baseline": {"mended": [], "expired": []},
        }
        assert len(difference.pop("fingerprint")) == 12
        difference["contract"]["place"] = normal(difference["contract"]["place"])
        assert difference == {
            "id": "path conversation_id/maxLength",
            "kind": "maxLength",
            "subject": "path conversation_id",
            "side": "request",
            "direction": "stricter",
            "severity": "breaking",
            "contract": {"text": "maxLength 42", "place": "spec/parameters.yaml:N"},
            "target": {
                "text": "maxLength 40",
                "place": f"#/paths/{ONE.replace('/', '~1')}~1cancel/parameters/0/schema",
            },
            "operations": ["cancel_conversation"],
            "rule": "",
            "known": "",
        }

    def test_sarif(self, command: Command, bundle: Any) -> None:
        """SARIF points to the contract's line, with a level by severity and the fingerprint of the baseline."""
        del shorter(bundle)["paths"][ONE]["get"]["responses"]["404"]
        result = drift(command, bundle, "--format", "sarif")
        sarif = json.loads(result.out)
        assert sarif["version"] == "2.1.0"
        (run,) = sarif["runs"]
        assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["drift/maxLength", "drift/status-missing"]
        assert [(one["ruleId"], one["level"]) for one in run["results"]] == [
            ("drift/maxLength", "error"),
            ("drift/status-missing", "warning"),
        ]
        place = run["results"][0]["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "spec/parameters.yaml"
        assert place["region"]["startLine"] > 1
        assert (
            "Contract: maxLength 42. Target: maxLength 40 (server.json#/paths/"
            in (run["results"][0]["message"]["text"])
        )

    def test_markdown(self, command: Command, bundle: Any) -> None:
        """Markdown is a table."""
        result = drift(command, shorter(bundle), "--format", "markdown")
        assert normal(result.out) == MARKDOWN

    @pytest.mark.parametrize("style", ["text", "json", "sarif", "markdown"])
    def test_file_instead_of_standard_output(self, command: Command, bundle: Any, style: str) -> None:
        """With --out, the same goes into a file, and standard output stays empty."""
        printed = drift(command, shorter(bundle), "--format", style).out
        result = drift(command, bundle, "--format", style, "--out", "drift.out")
        assert (result.code, result.out, result.err) == (1, "", "DRIFTED   Report  drift.out\n")
        assert Path("drift.out").read_text("utf-8") == printed

    def test_file_that_cannot_be_written(self, command: Command, bundle: Any) -> None:
        """A folder that is not there is told."""
        result = drift(command, bundle, "--out", "nowhere/drift.out")
        assert result.code == 2
        assert (
            result.err == "Error: nowhere/drift.out cannot be written: No such file or directory. Pass another --out.\n"
        )


@pytest.mark.parametrize("style", ["text", "json", "sarif", "markdown"])
def test_secrets_and_control_characters_are_nowhere(command: Command, bundle: Any, style: str) -> None:
    """Whatever a server writes into its document, no report shows the token, an extra header, or moves the cursor."""
    listing = bundle["paths"]["/v1/conversations/"]["get"]
    schema = {"type": "string", "default": SECRET}
    listing["parameters"].append({"name": f"{SECRET}\x1b[2J", "in": "query", "required": True, "schema": schema})
    bundle["info"]["title"] = f"{SECRET} and Basic c2VjcmV0c2VjcmV0"
    secrets = ("--token", SECRET, "--header", "X-Key: Basic c2VjcmV0c2VjcmV0")
    result = drift(command, bundle, *secrets, "--format", style)
    assert result.code == 1
    assert "parameter-extra" in result.out
    for unwanted in (SECRET, "c2VjcmV0", "\x1b"):
        assert unwanted not in result.out
        assert json.dumps(unwanted)[1:-1] not in result.out


def test_secrets_are_in_no_message(command: Command) -> None:
    """An error about the document quotes no token either."""
    result = drift(command, {"openapi": SECRET}, "--token", SECRET)
    assert result.code == 3
    assert "is OpenAPI ${LETTA_API_KEY}, and only 3.x" in result.err
