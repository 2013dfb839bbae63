"""The smallest values that fit, and what schemas are made of."""

from __future__ import annotations

from typing import Any

import pytest
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.expectation import Kind
from letta_contract.contract_tests.minimal import alternatives, merged, minimal, tags
from letta_contract.contract_tests.request import request

_CONTRACT = Contract()
_WITH_BODY = [operation for operation in _CONTRACT.operations.values() if operation.body_schema is not None]


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize("operation", _WITH_BODY, ids=lambda operation: operation.id)
def test_minimal_fits(operation: Any) -> None:
    """The smallest body of each operation is one that the contract takes."""
    path = dict.fromkeys(operation.parameters("path"), "agent-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364")
    sent = request(
        operation.method,
        operation.path,
        path={name: id_ if name == "agent_id" else "default" for name, id_ in path.items()},
        query={"agent_id": "agent-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364"},
        body=minimal(operation.body_schema),
    )
    if "conversation_id" in path and operation.parameters("path")["conversation_id"]["schema"]["maxLength"] == 41:
        sent = request(
            operation.method,
            operation.path,
            path={"conversation_id": "conv-3f2b8c1e-9d47-4a6b-8e05-c2d7f1a9b364"},
            body=minimal(operation.body_schema),
        )
    assert _CONTRACT.expect(operation.id, sent).kind is Kind.ACCEPT


def test_all_of_is_drawn_together() -> None:
    """What allOf says is one schema, with every property and requirement of its parts."""
    whole = merged({"allOf": [_object(a={}) | {"required": ["a"]}, _object(b={})], "description": "c"})
    assert set(whole["properties"]) == {"a", "b"}
    assert whole["required"] == ["a"]


def test_tags_are_found_at_any_depth() -> None:
    """The discriminators of unions in fields, items and variants are all named."""
    union = {
        "discriminator": {"propertyName": "kind"},
        "oneOf": [_object(inner={"items": {"discriminator": {"propertyName": "type"}}})],
    }
    assert tags(_object(a={"type": "array", "items": union})) == {"kind", "type"}


def test_minimal_says_what_it_is() -> None:
    """A field that has one value is given, also where it need not be."""
    assert minimal(_object(kind={"type": "string", "enum": ["x", None], "nullable": True}, a={})) == {"kind": "x"}


def test_only_unions_have_alternatives() -> None:
    """A union's variants are told, by whichever keyword."""
    assert alternatives({"oneOf": [{"type": "string"}]}) == alternatives({"anyOf": [{"type": "string"}]})
    assert alternatives({"type": "string"}) == []
