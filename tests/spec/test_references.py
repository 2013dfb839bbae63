from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from letta_contract.spec import SpecError, load, references

if TYPE_CHECKING:
    from conftest import SplitDocument

CHAT = "spec/schemas/chat.yaml"
LINE = "    id: {type: string}\n"  # line 5 of CHAT


@pytest.mark.parametrize(
    ("reference", "problem"),
    [
        ("nowhere.yaml#/X", "names a file that is not there"),
        ("../schemas", "names a file that is not there"),
        ("'#/Nope'", "leads nowhere"),
        ("'#/Send/properties/nope'", "leads nowhere"),
        ("'#/Send/required/7'", "leads nowhere"),
        ("'#/Send/required/x'", "leads nowhere"),
        ("'#/Send/type/x'", "leads nowhere"),
        ("'#Nope'", "leads nowhere"),
        ("http://example.com/x.yaml#/X", "is not a file"),
        ("//example.com/x.yaml", "is not a file"),
        ("file:///etc/hosts", "is not a file"),
        ("[a]", "$ref is not text"),
    ],
)
def test_broken_references_are_named_by_line(split: SplitDocument, reference: str, problem: str) -> None:
    """A $ref that leads nowhere, to a network or to nothing at all is one error with file, line and what to do."""
    split.replace(CHAT, LINE, f"    id: {{$ref: {reference}}}\n")
    with pytest.raises(SpecError) as caught:
        load(split.root)
    assert (caught.value.file, caught.value.line) == (str(split.folder / CHAT), 5)
    assert problem in str(caught.value)
    assert caught.value.rule == "refs-resolve"
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param([(CHAT, LINE, "    id: {$ref: '#/Chat'}\n")], id="itself"),
        pytest.param([(CHAT, LINE, "    id: {$ref: '#'}\n")], id="its whole file"),
        pytest.param([(CHAT, LINE, "    id: {$ref: '#/Chat/properties/id'}\n")], id="its own place"),
        pytest.param(
            [(CHAT, LINE, "    id: {$ref: '#/Send'}\n"), (CHAT, "input: {type: string}", "input: {$ref: '#/Chat'}")],
            id="each other",
        ),
        pytest.param(
            [
                (CHAT, LINE, "    id: {$ref: stream.yaml#/Text}\n"),
                ("spec/schemas/stream.yaml", "text: {type: string}", "text: {$ref: chat.yaml#/Chat}"),
            ],
            id="across files",
        ),
        pytest.param(
            [(CHAT, LINE, "    id: {$ref: ../openapi.yaml#/components/schemas/Chat}\n")], id="through the root"
        ),
        pytest.param([(CHAT, LINE, "    id: {$ref: ../paths/chats.yaml#/post}\n")], id="through a path"),
        pytest.param([(CHAT, LINE, "    id: &self {type: object, properties: {x: *self}}\n")], id="a YAML anchor"),
    ],
)
def test_cycles_are_one_error(split: SplitDocument, edits: list[tuple[str, str, str]]) -> None:
    """A cycle, however it goes, is one readable error; nothing loops for ever."""
    for edit in edits:
        split.replace(*edit)
    with pytest.raises(SpecError, match="Take") as caught:
        load(split.root)
    assert caught.value.rule == "no-recursion"


def test_using_a_schema_twice_is_no_cycle(split: SplitDocument) -> None:
    """A schema may be referred to from many places, and from two fields of one object."""
    split.replace(CHAT, LINE, "    id: {$ref: '#/Error'}\n    other: {$ref: '#/Error'}\n")
    fields = load(split.root)["components"]["schemas"]["Chat"]["properties"]
    assert fields["id"] == fields["other"]


def test_names_may_hold_any_character(split: SplitDocument) -> None:
    """File names and keys may hold spaces, slashes, tildes and what URLs escape."""
    split.write("spec/schemas/odd name.yaml", "a/b~c d: {type: integer}\n'100%': {type: boolean}\n")
    odd = "{$ref: 'odd name.yaml#/a~1b~0c d'}", "{$ref: odd%20name.yaml#/100%25}"
    split.replace(CHAT, LINE, f"    id: {odd[0]}\n    percent: {odd[1]}\n")
    fields = load(split.root)["components"]["schemas"]["Chat"]["properties"]
    assert (fields["id"], fields["percent"]) == ({"type": "integer"}, {"type": "boolean"})


def test_places_are_found_through_references(split: SplitDocument) -> None:
    """A pointer into the resolved document leads to the file and line where that is written."""
    tree = references.follow(split.root)
    at = ("paths", "/chats/", "post", "responses", "200", "content", "application/json", "schema", "required")
    assert tree.shown(at) == (str(split.folder / CHAT), 3)
    assert tree.at(at) == ["id"]
    assert tree.at((*at, "nope")) is None
