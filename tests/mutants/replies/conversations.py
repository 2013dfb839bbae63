"""Conversations, and lists of them, that are not as documented (BODY-10, DOC-6, OP-2 to OP-7)."""

from __future__ import annotations

from itertools import cycle
from typing import Any

from ..mock import CREATE, FORK, LIST, MESSAGES, RETRIEVE, UPDATE, Mock
from .section import CASES, mutant, shape

_SHOWING = (RETRIEVE, CREATE, UPDATE, FORK, LIST)


def _field(operation_id: str, slug: str, what: str, name: str, value: Any) -> None:
    @mutant(f"{slug}-{operation_id}", f"{operation_id} answers {what}.", "BODY-10", CASES[operation_id])
    def _(mock: Mock) -> None:
        mock.fields(operation_id, **{name: value})


for _operation_id, _kind in zip(
    cycle(_SHOWING),
    (
        ("id-number", "an id that is a number", "id", 7),
        ("id-bare", "an id without its prefix", "id", "123e4567-e89b-42d3-8456-426614174000"),
        ("id-upper", "an id in upper case", "id", "conv-123E4567-E89B-42D3-8456-426614174000"),
        ("id-version-1", "an id of version 1", "id", "conv-123e4567-e89b-12d3-8456-426614174000"),
        ("agent-null", "an agent_id of null", "agent_id", None),
        ("agent-object", "the agent itself as agent_id", "agent_id", {"id": "agent-1"}),
        ("created-epoch", "created_at as a number", "created_at", 1767225600),
        ("created-naive", "created_at without an offset", "created_at", "2026-01-01T00:00:00"),
        ("created-date", "created_at without a time", "created_at", "2026-01-01"),
        ("created-text", "created_at in words", "created_at", "Thu, 01 Jan 2026 00:00:00 GMT"),
        ("updated-month-13", "updated_at in month 13", "updated_at", "2026-13-01T00:00:00Z"),
        ("updated-space", "updated_at with a space for its T and no offset", "updated_at", "2026-01-01 00:00:00"),
        ("last-message-empty", "an empty last_message_at", "last_message_at", ""),
        ("archived-text", "archived as text", "archived", "false"),
        ("archived-number", "archived as a number", "archived", 0),
        ("archived-at-true", "archived_at as true", "archived_at", True),
        ("summary-number", "a summary that is a number", "summary", 7),
        ("summary-list", "a summary that is a list", "summary", []),
        ("description-object", "a description that is an object", "description", {}),
        ("model-object", "a model that is an object", "model", {"name": "gpt-4o"}),
        ("settings-untagged", "model_settings without provider_type", "model_settings", {"temperature": 0.5}),
        ("settings-unknown", "model_settings of an unknown provider", "model_settings", {"provider_type": "acme"}),
        ("settings-text", "model_settings as text", "model_settings", '{"provider_type": "openai"}'),
        ("window-text", "context_window_limit as text", "context_window_limit", "8000"),
        ("window-fraction", "context_window_limit as a fraction", "context_window_limit", 0.5),
        ("context-text", "in_context_message_ids as text", "in_context_message_ids", "message-1"),
        ("context-objects", "in_context_message_ids as messages", "in_context_message_ids", [{"id": "message-1"}]),
        ("blocks-number", "isolated_block_ids as numbers", "isolated_block_ids", [1]),
        ("author-number", "created_by_id as a number", "created_by_id", 7),
        ("editor-object", "last_updated_by_id as an object", "last_updated_by_id", {}),
    ),
):  # fmt: skip
    _field(_operation_id, *_kind)


def _lacks(operation_id: str, name: str) -> None:
    @mutant(f"no-{name}-{operation_id}", f"{operation_id} answers no {name}.", "BODY-10", CASES[operation_id])
    def _(mock: Mock) -> None:
        mock.without(operation_id, name)


for _operation_id, _name in ((RETRIEVE, "id"), (UPDATE, "agent_id"), (FORK, "agent_id"), (LIST, "agent_id")):
    _lacks(_operation_id, _name)


def _camel(value: dict[str, Any]) -> dict[str, Any]:
    return {
        name.split("_")[0] + "".join(part.title() for part in name.split("_")[1:]): part for name, part in value.items()
    }


shape(RETRIEVE, "camel", "keys in camelCase", "DOC-6", _camel)
shape(RETRIEVE, "wrapped", "the conversation in an object of its own", "OP-3", lambda value: {"conversation": value})
shape(RETRIEVE, "list", "a list of one conversation", "OP-3", lambda value: [value])
shape(UPDATE, "null", "null", "OP-4", lambda _: None)
shape(UPDATE, "ok", "that it went well", "OP-4", lambda _: {"success": True})
shape(FORK, "id", "an id", "OP-6", lambda value: value["id"])
shape(LIST, "page", "an object with a list in it", "OP-2", lambda value: {"data": value, "has_more": False})
shape(LIST, "null", "null for an empty list", "OP-2", lambda _: None)
shape(LIST, "nulls", "a null among the conversations", "OP-2", lambda value: [*value, None])
shape(LIST, "ids", "ids", "OP-2", lambda value: [item["id"] for item in value])
shape(LIST, "keyed", "an object by id", "OP-2", lambda value: {item["id"]: item for item in value})
shape(MESSAGES, "page", "an object with a list in it", "OP-7", lambda value: {"messages": value})
