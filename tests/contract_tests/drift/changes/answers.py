"""Changes of what an operation answers."""

from __future__ import annotations

from .operation import (
    CANCEL,
    COLLECTION,
    COMPACT,
    MESSAGES,
    ONE,
    STREAM,
    Changes,
    answer,
    variants,
)

ANSWERS: Changes = {
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
}
