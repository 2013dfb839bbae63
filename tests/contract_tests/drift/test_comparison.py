from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.contract_tests.drift.comparison import compare
from letta_contract.contract_tests.drift.document import Document
from letta_contract.contract_tests.errors import TargetError

if TYPE_CHECKING:
    from letta_contract.contract_tests.drift.difference import Difference

    Differences = list[Difference]

COLLECTION = "/v1/conversations/"
ONE = "/v1/conversations/{conversation_id}"
MESSAGES = f"{ONE}/messages"
STREAM = f"{ONE}/stream"
CANCEL = f"{ONE}/cancel"
COMPACT = f"{ONE}/compact"


def parameter(operation: Any, name: str) -> Any:
    return next(one for one in operation["parameters"] if one["name"] == name)


def body(operation: Any) -> Any:
    return operation["requestBody"]["content"]["application/json"]


def answer(operation: Any, status: str = "200", media: str = "application/json") -> Any:
    return operation["responses"][status]["content"][media]


def create(operation: Any) -> Any:
    """The CreateConversation of its body, which may be null."""
    return body(operation)["schema"]["anyOf"][0]


def variants(operation: Any) -> Any:
    """The kinds of message that it lists."""
    return answer(operation)["schema"]["items"]["oneOf"]


def without(listed: list[Any], value: Any) -> list[Any]:
    assert value in listed
    return [one for one in listed if one != value]


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


