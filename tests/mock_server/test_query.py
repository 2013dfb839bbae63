from typing import Any

import pytest
from letta_contract.mock_server.query import QueryReader

READER = QueryReader(
    {
        "text": {"schema": {"type": "string", "nullable": True}},
        "limit": {"schema": {"type": "integer", "nullable": True, "default": 50}},
        "share": {"schema": {"type": "number"}},
        "flag": {"schema": {"type": "boolean"}},
        "types": {"schema": {"type": "array", "items": {"type": "string"}}},
    }
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"", {}),
        (b"unknown=1", {}),
        (b"text=null", {"text": "null"}),
        (b"text=%C3%A9+%26", {"text": "é &"}),
        (b"text=%zz%", {"text": "%zz%"}),
        (b"limit=7", {"limit": 7}),
        (b"limit=-7", {"limit": -7}),
        (b"limit=", {"limit": None}),
        (b"limit=null", {"limit": None}),
        (b"limit=7x", {"limit": "7x"}),
        (b"limit=1&limit=2", {"limit": 2}),
        (b"limit=" + b"9" * 5000, {"limit": "9" * 5000}),
        (b"share=0.5", {"share": 0.5}),
        (b"share=nan", {"share": "nan"}),
        (b"flag=TRUE", {"flag": True}),
        (b"flag=off", {"flag": False}),
        (b"flag=maybe", {"flag": "maybe"}),
        (b"types=a&types=b", {"types": ["a", "b"]}),
    ],
)
def test_values_are_read_by_their_schema(query: bytes, expected: Any) -> None:
    """What spells a value of its type becomes one, anything else stays text, and what is left out has its default."""
    assert READER.read(query) == {"limit": 50} | expected
