from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from letta_contract.spec import SpecError, load

if TYPE_CHECKING:
    from conftest import SplitDocument

CHATS = "spec/paths/chats.yaml"


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("401", "Quote it: '401'"),
        ("true", "True is no status code"),
        ("'41'", "'41' is no status code"),
        ("'4010'", "'4010' is no status code"),
        ("'601'", "'601' is no status code"),
        ("'4xx'", "'4xx' is no status code"),
        ("'401 '", "'401 ' is no status code"),
        ("unauthorized", "'unauthorized' is no status code"),
    ],
)
def test_bad_status_keys_are_named_by_line(split: SplitDocument, key: str, problem: str) -> None:
    """A status that is unquoted, or no status at all, is one error with file, line and what to write."""
    split.replace(CHATS, "    '401':", f"    {key}:")
    with pytest.raises(SpecError) as caught:
        load(split.root)
    assert (caught.value.file, caught.value.line) == (str(split.folder / CHATS), 20)
    assert problem in str(caught.value)
    assert caught.value.rule == "status-codes"


@pytest.mark.parametrize("key", ["'4XX'", "default", "x-note"])
def test_ranges_default_and_extensions_load(split: SplitDocument, key: str) -> None:
    """What OpenAPI allows as a key of responses loads; judging it is lint's business."""
    split.replace(CHATS, "    '401':", f"    {key}:")
    assert key.strip("'") in load(split.root)["paths"]["/chats/"]["post"]["responses"]


def test_a_property_named_responses_is_no_response(split: SplitDocument) -> None:
    """Only an operation's responses have status codes; a field of that name has a schema."""
    split.replace(
        "spec/schemas/chat.yaml", "    id: {type: string}", "    id: {properties: {responses: {type: object}}}"
    )
    load(split.root)


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("spec/openapi.yaml", "paths:", "x-paths:", "no `paths:`"),
        ("spec/openapi.yaml", "{$ref: paths/chats.yaml}", "[]", "no `/chats/:`"),
        (CHATS, "  responses:", "  x-responses:", "without responses"),
        (CHATS, "    '401': {$ref: ../responses.yaml#/Unauthorized}", "    '401': no", "no `401:`"),
        (CHATS, "  requestBody:", "  requestBody: []\n  x-body:", "no `requestBody:`"),
        (CHATS, "      content:", "      content: []\n      x-content:", "no `content:`"),
        (
            "spec/responses.yaml",
            "    application/json:",
            "    application/json: 1\n    x-json:",
            "no `application/json:`",
        ),
        ("spec/paths/send.yaml", "  - {$ref: ../parameters.yaml#/conversation_id}", "  a: 1", "no list"),
        ("spec/paths/send.yaml", "  - {$ref: ../parameters.yaml#/conversation_id}", "  - 1", "no `0:`"),
        ("spec/parameters.yaml", "  name: conversation_id", "  x-name: conversation_id", "without `name:`"),
    ],
)
def test_what_every_reader_needs_is_there(split: SplitDocument, file: str, old: str, new: str, problem: str) -> None:
    """A document without paths, operations or responses is told so by file and line, and no reader trips over it."""
    split.replace(file, old, new)
    with pytest.raises(SpecError) as caught:
        load(split.root)
    assert problem in str(caught.value)
    assert caught.value.file == str(split.folder / file)
    assert caught.value.line > 0
