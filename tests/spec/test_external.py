from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.spec import SpecError, load

if TYPE_CHECKING:
    from conftest import SplitDocument

CHATS = "fixtures/examples/chats.yaml"


def turn(split: SplitDocument) -> dict[str, Any]:
    response = load(split.root)["paths"]["/chats/{conversation_id}/send"]["post"]["responses"]["200"]
    example: dict[str, Any] = response["content"]["text/event-stream"]["examples"]["turn"]
    return example


def test_a_stream_is_inlined_as_its_text(split: SplitDocument) -> None:
    """An externalValue, relative to the file that it stands in, becomes the text it names, to the byte."""
    text = "data: {}\r\n\r\ndata: é\n\n"
    (split.folder / "fixtures/streams/turn.sse").write_bytes(text.encode())
    assert turn(split) == {"summary": "A turn.", "value": text}


def test_json_is_inlined_as_json(split: SplitDocument) -> None:
    """An externalValue that ends in .json becomes what it says, not its text."""
    split.write("fixtures/one.json", '{"a": [1]}')
    split.replace(CHATS, "../streams/turn.sse", "../one.json")
    assert turn(split)["value"] == {"a": [1]}


def test_a_network_address_is_left_alone(split: SplitDocument) -> None:
    """Nothing is fetched: an address stays what it is."""
    split.replace(CHATS, "../streams/turn.sse", "https://example.com/turn.sse")
    assert turn(split) == {"summary": "A turn.", "externalValue": "https://example.com/turn.sse"}


def test_a_value_may_have_such_a_field(split: SplitDocument) -> None:
    """Inside an example's own value, externalValue is a field like any other."""
    split.replace(CHATS, "value: {title: Bern}", "value: {title: Bern, externalValue: nope.sse}")
    body = load(split.root)["paths"]["/chats/"]["post"]["requestBody"]["content"]["application/json"]
    assert body["examples"]["titled"]["value"]["externalValue"] == "nope.sse"


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("../streams/none.sse", None, "No such file"),
        ("../streams/bad.sse", b"\xff", "not UTF-8"),
        ("../streams/bad.json", b"{", "not JSON"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    split: SplitDocument, name: str, content: bytes | None, problem: str
) -> None:
    """A missing or unreadable file is one error at the line of the externalValue."""
    split.replace(CHATS, "../streams/turn.sse", name)
    if content is not None:
        (split.folder / "fixtures/examples" / name).write_bytes(content)
    with pytest.raises(SpecError) as caught:
        load(split.root)
    assert (caught.value.file, caught.value.line) == (str(split.folder / CHATS), 5)
    assert problem in str(caught.value)
