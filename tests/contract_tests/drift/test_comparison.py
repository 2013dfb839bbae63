"""What differs between two documents, and what only looks as if it did."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.contract_tests.drift.comparison import compare
from letta_contract.contract_tests.drift.document import Document
from letta_contract.contract_tests.errors import TargetError

from .changes import CHANGES
from .changes.operation import CANCEL, COLLECTION, MESSAGES, ONE, answer, body, parameter

if TYPE_CHECKING:
    from letta_contract.contract_tests.drift.difference import Difference

    Differences = list[Difference]


def told(found: Differences) -> list[tuple[str, str, str, str]]:
    return [(one.id, one.side, one.direction, one.severity.word) for one in found]


class TestNothing:
    def test_contract_does_not_drift_from_itself(self, bundle: Any) -> None:
        """The contract's own bundle differs in nothing."""
        assert compare(Document(bundle, "bundle.json")).differences == ()

    def test_forms_of_fastapi_are_no_difference(self, bundle: Any, as_fastapi: Callable[[Any], Any]) -> None:
        """The same contract in OpenAPI 3.1 as FastAPI writes it, every schema hoisted under another name, is equal."""
        document = as_fastapi(bundle)
        text = json.dumps(document)
        assert all(form in text for form in ('"const"', '"null"', '"$ref"', "HTTPValidationError", "{id}"))
        assert '"nullable"' not in text
        assert compare(Document(document, "openapi.json")).differences == ()

    @pytest.mark.parametrize("prefix", ["/api/letta", "/letta/{tenant}"])
    def test_prefix_is_no_difference(self, bundle: Any, prefix: str, drifted: Any) -> None:
        """A document whose paths begin with a prefix is that of the same operations."""
        path = f"{ONE}/fork"
        assert drifted({**bundle, "paths": {prefix + path: bundle["paths"][path]}}) == []

    def test_order_is_no_difference(self, bundle: Any, drifted: Any) -> None:
        """Neither the order of variants, with a tag or without, nor that of anything else is a difference."""

        def reversed_(value: Any) -> Any:
            if isinstance(value, dict):
                return {name: reversed_(part) for name, part in reversed(value.items())}
            return [reversed_(part) for part in reversed(value)] if isinstance(value, list) else value

        assert drifted(reversed_({**bundle, "paths": {MESSAGES: bundle["paths"][MESSAGES]}})) == []

    def test_definitions_may_stand_where_they_are_used(self, broken: Any) -> None:
        """A `$ref` to `$defs` is one to the nearest around it, as a generator leaves it that hoists nothing."""

        def change(operation: Any) -> None:
            media = body(operation)
            media["schema"] = {"$defs": {"It": media["schema"]}, "allOf": [{"$ref": "#/$defs/It"}]}

        assert broken(ONE, "patch", change) == []

    def test_recursion_ends(self, broken: Any) -> None:
        """Schemas that hold themselves are compared as far as the contract goes."""

        def change(operation: Any) -> None:
            answer(operation)["schema"] = {"$ref": f"#/paths/{CANCEL.replace('/', '~1')}/post/x"}
            operation["x"] = {"anyOf": [{"$ref": f"#/paths/{CANCEL.replace('/', '~1')}/post/x"}, {"type": "null"}]}
            operation["x"]["anyOf"].append({"type": "object", "additionalProperties": operation["x"]["anyOf"][0]})

        assert told(broken(CANCEL, "post", change)) == [
            ("CancelledRuns/nullability", "response", "wider", "breaking"),
            ("CancelledRuns.*/type", "response", "other", "breaking"),
        ]


@pytest.mark.parametrize(("path", "method", "change", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_one_thing_changed_is_told(
    path: str, method: str, change: Callable[[Any], Any], expected: list[Any], broken: Any
) -> None:
    """Whatever one thing is changed in the contract's own document, that difference is told, and no other."""
    assert told(broken(path, method, change)) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"maxLength": 64}, [("path conversation_id/maxLength", "wider", "notable")]),
        ({"maxLength": 41}, [("path conversation_id/maxLength", "stricter", "breaking")]),
        ({"minLength": 7}, [("path conversation_id/minLength", "stricter", "breaking")]),
        ({"pattern": "^conv-.*$"}, [("path conversation_id/pattern", "other", "breaking")]),
        ({"pattern": "^default$"}, [("path conversation_id/pattern", "stricter", "breaking")]),
        ({"pattern": "^(default|(conv|agent)-.*)$"}, [("path conversation_id/pattern", "wider", "notable")]),
        ({"pattern": "("}, [("path conversation_id/pattern", "other", "breaking")]),
        ({"format": "uuid"}, [("path conversation_id/format", "stricter", "breaking")]),
    ],
    ids=str,
)
def test_constraints_of_the_id(change: Any, expected: Any, bundle: Any, drifted: Any) -> None:
    """What another length or pattern of conversation_id means for a client follows from what more or less it takes."""
    (parameter_,) = bundle["paths"][CANCEL]["parameters"]
    parameter_["schema"].update(change)
    found = drifted({**bundle, "paths": {CANCEL: bundle["paths"][CANCEL]}})
    assert [(one.id, one.direction, one.severity.word) for one in found] == expected


def test_pattern_spelled_otherwise_is_no_difference(bundle: Any, drifted: Any) -> None:
    """A pattern that means the same is the same."""
    (parameter_,) = bundle["paths"][CANCEL]["parameters"]
    parameter_["schema"]["pattern"] = parameter_["schema"]["pattern"].replace("0-9a-f", "a-f0-9")
    assert drifted({**bundle, "paths": {CANCEL: bundle["paths"][CANCEL]}}) == []


