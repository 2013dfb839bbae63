from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from letta_contract.contract_tests.cli_spec import spec
from letta_contract.contract_tests.errors import UsageError
from letta_contract.spec import load

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import SplitDocument

HELP = """\
Usage: spec [OPTIONS] COMMAND [ARGS]...

  The contract document: check it, join it, read it.

Options:
  -h, --help  Show this message and exit.

Commands:
  bundle  Join the document into one file without any $ref.
  lint    Check the document by OpenAPI 3.0 and our own rules.
  show    Show one operation by its operationId, or a table of all.
"""

TABLE = """\
create_conversation           POST    /v1/conversations/                             MUST  spec/paths/conversations.yaml
list_conversations            GET     /v1/conversations/                             MUST  spec/paths/conversations.yaml
retrieve_conversation         GET     /v1/conversations/{conversation_id}            MUST  spec/paths/conversation.yaml
update_conversation           PATCH   /v1/conversations/{conversation_id}            MUST  spec/paths/conversation.yaml
delete_conversation           DELETE  /v1/conversations/{conversation_id}            MUST  spec/paths/conversation.yaml
fork_conversation             POST    /v1/conversations/{conversation_id}/fork       MUST  spec/paths/fork.yaml
list_conversation_messages    GET     /v1/conversations/{conversation_id}/messages   MUST  spec/paths/messages.yaml
send_conversation_message     POST    /v1/conversations/{conversation_id}/messages   MUST  spec/paths/messages.yaml
retrieve_conversation_stream  POST    /v1/conversations/{conversation_id}/stream     MUST  spec/paths/stream.yaml
cancel_conversation           POST    /v1/conversations/{conversation_id}/cancel     MUST  spec/paths/cancel.yaml
recompile_conversation        POST    /v1/conversations/{conversation_id}/recompile  MUST  spec/paths/recompile.yaml
compact_conversation          POST    /v1/conversations/{conversation_id}/compact    MUST  spec/paths/compact.yaml
summarize_messages            POST    /v1/agents/{agent_id}/summarize                MUST  spec/paths/summarize.yaml
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(spec, [str(argument) for argument in arguments], prog_name="spec")


def test_help_lists_the_commands() -> None:
    """The group says what can be done with the document."""
    result = run("--help")
    assert (result.exit_code, result.output) == (0, HELP)


def test_lint_is_clean_for_the_contract() -> None:
    """The contract has no problems: nothing on stdout, exit code 0."""
    result = run("lint")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "No problems.\n")


def test_lint_prints_a_line_for_each_problem(split: SplitDocument) -> None:
    """Each breach is a line with file, line and rule; the count goes to stderr, the exit code is 2."""
    split.replace("spec/paths/chats.yaml", "  summary: Begin a chat.\n", "")
    split.replace("spec/schemas/chat.yaml", "created_at", "createdAt")
    result = run("lint", "--spec", split.root)
    assert result.stdout == (
        f"{split.folder}/spec/paths/chats.yaml:1: operation-summary: "
        "create_chat has no summary. Say in one line what it does.\n"
        f"{split.folder}/spec/schemas/chat.yaml:6: snake-case-properties: "
        "property 'createdAt' is not in snake_case. Write it so.\n"
    )
    assert (result.exit_code, result.stderr) == (2, "2 problems.\n")


def test_lint_of_a_document_that_does_not_load_is_one_problem(split: SplitDocument) -> None:
    """What cannot be loaded is a problem like any other, not a traceback."""
    split.replace("spec/paths/chats.yaml", "'401'", "401")
    result = run("lint", "--spec", split.root)
    place = f"{split.folder}/spec/paths/chats.yaml:20"
    assert result.stdout == f"{place}: status-codes: status code 401 is no text. Quote it: '401'.\n"
    assert (result.exit_code, result.stderr) == (2, "1 problem.\n")


@pytest.mark.parametrize("command", ["bundle", "show"])
def test_a_document_that_does_not_load_is_an_error(split: SplitDocument, command: str) -> None:
    """The other commands say on stderr why there is nothing to show, and end with 2."""
    split.replace("spec/paths/chats.yaml", "chat.yaml#/NewChat", "chat.yaml#/OldChat")
    result = run(command, "--spec", split.root)
    assert result.stderr == (
        f"Error: {split.folder}/spec/paths/chats.yaml:9: $ref '../schemas/chat.yaml#/OldChat' leads nowhere: "
        f"{split.folder}/spec/schemas/chat.yaml has no 'OldChat' there. Mend the part after '#'.\n"
    )
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize("command", ["lint", "bundle", "show"])
def test_a_missing_document_is_an_error(tmp_path: Path, command: str) -> None:
    """A path where nothing is ends every command with 2 and what to pass instead."""
    result = run(command, "--spec", tmp_path / "none.yaml")
    assert result.exit_code == 2
    assert result.output.startswith(
        f"Error: {tmp_path}/none.yaml: " if command != "lint" else f"{tmp_path}/none.yaml: "
    )
    assert "Give the path of an OpenAPI document." in result.output


def test_bundle_goes_to_stdout() -> None:
    """The joined contract is all that stdout gets, in JSON unless told otherwise."""
    result = run("bundle")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == load()


def test_bundle_goes_to_a_file(split: SplitDocument, tmp_path: Path) -> None:
    """With --out the file is written and named on stderr; one that cannot be written is an error."""
    out = tmp_path / "bundle.yaml"
    result = run("bundle", "--spec", split.root, "--format", "yaml", "--out", out)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"Wrote {out}.\n")
    assert load(out) == load(split.root)
    missing = tmp_path / "none" / "x.json"
    error = run("bundle", "--spec", split.root, "--out", missing).exception
    assert isinstance(error, UsageError)
    assert str(error) == f"{missing} cannot be written: No such file or directory. Pass another --out."


def test_show_lists_all_operations() -> None:
    """Without an operation there is a table of all thirteen, with where each is written."""
    result = run("show")
    assert result.exit_code == 0
    assert "".join(f"{line.rpartition(':')[0]}\n" for line in result.stdout.splitlines()) == TABLE


def test_show_shows_one() -> None:
    """With an operationId, that operation, in lines without trailing blanks or colour codes."""
    result = run("show", "delete_conversation")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[:2] == ["DELETE /v1/conversations/{conversation_id}  MUST", "delete_conversation"]
    assert "  404  application/json  conversation_not_found" in lines
    assert lines == [line.rstrip() for line in lines]
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("compact", "compact_conversation, recompile_conversation"),
        ("send_message", "summarize_messages, send_conversation_message, list_conversation_messages"),
    ],
)
def test_an_unknown_operation_names_near_ones(name: str, near: str) -> None:
    """A name that is almost one is answered with those that it may have been meant for."""
    result = run("show", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"Error: No operation {name!r}. Try one of: {near}.\n"


def test_a_name_like_none_names_all() -> None:
    """A name like no other is answered with all of them."""
    result = run("show", "zzz")
    assert result.exit_code == 2
    assert result.stderr.count(", ") == 12
