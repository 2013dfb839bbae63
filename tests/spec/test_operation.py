from __future__ import annotations

from typing import Any

from letta_contract.spec import Operation, load, operations


def named(operation_id: str) -> Operation:
    return next(operation for operation in operations(load()) if operation.id == operation_id)


def of(raw: dict[str, Any], **item: Any) -> Operation:
    return Operation.of("/x", "get", {"get": {"responses": {}, **raw}, **item}, "x.yaml:1")


def test_parameters_of_the_path_count_and_may_be_overridden() -> None:
    """A path's parameters are its operations' too, unless one of them has its own by that name and place."""
    limit, own = {"in": "query", "name": "limit"}, {"in": "query", "name": "limit", "required": True}
    assert of({}, parameters=[limit]).parameters("query") == {"limit": limit}
    merged = of({"parameters": [own]}, parameters=[limit, {"in": "header", "name": "limit"}])
    assert merged.parameters("query") == {"limit": own}
    assert len(merged.raw["parameters"]) == 2


def test_a_body_is_described_or_absent() -> None:
    """body_schema is that of a JSON body; an operation without a body has none and requires none."""
    send, listing = named("send_conversation_message"), named("list_conversations")
    assert send.body_required
    assert send.body_schema is not None
    assert "streaming" in send.body_schema["properties"]
    assert (listing.body_schema, listing.body_required) == (None, False)


def test_statuses_are_numbers() -> None:
    """Statuses are told by number; what is no single status is not among them."""
    assert 422 in named("list_conversations").statuses
    assert list(of({"responses": {"200": {}, "4XX": {}, "default": {}}}).statuses) == [200]


def test_each_operation_says_what_it_is() -> None:
    """Every operation of the contract has a summary, a level and the line where it is written."""
    for operation in operations(load()):
        assert operation.summary
        assert operation.level == "must"
        assert operation.source.startswith("spec/paths/")