CASES: dict[str, tuple[str, str, Callable[[Any], Any], list[tuple[str, str, str, str]]]] = {
    "parameter missing": (
        *(COLLECTION, "get"),
        lambda op: op["parameters"].remove(parameter(op, "after")),
        [("query after/parameter-missing", "request", "stricter", "breaking")],
    ),
    "parameter missing that is a SHOULD": (
        *(COLLECTION, "get"),
        lambda op: op["parameters"].remove(parameter(op, "archive_status")),
        [("query archive_status/parameter-missing", "request", "stricter", "info")],
    ),
    "parameter besides": (
        *(COLLECTION, "get"),
        lambda op: op["parameters"].append({"name": "x", "in": "header", "schema": {"type": "string"}}),
        [("header x/parameter-extra", "request", "wider", "info")],
    ),
    "parameter besides that is required": (
        *(COLLECTION, "get"),
        lambda op: op["parameters"].append({"name": "x", "in": "query", "required": True, "schema": {}}),
        [("query x/parameter-extra", "request", "stricter", "breaking")],
    ),
    "parameter elsewhere": (
        *(COLLECTION, "get"),
        lambda op: parameter(op, "agent_id").update({"in": "header"}),
        [("query agent_id/parameter-location", "request", "other", "breaking")],
    ),
    "parameter required": (
        *(COLLECTION, "get"),
        lambda op: parameter(op, "agent_id").update(required=True),
        [("query agent_id/required", "request", "stricter", "breaking")],
    ),
    "parameter no longer required": (
        *(COLLECTION, "post"),
        lambda op: parameter(op, "agent_id").update(required=False),
        [("query agent_id/required", "request", "wider", "notable")],
    ),
    "parameter of another type": (
        *(COLLECTION, "get"),
        lambda op: parameter(op, "after").update(schema={"type": "integer"}),
        [("query after/type", "request", "other", "breaking")],
    ),
    "parameter's list in one value": (
        *(MESSAGES, "get"),
        lambda op: parameter(op, "include_return_message_types").update(explode=False),
        [("query include_return_message_types/style", "request", "other", "breaking")],
    ),
    "default changed": (
        *(COLLECTION, "get"),
        lambda op: parameter(op, "order")["schema"].update(default="asc"),
        [("query order/default", "request", "other", "breaking")],
    ),
    "default untold": (
        *(COLLECTION, "get"),
        lambda op: parameter(op, "order")["schema"].pop("default"),
        [("query order/default", "request", "other", "notable")],
    ),
    "enum value missing": (
        *(COLLECTION, "get"),
        lambda op: parameter(op, "order_by")["schema"]["enum"].remove("last_message_at"),
        [('query order_by="last_message_at"/enum-value-missing', "request", "stricter", "breaking")],
    ),
    "enum value besides": (
        *(COLLECTION, "get"),
        lambda op: parameter(op, "order_by")["schema"]["enum"].append("summary"),
        [('query order_by="summary"/enum-value-extra', "request", "wider", "notable")],
    ),
    "enum gone": (
        *(COLLECTION, "get"),
        lambda op: parameter(op, "order")["schema"].pop("enum"),
        [("query order/enum", "request", "wider", "notable")],
    ),
    "lower bound that the contract leaves open": (
        *(COLLECTION, "get"),
        lambda op: parameter(op, "limit")["schema"].update(exclusiveMinimum=0),
        [("query limit/exclusiveMinimum", "request", "stricter", "info")],
    ),
    "upper bound that it does not": (
        *(COLLECTION, "get"),
        lambda op: parameter(op, "limit")["schema"].update(maximum=100),
        [("query limit/maximum", "request", "stricter", "breaking")],
    ),
    "upper bound of integers that are odd": (
        *(COLLECTION, "get"),
        lambda op: parameter(op, "limit")["schema"].update(maximum=2**63 - 1),
        [("query limit/maximum", "request", "stricter", "info")],
    ),
    "body required": (
        *(COLLECTION, "post"),
        lambda op: op["requestBody"].update(required=True),
        [("body/required", "request", "stricter", "breaking")],
    ),
    "body no longer required": (
        *(ONE, "patch"),
        lambda op: op["requestBody"].update(required=False),
        [("body/required", "request", "wider", "notable")],
    ),
    "body gone": (
        *(COLLECTION, "post"),
        lambda op: op.pop("requestBody"),
        [("body/body-missing", "request", "stricter", "breaking")],
    ),
    "body besides": (
        *(CANCEL, "post"),
        lambda op: op.update(requestBody={"content": {"application/json": {"schema": {}}}}),
        [("body/body-extra", "request", "wider", "info")],
    ),
    "body of another media type": (
        *(ONE, "patch"),
        lambda op: op["requestBody"].update(content={"multipart/form-data": body(op)}),
        [("body/media-type", "request", "other", "breaking")],
    ),
    "body of one more media type": (
        *(ONE, "patch"),
        lambda op: op["requestBody"]["content"].update({"application/x-www-form-urlencoded": {"schema": {}}}),
        [("body application/x-www-form-urlencoded/media-type-extra", "request", "wider", "info")],
    ),
    "field of a request missing": (
        *(COLLECTION, "post"),
        lambda op: create(op)["properties"].pop("summary"),
        [("CreateConversation.summary/field-missing", "request", "stricter", "breaking")],
    ),
    "field of a request missing that is a SHOULD": (
        *(COLLECTION, "post"),
        lambda op: create(op)["properties"].pop("hidden"),
        [("CreateConversation.hidden/field-missing", "request", "stricter", "info")],
    ),
    "field of a request missing that only older servers have": (
        *(COLLECTION, "post"),
        lambda op: create(op)["properties"].pop("isolated_block_labels"),
        [("CreateConversation.isolated_block_labels/field-missing", "request", "stricter", "info")],
    ),
    "field of a request besides": (
        *(COLLECTION, "post"),
        lambda op: create(op)["properties"].update(x={"type": "string"}),
        [("CreateConversation.x/field-extra", "request", "wider", "info")],
    ),
    "field of a request besides that is required": (
        *(COLLECTION, "post"),
        lambda op: (create(op)["properties"].update(x={"type": "string"}), create(op).update(required=["x"])),
        [("CreateConversation.x/field-extra", "request", "stricter", "breaking")],
    ),
    "field of a request required": (
        *(COLLECTION, "post"),
        lambda op: create(op).update(required=["summary"]),
        [("CreateConversation.summary/required", "request", "stricter", "breaking")],
    ),
    "field of a request not nullable": (
        *(COLLECTION, "post"),
        lambda op: create(op)["properties"]["summary"].pop("nullable"),
        [("CreateConversation.summary/nullability", "request", "stricter", "breaking")],
    ),
    "field of a request nullable": (
        *(COLLECTION, "post"),
        lambda op: create(op)["properties"]["hidden"].update(nullable=True),
        [("CreateConversation.hidden/nullability", "request", "wider", "notable")],
    ),
    "field of a request shorter": (
        *(COLLECTION, "post"),
        lambda op: create(op)["properties"]["summary"].update(maxLength=80),
        [("CreateConversation.summary/maxLength", "request", "stricter", "breaking")],
    ),
    "number narrowed to an integer": (
        *(STREAM, "post"),
        lambda op: body(op)["schema"]["anyOf"][0]["properties"]["poll_interval"].update(type="integer"),
        [("StreamRequest.poll_interval/type", "request", "stricter", "breaking")],
    ),
    "request closed to other fields": (
        *(ONE, "patch"),
        lambda op: body(op)["schema"].update(additionalProperties=False),
        [("UpdateConversation/closed", "request", "stricter", "notable")],
    ),
    "request that says nothing": (
        *(ONE, "patch"),
        lambda op: body(op).update(schema={"type": "object"}),
        [("UpdateConversation/says-nothing", "request", "wider", "notable")],
    ),
    "fields that need not go together": (
        *(MESSAGES, "post"),
        lambda op: body(op)["schema"].pop("anyOf"),
        [("SendMessage/condition", "request", "wider", "notable")],
    ),
    "variant of a request missing": (
        *(COLLECTION, "post"),
        lambda op: create(op)["properties"]["model_settings"]["anyOf"][0]["oneOf"].pop(0),
        [("ModelSettings(openai)/variant-missing", "request", "stricter", "breaking")],
    ),
    "variant of a request missing that is a SHOULD": (
        *(COLLECTION, "post"),
        lambda op: create(op)["properties"]["model_settings"]["anyOf"][0].update(
            oneOf=[
                one
                for one in create(op)["properties"]["model_settings"]["anyOf"][0]["oneOf"]
                if one["properties"]["provider_type"]["enum"] != ["moonshot"]
            ]
        ),
        [("ModelSettings(moonshot)/variant-missing", "request", "stricter", "info")],
    ),
    "variant of an answer missing": (
        *(MESSAGES, "get"),
        lambda op: variants(op).pop(1),
        [("Message(user_message)/variant-missing", "response", "stricter", "info")],
    ),
    "variant of an answer besides": (
        *(MESSAGES, "get"),
        lambda op: variants(op).append(
            {"type": "object", "properties": {"message_type": {"const": "poem"}}, "required": ["message_type"]}
        ),
        [("Message(poem)/variant-extra", "response", "wider", "breaking")],
    ),
    "field of a variant": (
        *(MESSAGES, "get"),
        lambda op: variants(op)[0]["required"].remove("content"),
        [("SystemMessage.content/required", "response", "wider", "breaking")],
    ),
    "field of an answer missing": (
        *(ONE, "get"),
        lambda op: (
            answer(op)["schema"]["properties"].pop("agent_id"),
            answer(op)["schema"].update(required=["id"]),
        ),
        [("Conversation.agent_id/field-missing", "response", "other", "breaking")],
    ),
    "field of an answer missing that need not be there": (
        *(ONE, "get"),
        lambda op: answer(op)["schema"]["properties"].pop("summary"),
        [("Conversation.summary/field-missing", "response", "stricter", "info")],
    ),
    "field of an answer besides": (
        *(ONE, "get"),
        lambda op: answer(op)["schema"]["properties"].update(x={"type": "string"}),
        [("Conversation.x/field-extra", "response", "wider", "info")],
    ),
    "field of an answer not always there": (
        *(ONE, "get"),
        lambda op: answer(op)["schema"].update(required=["id"]),
        [("Conversation.agent_id/required", "response", "wider", "breaking")],
    ),
    "field of an answer always there": (
        *(ONE, "get"),
        lambda op: answer(op)["schema"].update(required=["id", "agent_id", "summary"]),
        [("Conversation.summary/required", "response", "stricter", "info")],
    ),
    "field of an answer nullable": (
        *(ONE, "get"),
        lambda op: answer(op)["schema"]["properties"]["agent_id"].update(nullable=True),
        [("Conversation.agent_id/nullability", "response", "wider", "breaking")],
    ),
    "field of an answer not nullable": (
        *(ONE, "get"),
        lambda op: answer(op)["schema"]["properties"]["summary"].pop("nullable"),
        [("Conversation.summary/nullability", "response", "stricter", "info")],
    ),
    "field of an answer of another type": (
        *(ONE, "get"),
        lambda op: answer(op)["schema"]["properties"]["agent_id"].update(type="integer"),
        [("Conversation.agent_id/type", "response", "other", "breaking")],
    ),
    "field of an answer untyped": (
        *(ONE, "get"),
        lambda op: answer(op)["schema"]["properties"].update(agent_id={}),
        [("Conversation.agent_id/says-nothing", "response", "wider", "notable")],
    ),
    "format gone": (
        *(ONE, "get"),
        lambda op: answer(op)["schema"]["properties"]["created_at"].pop("format"),
        [("Conversation.created_at/format", "response", "wider", "notable")],
    ),
    "format changed": (
        *(ONE, "get"),
        lambda op: answer(op)["schema"]["properties"]["created_at"].update(format="date"),
        [("Conversation.created_at/format", "response", "other", "breaking")],
    ),
    "integer widened to a number": (
        *(COMPACT, "post"),
        lambda op: answer(op)["schema"]["properties"]["num_messages_before"].update(type="number"),
        [("CompactionResponse.num_messages_before/type", "response", "wider", "breaking")],
    ),
    "bound of an answer looser": (
        *(COMPACT, "post"),
        lambda op: answer(op)["schema"]["properties"]["num_messages_before"].update(minimum=-1),
        [("CompactionResponse.num_messages_before/minimum", "response", "wider", "breaking")],
    ),
    "enum value of an answer besides": (
        *(CANCEL, "post"),
        lambda op: answer(op)["schema"]["additionalProperties"]["enum"].append("lost"),
        [('CancelledRuns.*="lost"/enum-value-extra', "response", "wider", "breaking")],
    ),
    "enum value of an answer missing": (
        *(CANCEL, "post"),
        lambda op: answer(op)["schema"]["additionalProperties"]["enum"].remove("failed"),
        [('CancelledRuns.*="failed"/enum-value-missing', "response", "stricter", "info")],
    ),
    "map of anything": (
        *(CANCEL, "post"),
        lambda op: answer(op)["schema"].update(additionalProperties=True),
        [("CancelledRuns.*/says-nothing", "response", "wider", "notable")],
    ),
    "items of a list": (
        *(COLLECTION, "get"),
        lambda op: answer(op)["schema"]["items"]["properties"]["agent_id"].update(nullable=True),
        [("Conversation.agent_id/nullability", "response", "wider", "breaking")],
    ),
    "status gone": (
        *(ONE, "get"),
        lambda op: op["responses"].pop("404"),
        [("status 404/status-missing", "response", "stricter", "notable")],
    ),
    "answer under another status": (
        *(COLLECTION, "post"),
        lambda op: op["responses"].update({"201": op["responses"].pop("200")}),
        [
            ("status 200/status-missing", "response", "other", "breaking"),
            ("status 201/status-extra", "response", "wider", "breaking"),
        ],
    ),
    "error status besides": (
        *(ONE, "get"),
        lambda op: op["responses"].update({"418": {"description": ""}}),
        [("status 418/status-extra", "response", "wider", "notable")],
    ),
    "error status of HTTP itself": (
        *(ONE, "get"),
        lambda op: op["responses"].update({"413": {"description": ""}}),
        [("status 413/status-extra", "response", "wider", "info")],
    ),
    "error body": (
        *(ONE, "get"),
        lambda op: answer(op, "404").update(schema={"type": "object", "properties": {"message": {"type": "string"}}}),
        [
            ("Error.detail/field-missing", "response", "other", "breaking"),
            ("Error.message/field-extra", "response", "wider", "info"),
        ],
    ),
    "stream gone": (
        *(MESSAGES, "post"),
        lambda op: op["responses"]["200"]["content"].pop("text/event-stream"),
        [("status 200/media-type", "response", "other", "breaking")],
    ),
    "media type of an answer besides": (
        *(ONE, "get"),
        lambda op: op["responses"]["200"]["content"].update({"text/html": {"schema": {"type": "string"}}}),
        [("status 200 text/html/media-type-extra", "response", "wider", "breaking")],
    ),
    "media type that nobody described": (
        *(STREAM, "post"),
        lambda op: op["responses"]["200"]["content"].update({"application/json": {"schema": {}}}),
        [("status 200 application/json/media-type-extra", "response", "wider", "notable")],
    ),
    "events, where they are described": (
        *(STREAM, "post"),
        lambda op: answer(op, media="text/event-stream").update(
            schema={"oneOf": answer(op, media="text/event-stream")["x-event-stream"]["events"]["oneOf"][1:]}
        ),
        [("StreamEvent(system_message)/variant-missing", "response", "stricter", "info")],
    ),
    "security besides": (
        *(ONE, "get"),
        lambda op: op.update(security=[{"bearerAuth": [], "tenant": []}]),
        [("security/security", "request", "stricter", "breaking")],
    ),
    "security untold": (
        *(ONE, "get"),
        lambda op: op.update(security=[]),
        [("security/security-missing", "request", "wider", "notable")],
    ),
}


@pytest.mark.parametrize(("path", "method", "change", "expected"), CASES.values(), ids=CASES.keys())
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
    (found,) = broken(COLLECTION, "get", CASES["default changed"][2])
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
    path = f"{ONE}/messages"

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
