"""Constraints that are kept where their schema stands first, and not at another place (BODY, MODEL, OP, ORDER-4)."""

from __future__ import annotations

import re

from letta_contract.mock_server.refusal import Invalid
from letta_contract.mock_server.request import Handler, Request
from letta_contract.mock_server.violations import violation
from starlette.types import Receive, Scope

from ..mock import (
    COMPACT,
    CREATE,
    LIST,
    MESSAGES,
    RECOMPILE,
    SEND,
    SUMMARIZE,
    UPDATE,
    Answer,
    Answering,
    Mock,
    Schema,
    parts,
)
from .section import mutant, other_schema


def _unchecked(operation_id: str, rule: str, *steps: str, case: str = "body-values") -> None:
    def change(schema: Schema) -> None:
        for part in parts(schema, *steps):
            part.clear()

    place = ".".join(steps)
    other_schema(f"place-{place}", operation_id, f"takes anything for {place}", rule, change, case)


for _operation_id, _rule, *_steps in (
    (CREATE, "MODEL-4", "model_settings", "provider_type=xai", "response_format"),
    (CREATE, "MODEL-4", "model_settings", "provider_type=openrouter", "response_format"),
    (CREATE, "MODEL-8", "model_settings", "provider_type=google_vertex", "response_schema"),
    (CREATE, "MODEL-3", "model_settings", "provider_type=zai", "temperature"),
    (CREATE, "MODEL-3", "model_settings", "provider_type=baseten", "parallel_tool_calls"),
    (UPDATE, "MODEL-8", "model_settings", "provider_type=google_ai", "thinking_config", "thinking_budget"),
    (RECOMPILE, "MODEL-10", "compaction_settings", "model_settings", "provider_type=zai", "thinking", "type"),
    (SUMMARIZE, "BODY-8", "compaction_settings", "mode"),
    (SUMMARIZE, "BODY-8", "compaction_settings", "sliding_window_percentage"),
    (COMPACT, "BODY-8", "compaction_settings", "clip_chars"),
    (COMPACT, "BODY-8", "compaction_settings", "prompt"),
    (SEND, "BODY-22", "messages", "type=approval", "approvals", "type=tool", "status"),
    (SEND, "BODY-22", "messages", "type=tool_return", "tool_returns", "status"),
    (SEND, "BODY-22", "messages", "type=tool_return", "tool_returns", "stdout"),
    (SEND, "BODY-16", "input", "type=image", "source"),
    (SEND, "BODY-18", "input", "type=tool_return", "is_error"),
    (SEND, "BODY-21", "input", "type=summarized_reasoning", "summary", "index"),
):
    _unchecked(_operation_id, _rule, *_steps)
_unchecked(CREATE, "MODEL-4", "model_settings", "provider_type=deepseek", "response_format")
for _provider, _field in (
    ("moonshot", "temperature"),
    ("moonshot", "response_format"),
    ("moonshot_coding", "verbosity"),
    ("moonshot_coding", "thinking"),
):
    _unchecked(CREATE, "LEVEL-13", "model_settings", f"provider_type={_provider}", _field, case="newer-providers")


def _one_more(operation_id: str, rule: str, value: str, *steps: str) -> None:
    def change(schema: Schema) -> None:
        for part in parts(schema, *steps):
            known = part if "enum" in part else part["anyOf"][0]
            known["enum"] = [*known["enum"], value]

    place = ".".join(steps)
    other_schema(f"{value}-{place}", operation_id, f"knows {value} for {place}", rule, change)


def _one_fewer(operation_id: str, rule: str, value: str, *steps: str) -> None:
    def change(schema: Schema) -> None:
        for part in parts(schema, *steps):
            known = part if "enum" in part else part["anyOf"][0]
            known["enum"] = [one for one in known["enum"] if one != value]

    place = ".".join(steps)
    other_schema(f"no-{value}-{place}", operation_id, f"knows no {value} for {place}", rule, change)


_one_fewer(UPDATE, "MODEL-7", "max", "model_settings", "provider_type=anthropic", "effort")
_EFFORT = ("model_settings", "provider_type=chatgpt_oauth", "reasoning", "reasoning_effort")
_one_more(CREATE, "MODEL-14", "minimal", *_EFFORT)
_one_more(CREATE, "MODEL-7", "minimal", "model_settings", "provider_type=anthropic", "effort")


@mutant(
    "order-by-beside-order",
    "Beside order, list takes anything for order_by.",
    "ORDER-4",
    "list_conversations/query-values",
)
def _(mock: Mock) -> None:
    mock.queried(
        LIST, lambda query: re.sub(rb"order_by=(no-such-value|CREATED_AT)", b"", query) if b"order=" in query else query
    )


@mutant(
    "prefix-of-limit",
    "messages reads a number off the front of limit.",
    "OP-7",
    "list_conversation_messages/query-values",
)
def _(mock: Mock) -> None:
    mock.queried(MESSAGES, lambda query: query.replace(b"limit=10abc", b"limit=10"))


def _some_types(slug: str, what: str, place: int) -> None:
    """Look at one of several types only."""

    @mutant(
        f"types-{slug}", f"messages looks at the {what} type only.", "OP-7", "list_conversation_messages/query-values"
    )
    def _(mock: Mock) -> None:
        async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
            pairs = scope["query_string"].split(b"&")
            types = [pair for pair in pairs if pair.startswith(b"include_return_message_types=")]
            if len(types) > 1:
                kept = [pair for pair in pairs if pair not in types or pair is types[place]]
                scope = {**scope, "query_string": b"&".join(kept)}
            return await answering(scope, receive)

        mock.judged(MESSAGES, judged)


_some_types("first", "first", 0)
_some_types("last", "last", -1)


@mutant("no-empty-input", "send takes an empty input for none.", "BODY-4", "send_conversation_message/body-values")
def _(mock: Mock) -> None:
    async def asked(handler: Handler, request: Request) -> Answer:
        if isinstance(request.body, dict) and request.body.get("input") == "":
            raise Invalid([violation(("body",), "missing", "No.")])
        return await handler(request)

    mock.around(SEND, asked)


@mutant(
    "unknown-key-inside",
    "create refuses a key that it does not know inside of reasoning.",
    "DOC-5",
    "create_conversation/body-values",
)
def _(mock: Mock) -> None:
    async def asked(handler: Handler, request: Request) -> Answer:
        settings = (request.body or {}).get("model_settings") or {}
        if "no_such_key" in settings.get("reasoning", {}):
            raise Invalid([violation(("body", "model_settings", "reasoning", "no_such_key"), "extra", "No.")])
        return await handler(request)

    mock.around(CREATE, asked)
