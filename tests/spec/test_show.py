from __future__ import annotations

import io
from typing import TYPE_CHECKING

from letta_contract.spec import load, operations
from letta_contract.spec.show import show, table
from rich.console import Console

if TYPE_CHECKING:
    from conftest import SplitDocument
    from rich.console import RenderableType

SEND = """\
POST /chats/{conversation_id}/send  MUST
send_message
Say something.
{source}

Parameters
  path  conversation_id*  string  1 to 42 characters

Body  application/json, required
  input*     string
  streaming  boolean  default true

Answers
  200  text/event-stream when streaming is true  turn
       application/json when streaming is false  text
  401  application/json                          no_token
  404  application/json                          no_chat
  422  application/json                          too_long

* required
"""

CREATE = """\
POST /chats/  MUST
create_chat
Begin a chat.
{source}

Nothing has been said in it.

Body  application/json, optional
  title  string  SHOULD
  name   string  deprecated

Answers
  200  application/json  plain
  401  no body
  422  application/json  too_long

* required
"""

TABLE = """\
create_chat   POST  /chats/                        MUST    {create}
send_message  POST  /chats/{conversation_id}/send  SHOULD  {send}
"""


def printed(rendering: RenderableType, width: int = 300) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(rendering)
    return "".join(f"{line.rstrip()}\n" for line in console.file.getvalue().splitlines())  # type: ignore[attr-defined]


def test_an_operation_is_read_at_a_glance(split: SplitDocument) -> None:
    """Method, path, level, source, parameters, body and answers, required things with a star."""
    send = operations(load(split.root), split.root)[1]
    assert printed(show(send)) == SEND.replace("{source}", send.source)


def test_what_is_not_there_is_not_shown(split: SplitDocument) -> None:
    """No section is empty; a SHOULD, a deprecated field, a description and a response without body are told."""
    split.replace("spec/paths/chats.yaml", "  tags:", "  description: Nothing has been said in it.\n  tags:")
    split.replace("spec/paths/chats.yaml", "{$ref: ../responses.yaml#/Unauthorized}", "{description: No.}")
    create = operations(load(split.root), split.root)[0]
    assert printed(show(create)) == CREATE.replace("{source}", create.source)


def test_all_are_listed_in_a_table(split: SplitDocument) -> None:
    """Without a name, all operations are listed, one line each."""
    split.replace("spec/paths/send.yaml", "x-contract-level: must", "x-contract-level: should")
    found = operations(load(split.root), split.root)
    expected = TABLE.replace("{create}", found[0].source).replace("{send}", found[1].source)
    assert printed(table(found)) == expected


def test_nothing_is_cut_off() -> None:
    """In a narrow terminal a pattern is folded, and no letter of it is lost."""
    retrieve = next(found for found in operations(load()) if found.id == "retrieve_conversation")
    pattern = retrieve.parameters("path")["conversation_id"]["schema"]["pattern"]
    text = printed(show(retrieve), width=60)
    assert max(map(len, text.splitlines())) <= 60
    assert "…" not in text
    assert pattern[:12] in text
    assert pattern[-5:] in text
