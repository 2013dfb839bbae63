from typing import Any

import pytest
from letta_contract.mock_server.script import Script, script


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("hello\nthere", Script("mock reply to: hello there")),
        ("", Script("mock reply to: ")),
        ("x" * 100, Script("mock reply to: " + "x" * 60)),
        ("please STUB:SLOW 3 0.5", Script("w0 w1 w2", gap=0.5)),
        ("STUB:SLOW 2", Script("w0 w1")),
        ("STUB:SLOW 0 1", Script("", gap=1.0)),
        ("STUB:SLOW 1 999999999", Script("w0", gap=60.0)),
        ("STUB:REASON", Script("mock answer", reasoning="mock reasoning")),
        ("STUB:EMPTY", Script()),
        ("STUB:HTTP 429 please", Script(failure=429)),
        ('STUB:TOOL look_up {"order": 3} now', Script(tool=("look_up", '{"order": 3}'))),
        ("STUB:TOOL look_up", Script(tool=("look_up", "{}"))),
        ("STUB:TOOL look_up {broken", Script(tool=("look_up", "{}"))),
        ("STUB:TOOL look_up " + '{"a":' * 100_000, Script(tool=("look_up", "{}"))),
    ],
)
def test_directives_are_read_from_what_was_said(said: str, expected: Any) -> None:
    """A directive is played wherever it stands in the text."""
    assert script(said) == expected


@pytest.mark.parametrize("said", ["STUB:SLOW x", "STUB:TOOL", "STUB:HTTP", "STUB:HTTP 42", "STUB:OTHER"])
def test_directive_that_cannot_be_read_is_plain_text(said: str) -> None:
    """Nobody is refused for a directive."""
    assert script(said) == Script(f"mock reply to: {said}")


def test_number_of_words_has_an_end() -> None:
    """However many are asked for, no more than ten thousand are said."""
    assert len(script("STUB:SLOW 99999999999999999999").chunks) == 10_000


@pytest.mark.parametrize(("text", "count"), [("", 0), ("  a  b ", 2), ("w0 w1", 2)])
def test_chunks_joined_are_the_text(text: str, count: int) -> None:
    """A token stream cuts a text into words, and loses nothing (SSE-9)."""
    chunks = Script(text).chunks
    assert (len(chunks), "".join(chunks)) == (count, text)