def test_operations_missing_and_besides(bundle: Any) -> None:
    """An operation that the target lacks breaks its clients; those that it has besides are told, near ours only."""
    del bundle["paths"][f"{ONE}/fork"]
    bundle["paths"][ONE]["put"] = {"operationId": "replace", "responses": {}}
    bundle["paths"][f"{ONE}/messages/preview-raw-payload"] = {"post": {"responses": {}}}
    bundle["paths"]["/v1/tools/"] = {"get": {"responses": {}}}
    found = compare(Document(bundle, "openapi.json")).differences
    assert [(one.id, one.severity.word, one.rule) for one in found] == [
        ("fork_conversation/operation-missing", "breaking", ""),
        (f"PUT {ONE}/operation-extra", "info", ""),
        (f"POST {ONE}/messages/preview-raw-payload/operation-extra", "info", "OP-15"),
    ]


def test_one_cause_is_told_once(bundle: Any, as_fastapi: Callable[[Any], Any]) -> None:
    """A shared schema that differs is one difference, with every operation that it shows in."""
    document = as_fastapi(bundle)
    shared = [
        one for one in document["components"]["schemas"].values() if "in_context_message_ids" in one["properties"]
    ]
    for one in shared:
        one["required"] = ["id"]
    (found,) = compare(Document(document, "openapi.json")).differences
    assert found.id == "Conversation.agent_id/required"
    assert found.operations == (
        "create_conversation",
        "list_conversations",
        "retrieve_conversation",
        "update_conversation",
        "fork_conversation",
    )
    assert found.contract.place.startswith("spec/schemas/conversation.yaml:")
    assert found.target.place.startswith("#/components/schemas/app__schemas__Model")


def test_both_sides_are_quoted_with_their_places(broken: Any) -> None:
    """A difference names the line of the contract and the place in the target's document."""
    (found,) = broken(COLLECTION, "get", CHANGES["default changed"][2])
    assert (found.contract.text, found.target.text) == ("default desc", "default asc")
    assert found.contract.place.startswith("spec/parameters.yaml:")
    assert found.target.place == "#/paths/~1v1~1conversations~1/get/parameters/5/schema"


def test_fingerprint_stays_while_both_say_the_same(broken: Any) -> None:
    """Where a thing stands is no part of its fingerprint; what is said of it is."""
    same, moved, other = (
        broken(COLLECTION, "get", change)[0]
        for change in (
            lambda op: parameter(op, "limit")["schema"].update(maximum=100),
            lambda op: (parameter(op, "limit")["schema"].update(maximum=100), op["parameters"].reverse()),
            lambda op: parameter(op, "limit")["schema"].update(maximum=200),
        )
    )
    assert same.target.place != moved.target.place
    assert same.fingerprint == moved.fingerprint != other.fingerprint


def test_document_that_never_speaks_of_null(drifted: Any, bundle: Any) -> None:
    """Pydantic 1 told of no null anywhere, so its silence is notable and breaks nothing."""
    text = json.dumps({**bundle, "paths": {COLLECTION: bundle["paths"][COLLECTION]}, "components": {}})
    found = drifted(json.loads(text.replace('"nullable": true', '"nullable": false').replace("null]", '"x"]')))
    silent = [one for one in found if one.kind == "nullability" and one.side == "request"]
    assert {one.severity.word for one in silent} == {"notable"}
    assert "CreateConversation.summary" in {one.subject for one in silent}


def test_document_of_another_api(bundle: Any) -> None:
    """A document without any of the contract's operations is none to compare with."""
    bundle["paths"] = {"/pets": {"get": {"responses": {}}}}
    with pytest.raises(
        TargetError, match=r"openapi\.json has none of the contract's 13 operations: .*Check the address"
    ):
        compare(Document(bundle, "openapi.json"))


def test_broken_reference_is_named(broken: Any) -> None:
    """A reference that leads nowhere is told with its place; one that nobody needs is not even seen."""

    def change(operation: Any) -> None:
        answer(operation)["schema"] = {"$ref": "#/components/schemas/Gone"}

    with pytest.raises(
        TargetError, match=r"the \$ref '#/components/schemas/Gone' at #/paths/.*/schema is broken: .*Mend"
    ):
        broken(ONE, "get", change)


@pytest.mark.slow
@pytest.mark.parametrize(
    "value", [None, True, 5, "x", [], {}, [None], {"x": 1}, {"type": 5}, {"$ref": 5}, {"enum": 5}], ids=str
)
def test_nonsense_is_no_fault_of_ours(value: Any, bundle: Any, drifted: Any) -> None:
    """Whatever stands in a target's document where OpenAPI wants something else, the comparison ends in order."""
    path = MESSAGES

    def broken_at(document: Any, pointer: tuple[Any, ...]) -> None:
        for step in pointer[:-1]:
            document = document[step]
        document[pointer[-1]] = value

    schema = ("post", "requestBody", "content", "application/json", "schema")
    pointers = (
        *((), ("post",), ("post", "parameters"), ("parameters", 0), ("parameters", 0, "schema"), ("post", "security")),
        *(schema[:2], schema[:3], schema[:4], schema, (*schema, "properties"), (*schema, "required")),
        *((*schema, "anyOf"), (*schema, "anyOf", 0), (*schema, "properties", "messages", "items")),
        *((*schema, "properties", "max_steps", "minimum"), (*schema, "properties", "max_steps", "default")),
        *(("post", "responses"), ("post", "responses", "200"), ("post", "responses", "200", "content")),
    )
    text = json.dumps(bundle["paths"][path])
    for pointer in pointers:
        document = {**bundle, "paths": {path: json.loads(text), CANCEL: bundle["paths"][CANCEL]}}
        broken_at(document["paths"], (path, *pointer))
        try:
            drifted(document)
        except TargetError as error:
            assert "$ref" in str(error)  # noqa: PT017  # the only thing that may be refused
