from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.contract_tests.baseline import read, write
from letta_contract.contract_tests.drift import comparison
from letta_contract.spec import load

if TYPE_CHECKING:
    from .outcome import Outcome

    Command = Callable[..., Outcome]

pytestmark = pytest.mark.slow
SECRET = "hush-hush-hush"

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

MARKDOWN = """\
## letta-contract drift: DRIFTED

server.json (OpenAPI 3.0.3, Letta conversations 1.0.0) beside contract 1.0.0: 1 breaking · 0 notable · 0 info.

| | | contract | target | in |
| --- | --- | --- | --- | --- |
| breaking, request stricter | `path conversation_id/maxLength` | maxLength 42<br>`spec/parameters.yaml:N` \
| maxLength 40<br>`#/paths/~1v1~1conversations~1{conversation_id}~1cancel/parameters/0/schema` | cancel_conversation |
"""

ONE = "/v1/conversations/{conversation_id}"


@pytest.fixture(scope="session")
def _bundle() -> str:
    return json.dumps(load())


@pytest.fixture
def bundle(_bundle: str) -> Any:
    """The contract in one file, free to be changed."""
    return json.loads(_bundle)


def drift(command: Command, document: Any, *arguments: object) -> Outcome:
    """What the command says of a document in a file."""
    Path("server.json").write_text(json.dumps(document), "utf-8")
    return command("drift", "server.json", *arguments)


def shorter(document: Any) -> Any:
    """The document of a server that takes no long ids of conversations to cancel."""
    document["paths"][f"{ONE}/cancel"]["parameters"][0]["schema"]["maxLength"] = 40
    return document


def normal(text: str) -> str:
    return re.sub(r"(spec/[\w/]+\.yaml):\d+", r"\1:N", text)


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


class TestBaseline:
    def test_known_new_and_mended(self, command: Command, bundle: Any) -> None:
        """What is written down does not fail; the same in one more operation does; what is gone is told."""
        update = ("--baseline", "known.yaml", "--update-baseline")
        assert drift(command, shorter(bundle), *update).code == 0
        (entry,) = read(Path("known.yaml")).entries
        assert (entry.case, entry.reason) == ("cancel_conversation", "not explained yet")
        assert entry.what == "request, path conversation_id/maxLength: maxLength 42 / maxLength 40"

        known = drift(command, bundle, "--baseline", "known.yaml")
        assert (known.code, known.out.splitlines()[-2:]) == (
            0,
            ["0 breaking · 0 notable · 0 info · 1 known", "NO DRIFT THAT COUNTS"],
        )

        bundle["paths"][f"{ONE}/fork"]["parameters"][0]["schema"]["maxLength"] = 40
        new = drift(command, bundle, "--baseline", "known.yaml")
        assert new.code == 1
        assert "    In           fork_conversation\n" in new.out

        mended = drift(command, load(), "--baseline", "known.yaml")
        assert mended.code == 0
        assert f"Mended: {entry.what}. Take it out of the baseline, or pass --update-baseline.\n" in mended.out

    def test_reasons_stay_and_mended_entries_go(self, command: Command, bundle: Any) -> None:
        """An update keeps what people wrote, widens an entry to more operations, and drops what is gone."""
        update = ("--baseline", "known.yaml", "--update-baseline")
        bundle["paths"][f"{ONE}/compact"]["parameters"][0]["schema"]["minLength"] = 9
        drift(command, shorter(bundle), *update)
        file = Path("known.yaml")
        file.write_text(file.read_text("utf-8").replace("not explained yet", "It is old."), "utf-8")
        bundle["paths"][f"{ONE}/fork"]["parameters"][0]["schema"]["maxLength"] = 40
        del bundle["paths"][f"{ONE}/compact"]["parameters"][0]["schema"]["minLength"]
        assert drift(command, bundle, *update).code == 0
        (entry,) = read(file).entries
        assert (entry.case, entry.reason) == ("cancel_conversation, fork_conversation", "It is old.")

    def test_expired_entry_fails_again(self, command: Command, bundle: Any) -> None:
        """After its day, an entry excuses nothing, and is named."""
        file = Path("known.yaml")
        drift(command, shorter(bundle), "--baseline", file, "--update-baseline")
        baseline = read(file)
        yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011  # as the baseline has it
        write(replace(baseline, entries=tuple(replace(e, expires=yesterday) for e in baseline.entries)), file)
        result = drift(command, bundle, "--baseline", file)
        assert result.code == 1
        assert f"Expired on {yesterday}: request, path conversation_id/maxLength" in result.out

    def test_known_is_suppressed_in_sarif(self, command: Command, bundle: Any) -> None:
        """A code scanner is told of it, and that it is accepted."""
        arguments = ("--baseline", "known.yaml", "--update-baseline", "--format", "sarif")
        (finding,) = json.loads(drift(command, shorter(bundle), *arguments).out)["runs"][0]["results"]
        assert finding["suppressions"][0]["justification"].startswith("not explained yet (nobody yet, until ")


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
