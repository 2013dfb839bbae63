"""Changes of who may ask an operation, and of the body that it takes."""

from __future__ import annotations

from .operation import (
    CANCEL,
    COLLECTION,
    MESSAGES,
    ONE,
    STREAM,
    Changes,
    body,
    create,
)

REQUESTS: Changes = {
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
