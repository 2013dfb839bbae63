import json
import subprocess
import sys
from typing import Any

import pytest
from letta_contract import spec
from letta_contract.mock_server.dynamic import Drawing
from letta_contract.mock_server.refusal import Refusal
from letta_contract.spec.validation import Validator

OPERATIONS = spec.operations(spec.load())


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_everything_drawn_is_valid(operation: Any) -> None:
    """By a validator that the mock does not use: dates, patterns and unions included, for every status."""
    validator = Validator()
    for response in operation.statuses.values():
        for media_type in response["content"].values():
            drawing = Drawing(media_type["schema"])
            values = [drawing.drawn(str(seed)) for seed in range(15)]
            assert [problem for value in values if (problem := validator.problem(media_type["schema"], value))] == []


SCHEMAS = [
    {"type": "integer", "minimum": 3, "maximum": 9, "multipleOf": 3},
    {"type": "integer", "minimum": 3, "exclusiveMinimum": True, "maximum": 5, "exclusiveMaximum": True},
    {"type": "integer", "maximum": -5},
    {"type": "number", "minimum": 0.25, "maximum": 0.26},
    {"type": "number", "minimum": 0.001, "maximum": 0.002},
    {"type": "string", "minLength": 300, "maxLength": 310},
    {"type": "string", "maxLength": 2},
    {"type": "string", "pattern": "^[a-z]{2,9}$", "minLength": 5, "maxLength": 5},
    *({"type": "string", "format": name} for name in ("date-time", "date", "uuid", "email", "uri", "ipv4", "ipv6")),
    *(
        {"type": "string", "format": name}
        for name in ("hostname", "duration", "regex", "json-pointer", "byte", "unheard")
    ),
    {"type": "array", "items": {"type": "integer"}, "minItems": 6, "maxItems": 6, "uniqueItems": True},
    {"type": "array", "items": {"type": "string"}, "maxItems": 0},
    {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "boolean"}}, "minProperties": 4},
    {"type": "object", "additionalProperties": False, "properties": {"a": {}}},
    {"type": "object", "additionalProperties": {"type": "integer"}},
    {"allOf": [{"type": "integer", "minimum": 1}, {"maximum": 2}]},
    {"allOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]},
    {"allOf": [{"type": "string", "nullable": True}, {"type": "string"}]},
    {"oneOf": [{"type": "integer"}, {"type": "string"}]},
    {"oneOf": [{"type": "integer", "minimum": 3}, {"type": "integer", "maximum": 5}]},
    {
        "type": "object",
        "properties": {"a": {"enum": [1, 2]}},
        "required": ["a"],
        "not": {"properties": {"a": {"enum": [2]}}},
    },
    {"items": {"type": "string"}},
    {"properties": {"a": {"minimum": 3}}, "required": ["a"]},
    {"nullable": True, "type": "string", "enum": [None]},
    {},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_every_demand_is_met(schema: Any) -> None:
    """Bounds, steps, lengths, formats, unions, joined and negated schemas."""
    drawing, validator = Drawing(schema), Validator()
    for seed in range(60):
        assert validator.problem(schema, drawing.drawn(str(seed))) is None


def test_optional_and_null_are_there_and_not() -> None:
    """What may be left out or null sometimes is, and sometimes is not."""
    drawing = Drawing({"type": "object", "properties": {"a": {"type": "string", "nullable": True}}})
    values = [drawing.drawn(str(seed)) for seed in range(100)]
    assert {} in values
    assert {"a": None} in values
    assert any(value.get("a") for value in values)


def test_every_variant_is_drawn() -> None:
    """All providers of model settings come up."""
    (operation,) = (one for one in OPERATIONS if one.id == "retrieve_conversation")
    schema = operation.statuses[200]["content"]["application/json"]["schema"]["properties"]["model_settings"]
    drawing = Drawing(schema)
    values = [drawing.drawn(str(seed)) for seed in range(400)]
    assert len({value["provider_type"] for value in values if value}) == 17
    assert None in values


def test_numbers_keep_to_one_another() -> None:
    """A drawn compaction leaves no more than there was, usage adds up, and what is archived says since when."""
    schema = {"type": "object", "required": ["a", "b", "c"], "properties": {}}
    named = {name: {"type": "integer", "minimum": 0} for name in ("prompt_tokens", "completion_tokens", "total_tokens")}
    counts = {name: {"type": "integer", "minimum": 0} for name in ("num_messages_before", "num_messages_after")}
    put_away = {
        "archived": {"type": "boolean"},
        "archived_at": {"type": "string", "format": "date-time", "nullable": True},
    }
    properties = named | counts | put_away
    schema = {"type": "object", "required": list(properties), "properties": properties}
    for seed in range(50):
        value = Drawing(schema).drawn(str(seed))
        assert value["total_tokens"] >= value["prompt_tokens"] + value["completion_tokens"]
        assert value["num_messages_after"] <= value["num_messages_before"]
        assert value["archived"] or value["archived_at"] is None


def test_what_cannot_be_drawn_is_refused() -> None:
    """A schema that nothing fits is a refusal with a way out, not a loop."""
    with pytest.raises(Refusal, match="example") as caught:
        Drawing({"allOf": [{"type": "string"}, {"type": "integer"}]}).drawn("0")
    assert caught.value.status == 400
    with pytest.raises(Refusal):
        Drawing({"type": "string", "pattern": "^(?=b)a$"}).drawn("0")


def test_seed_draws_the_same_in_any_process() -> None:
    """Whatever else a process has loaded, and however it hashes."""
    code = """
import json
from letta_contract import spec
from letta_contract.mock_server.drawn_turn import drawn_turn
from letta_contract.mock_server.dynamic import Drawing
operations = {operation.id: operation for operation in spec.operations(spec.load())}
schema = operations["list_conversations"].statuses[200]["content"]["application/json"]["schema"]
stream = spec.EventStream.of_operation(operations["send_conversation_message"])
print(json.dumps([Drawing(schema).drawn("7"), drawn_turn(stream, "7")]))
"""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", prelude + code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, prelude in (("1", ""), ("2", "import hypothesis, random; random.random()\n"))
    }
    assert len(outputs) == 1
    assert json.loads(outputs.pop())[0]
