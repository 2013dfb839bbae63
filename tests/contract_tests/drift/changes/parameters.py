"""Changes of what an operation takes in its path, its query and its headers."""

from __future__ import annotations

from .operation import (
    COLLECTION,
    MESSAGES,
    Changes,
    parameter,
)

PARAMETERS: Changes = {
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
}
