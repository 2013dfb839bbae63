from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.spec import ROOT, load, operations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import SplitDocument

IN_A_FRESH_PROCESS = """
import time
start = time.process_time()
from letta_contract.spec import load
load()
print(time.process_time() - start)
"""

PLAIN = """\
openapi: 3.0.3
info: {title: Plain, version: 1.0.0}
paths:
  /things/{thing_id}:
    parameters:
      - {name: thing_id, in: path, required: true, schema: {type: string}}
    get:
      parameters:
        - {$ref: '#/components/parameters/limit'}
      responses:
        '2XX': {description: A thing.}
        '404': {description: None.}
components:
  parameters:
    limit: {name: limit, in: query, schema: {type: integer}}
"""


def references(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value
        for child in value.values():
            yield from references(child)
    elif isinstance(value, list):
        for child in value:
            yield from references(child)


def test_no_reference_is_left() -> None:
    """The contract loads with every $ref replaced by what it names."""
    assert list(references(load())) == []


def test_the_contract_has_its_thirteen_operations() -> None:
    """The operationIds are the names that servers and clients have for them."""
    assert [operation.id for operation in operations(load())] == [
        "create_conversation",
        "list_conversations",
        "retrieve_conversation",
        "update_conversation",
        "delete_conversation",
        "fork_conversation",
        "list_conversation_messages",
        "send_conversation_message",
        "retrieve_conversation_stream",
        "cancel_conversation",
        "recompile_conversation",
        "compact_conversation",
        "summarize_messages",
    ]


def test_copies_are_never_shared(split: SplitDocument) -> None:
    """Whoever changes a loaded document changes nothing else: not another use of a $ref, not the next load."""
    document = load(split.root)
    before = json.dumps(document["components"])
    send = document["paths"]["/chats/{conversation_id}/send"]["post"]["responses"]
    document["paths"]["/chats/"]["post"]["responses"]["401"]["description"] = "changed"
    document["paths"]["/chats/"]["post"]["responses"]["200"]["content"].clear()
    assert send["401"]["description"] == "No valid token."
    assert json.dumps(document["components"]) == before
    assert load(split.root)["paths"]["/chats/"]["post"]["responses"]["401"]["description"] == "No valid token."


def test_a_changed_file_is_read_again(split: SplitDocument) -> None:
    """A document is resolved once, until one of its files changes; an example's stream is one of them."""
    load(split.root)
    split.replace("spec/responses.yaml", "No valid token.", "Who are you?")
    split.replace("fixtures/streams/turn.sse", "Hi", "Ho")
    for file in ("spec/responses.yaml", "fixtures/streams/turn.sse"):
        os.utime(split.folder / file, (1, 1))  # whatever the file system's clock is worth
    text = json.dumps(load(split.root))
    assert "Who are you?" in text
    assert "Ho" in text


def test_resolving_is_offline(split: SplitDocument, monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket is opened to load a document, even one with an example's address in it."""
    split.replace("fixtures/examples/chats.yaml", "../streams/turn.sse", "http://example.com/turn.sse")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a network was asked")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    assert "http://example.com/turn.sse" in json.dumps(load(split.root))


def test_loading_takes_under_half_a_second() -> None:
    """A fresh process has the whole contract in under 0.5 s of its own time, imports included; best of three."""
    command = [sys.executable, "-c", IN_A_FRESH_PROCESS]
    seconds = [float(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(3)]
    assert min(seconds) < 0.5


def test_a_document_of_ones_own_loads(tmp_path: Path) -> None:
    """One file, and none of our extensions, operationIds or summaries: it loads, and its operations have names."""
    path = tmp_path / "plain.yaml"
    path.write_text(PLAIN)
    (operation,) = operations(load(path), path)
    assert (operation.id, operation.method, operation.level) == ("get_things_thing_id", "GET", "must")
    assert operation.summary == "GET /things/{thing_id}"
    assert list(operation.parameters("path")) == ["thing_id"]
    assert list(operation.parameters("query")) == ["limit"]
    assert list(operation.statuses) == [404]
    assert operation.source == f"{path}:7"


def test_json_is_read_too(tmp_path: Path) -> None:
    """A document in JSON loads as one in YAML does."""
    path = tmp_path / "whole.json"
    path.write_text(json.dumps(load()))
    assert load(path) == load()


def test_operations_know_their_line(split: SplitDocument) -> None:
    """An operation's source is the file and line of its method, wherever the path's $ref led."""
    found = {operation.id: operation.source for operation in operations(load(split.root), split.root)}
    assert found["send_message"] == f"{split.folder}/spec/paths/send.yaml:3"
    assert operations(load())[0].source.startswith("spec/paths/conversations.yaml:")


def test_the_contract_is_the_default() -> None:
    """Without a path, it is the contract beside the module that loads."""
    assert ROOT.name == "openapi.yaml"
    assert load() == load(ROOT)
