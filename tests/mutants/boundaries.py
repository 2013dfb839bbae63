"""Bodies and queries: constraints that are not kept, and valid things that are refused (OP, BODY, MODEL, TOL-10, TOL-11)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from letta_contract.mock_server.refusal import Invalid, Refusal
from letta_contract.mock_server.reply import Reply
from letta_contract.mock_server.request import Handler, Request
from letta_contract.mock_server.violations import violation
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .mock import (
    CANCEL,
    COMPACT,
    CREATE,
    EVERY,
    FORK,
    LIST,
    MESSAGES,
    RECOMPILE,
    SEND,
    STREAM,
    SUMMARIZE,
    UPDATE,
    Answer,
    Answering,
    Mock,
    Schema,
    objects,
    parts,
    plain,
)
from .mutant import Section

mutant = Section("boundaries")
WITH_BODY = (CREATE, UPDATE, SEND, STREAM, RECOMPILE, COMPACT, SUMMARIZE)
WITH_QUERY = (CREATE, LIST, FORK, MESSAGES, CANCEL, RECOMPILE)


def _schema(slug: str, operation_id: str, what: str, rule: str, change: Callable[[Schema], None]) -> None:
    @mutant(f"{slug}-{operation_id}", f"{operation_id} {what}.", rule, f"{operation_id}/body-values")
    def _(mock: Mock) -> None:
        mock.schema(operation_id, change)


# -- constraints that are not kept ------------------------------------------------------------------------------------


def _anything(schema: Schema) -> None:
    schema.clear()


def _unchecked(operation_id: str, rule: str, *steps: str) -> None:
    def change(schema: Schema) -> None:
        for part in parts(schema, *steps):
            _anything(part)

    _schema(f"unchecked-{'.'.join(steps)}", operation_id, f"takes anything for {'.'.join(steps)}", rule, change)


for _operation_id, _rule, *_steps in (
    (CREATE, "BODY-1", "summary"),
    (CREATE, "BODY-1", "model"),
    (CREATE, "BODY-1", "model_settings"),
    (UPDATE, "BODY-2", "last_message_at"),
    (UPDATE, "BODY-2", "model_settings"),
    (SEND, "BODY-3", "input"),
    (SEND, "BODY-3", "messages"),
    (SEND, "BODY-3", "max_steps"),
    (SEND, "BODY-3", "streaming"),
    (SEND, "BODY-3", "stream_tokens"),
    (SEND, "BODY-3", "include_pings"),
    (SEND, "BODY-3", "background"),
    (SEND, "BODY-3", "include_return_message_types"),
    (SEND, "BODY-3", "client_tools"),
    (SEND, "BODY-3", "client_skills"),
    (SEND, "BODY-3", "override_model"),
    (SEND, "BODY-3", "top_logprobs"),
    (SEND, "BODY-3", "enable_thinking"),
    (SEND, "BODY-12", "messages", "role"),
    (SEND, "BODY-12", "messages", "content"),
    (SEND, "BODY-13", "messages", "approvals"),
    (SEND, "BODY-14", "messages", "tool_returns"),
    (SEND, "BODY-22", "messages", "tool_returns", "status"),
    (STREAM, "BODY-6", "agent_id"),
    (STREAM, "BODY-6", "starting_after"),
    (STREAM, "BODY-6", "poll_interval"),
    (STREAM, "BODY-6", "batch_size"),
    (COMPACT, "BODY-7", "compaction_settings"),
    (COMPACT, "BODY-7", "agent_id"),
    (RECOMPILE, "BODY-8", "compaction_settings", "mode"),
    (RECOMPILE, "BODY-8", "compaction_settings", "clip_chars"),
    (RECOMPILE, "BODY-8", "compaction_settings", "sliding_window_percentage"),
    (RECOMPILE, "BODY-8", "compaction_settings", "prompt_acknowledgement"),
    (SUMMARIZE, "OP-13", "compaction_settings"),
    (CREATE, "MODEL-3", "model_settings", "temperature"),
    (CREATE, "MODEL-3", "model_settings", "max_output_tokens"),
    (CREATE, "MODEL-3", "model_settings", "parallel_tool_calls"),
    (CREATE, "MODEL-7", "model_settings", "thinking"),
    (CREATE, "MODEL-8", "model_settings", "thinking_config"),
    (CREATE, "MODEL-5", "model_settings", "reasoning", "reasoning_effort"),
    (CREATE, "MODEL-4", "model_settings", "response_format"),
):
    _unchecked(_operation_id, _rule, *_steps)


def _null(operation_id: str, rule: str, *steps: str) -> None:
    def change(schema: Schema) -> None:
        for part in parts(schema, *steps):
            part["nullable"] = True
            if "enum" in part:
                part["enum"] = [*part["enum"], None]

    _schema(f"null-{'.'.join(steps)}", operation_id, f"takes null for {'.'.join(steps)}", rule, change)


for _operation_id, _rule, *_steps in (
    (SEND, "BODY-3", "max_steps"),
    (SEND, "BODY-3", "streaming"),
    (SEND, "BODY-12", "messages", "role"),
    (STREAM, "BODY-6", "starting_after"),
    (RECOMPILE, "BODY-8", "compaction_settings", "mode"),
    (CREATE, "MODEL-3", "model_settings", "temperature"),
):
    _null(_operation_id, _rule, *_steps)


def _optional(operation_id: str, rule: str, name: str, *steps: str) -> None:
    def change(schema: Schema) -> None:
        for whole in objects(schema, *steps):
            if name in whole.get("required", ()):
                whole["required"] = [other for other in whole["required"] if other != name]

    place = ".".join((*steps, name))
    _schema(f"optional-{place}", operation_id, f"does not ask for {place}", rule, change)


for _operation_id, _rule, _name, *_steps in (
    (SEND, "BODY-12", "role", "messages"),
    (SEND, "BODY-12", "content", "messages"),
    (SEND, "BODY-14", "tool_returns", "messages"),
    (SEND, "BODY-13", "approve", "messages", "approvals"),
    (SEND, "BODY-22", "status", "messages", "tool_returns"),
    (SEND, "BODY-3", "name", "client_tools"),
    (SEND, "BODY-3", "location", "client_skills"),
    (SEND, "BODY-15", "text", "input"),
    (SEND, "BODY-16", "source", "messages", "content"),
    (SEND, "BODY-18", "is_error", "input"),
    (SEND, "BODY-21", "summary", "input"),
    (CREATE, "MODEL-4", "json_schema", "model_settings", "response_format"),
):
    _optional(_operation_id, _rule, _name, *_steps)


def _one_more(operation_id: str, rule: str, *steps: str) -> None:
    def change(schema: Schema) -> None:
        for part in parts(schema, *steps):
            if "enum" in part:
                part["enum"] = [*part["enum"], "no-such-value"]

    _schema(f"one-more-{'.'.join(steps)}", operation_id, f"knows one more {'.'.join(steps)}", rule, change)


for _operation_id, _rule, *_steps in (
    (SEND, "BODY-12", "messages", "role"),
    (SEND, "BODY-3", "include_return_message_types"),
    (RECOMPILE, "BODY-8", "compaction_settings", "mode"),
    (CREATE, "MODEL-7", "model_settings", "verbosity"),
    (CREATE, "MODEL-10", "model_settings", "thinking", "type"),
):
    if _steps[-1] == "include_return_message_types":
        continue  # its values are those of its items
    _one_more(_operation_id, _rule, *_steps)


def _unknown_provider(operation_id: str, *steps: str) -> None:
    """What has an unknown tag is kept as it is, as by a union that falls back on an open object."""

    @mutant(
        f"unknown-provider-{operation_id}",
        f"{operation_id} takes unknown providers.",
        "MODEL-2",
        f"{operation_id}/body-values",
    )
    def _(mock: Mock) -> None:
        def change(schema: Schema) -> None:
            for part in parts(schema, *steps):
                name = part.get("properties", {}).get("provider_type", {})
                for whole in part.get("anyOf", [name]):
                    whole.setdefault("oneOf", []).append(
                        {
                            "type": "object",
                            "required": ["provider_type"],
                            "properties": {"provider_type": {"type": "string", "enum": ["no-such-thing"]}},
                        }
                    )

        mock.schema(operation_id, change)


_unknown_provider(CREATE, "model_settings")
_unknown_provider(UPDATE, "model_settings")
_unknown_provider(COMPACT, "compaction_settings", "model_settings")
_unknown_provider(SUMMARIZE, "compaction_settings", "model_settings")


# -- bodies as such ---------------------------------------------------------------------------------------------------


def _unjudged(operation_id: str) -> None:
    @mutant(
        f"no-validation-{operation_id}",
        f"{operation_id} does not judge its body.",
        "ORDER-4",
        f"{operation_id}/body-values",
    )
    def _(mock: Mock) -> None:
        mock.schema(operation_id, _anything)
        mock.requests(
            operation_id, lambda request: request if isinstance(request.body, dict) else replace(request, body=None)
        )

        async def judged(handler: Handler, request: Request) -> Answer:
            try:
                return await handler(request)
            except (TypeError, ValueError, KeyError, AttributeError):
                return Reply.json(None)

        mock.around(operation_id, judged)


for _operation_id in WITH_BODY:
    _unjudged(_operation_id)


def _malformed(operation_id: str, slug: str, what: str, rule: str, status: int, kinds: Iterable[str]) -> None:
    """Answer a body that was refused for one of these reasons otherwise."""

    @mutant(f"{slug}-{operation_id}", f"{operation_id} answers {status} to {what}.", rule, f"{operation_id}/body-form")
    def _(mock: Mock) -> None:
        async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
            try:
                return await answering(scope, receive)
            except Invalid as invalid:
                if any(entry["type"] in kinds for entry in invalid.violations):
                    raise Refusal(status, "No.") from None
                raise

        mock.judged(operation_id, judged)


for _operation_id, _status in zip(WITH_BODY, (400, 500, 200, 400, 404, 400, 500), strict=True):
    _malformed(_operation_id, "malformed", "malformed JSON", "STATUS-13", _status, ["json_invalid"])
for _operation_id, _status in ((CREATE, 400), (COMPACT, 404), (STREAM, 500)):
    _malformed(_operation_id, "media-type", "another media type", "STATUS-14", _status, ["content_type"])
_malformed(UPDATE, "missing", "a missing body", "STATUS-16", 400, ["missing"])
_malformed(SEND, "missing", "a missing body", "STATUS-16", 500, ["missing"])


def _any_media_type(operation_id: str) -> None:
    @mutant(
        f"any-media-type-{operation_id}",
        f"{operation_id} reads any media type as JSON.",
        "STATUS-14",
        f"{operation_id}/body-form",
    )
    def _(mock: Mock) -> None:
        async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
            others = [header for header in scope["headers"] if header[0] != b"content-type"]
            return await answering({**scope, "headers": [*others, (b"content-type", b"application/json")]}, receive)

        mock.judged(operation_id, judged)


for _operation_id in (CREATE, UPDATE, COMPACT):
    _any_media_type(_operation_id)


def _body_needed(operation_id: str) -> None:
    @mutant(f"body-needed-{operation_id}", f"{operation_id} asks for a body.", "STATUS-16", f"{operation_id}/body-form")
    def _(mock: Mock) -> None:
        mock.body_required(operation_id, required=True)


for _operation_id in (CREATE, STREAM, RECOMPILE, COMPACT, SUMMARIZE):
    _body_needed(_operation_id)


def _body_missing(operation_id: str) -> None:
    @mutant(
        f"body-missing-{operation_id}",
        f"{operation_id} works without a body.",
        "STATUS-16",
        f"{operation_id}/body-form",
    )
    def _(mock: Mock) -> None:
        mock.body_required(operation_id, required=False)

        async def bodiless(handler: Handler, request: Request) -> Answer:
            return Reply.json(None) if request.body is None else await handler(request)

        mock.around(operation_id, bodiless)


_body_missing(UPDATE)
_body_missing(SEND)


@mutant("no-null-create", "create refuses a body of null.", "OP-1", "create_conversation/body-is-optional")
def _(mock: Mock) -> None:
    def change(schema: Schema) -> None:
        schema.update({"allOf": [dict(schema)], "not": {"enum": [None]}})

    mock.schema(CREATE, change)


def _no_null(operation_id: str, rule: str) -> None:
    @mutant(
        f"no-null-body-{operation_id}", f"{operation_id} refuses a body of null.", rule, f"{operation_id}/body-form"
    )
    def _(mock: Mock) -> None:
        async def judged(handler: Handler, request: Request) -> Answer:
            if request.body is None:
                raise Invalid([violation(("body",), "dict_type", "Input should be a valid dictionary")])
            return await handler(request)

        mock.around(operation_id, judged)


_no_null(COMPACT, "OP-12")
_no_null(STREAM, "OP-9")


@mutant("deep-500", "update falls over deep nesting.", "STATUS-12", "update_conversation/body-form")
def _(mock: Mock) -> None:
    _crash(mock, UPDATE, lambda raw: raw.count(b"[") > 1000)


@mutant("bytes-500", "create falls over what is not UTF-8.", "STATUS-12", "create_conversation/body-form")
def _(mock: Mock) -> None:
    _crash(mock, CREATE, lambda raw: b"\xff" in raw)


_ODD: tuple[tuple[str, str, str, Callable[[bytes], bool]], ...] = (
    ("nul", "a NUL in a summary", UPDATE, lambda raw: b"\\u0000" in raw),
    (
        "surrogate",
        "half of a surrogate pair",
        UPDATE,
        lambda raw: b"\\ud8" in raw.lower() and b"\\udc" not in raw.lower(),
    ),
    (
        "huge",
        "a number beyond 64 bits",
        SEND,
        lambda raw: b"18446744073709551616" in raw or b"9223372036854775808" in raw,
    ),
    ("infinite", "1e400", SEND, lambda raw: b"1e400" in raw),
    ("far-date", "a date in the year 9999", UPDATE, lambda raw: b"9999-" in raw),
    ("first-date", "a date in the year 1", UPDATE, lambda raw: b'"0001-' in raw),
    ("long-text", "a summary of 100 000 characters", CREATE, lambda raw: len(raw) > 90_000),
    ("astral", "characters beyond U+FFFF", CREATE, lambda raw: b"\\ud83d" in raw.lower() or b"\xf0\x9f" in raw),
    ("quote", "a quote in a summary", CREATE, lambda raw: b"'" in raw),
    ("deep-value", "a json_schema of 60 levels", CREATE, lambda raw: raw.count(b"{") > 55),
    ("int32", "an integer beyond 32 bits", CREATE, lambda raw: b"2147483648" in raw),
    ("empty-text", "an empty summary", UPDATE, lambda raw: b'"summary": ""' in raw),
    ("negative", "a negative number of steps", SEND, lambda raw: b'"max_steps": -' in raw),
)


def _odd(slug: str, what: str, operation_id: str, odd: Callable[[bytes], bool]) -> None:
    @mutant(
        f"odd-{slug}-{operation_id}", f"{operation_id} falls over {what}.", "STATE-48", f"{operation_id}/nasty-values"
    )
    def _(mock: Mock) -> None:
        _crash(mock, operation_id, odd)


for _kind in _ODD:
    _odd(*_kind)


for _operation_id in (STREAM, RECOMPILE, COMPACT, SUMMARIZE):
    _odd("nul", "a NUL", _operation_id, lambda raw: b"\\u0000" in raw)


def _odd_query(operation_id: str) -> None:
    @mutant(
        f"odd-query-{operation_id}",
        f"{operation_id} falls over a NUL in its query.",
        "STATE-48",
        f"{operation_id}/nasty-values",
    )
    def _(mock: Mock) -> None:
        async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
            return plain(500, "DataError") if b"%00" in scope["query_string"] else await answering(scope, receive)

        mock.judged(operation_id, judged)


for _operation_id in (LIST, FORK, MESSAGES, CANCEL):
    _odd_query(_operation_id)


def _crash(mock: Mock, operation_id: str, odd: Callable[[bytes], bool]) -> None:
    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        waiting = [await receive()]
        while waiting[-1].get("more_body"):
            waiting.append(await receive())
        if odd(b"".join(message.get("body", b"") for message in waiting)):
            return plain(500, "Internal Server Error")

        async def again() -> Message:
            return waiting.pop(0) if waiting else await receive()

        return await answering(scope, again)

    mock.judged(operation_id, judged)


# -- queries ----------------------------------------------------------------------------------------------------------


def _parameter(slug: str, operation_id: str, name: str, what: str, **schema: Any) -> None:
    rule = {CREATE: "OP-1", LIST: "OP-2", FORK: "OP-6", MESSAGES: "OP-7", CANCEL: "OP-10", RECOMPILE: "OP-11"}[
        operation_id
    ]

    @mutant(f"{slug}-{operation_id}", f"{operation_id} {what}.", rule, f"{operation_id}/query-values")
    def _(mock: Mock) -> None:
        mock.parameter(operation_id, name, **schema)

        async def survives(handler: Handler, request: Request) -> Answer:
            try:
                return await handler(request)
            except (TypeError, KeyError):
                return Reply.json([])

        mock.around(operation_id, survives)


_parameter("any-order", LIST, "order", "takes any order", enum=None)
_parameter("any-order", MESSAGES, "order", "takes any order", enum=None)
_parameter("any-order-by", LIST, "order_by", "sorts by anything", enum=None)
_parameter("any-order-by", MESSAGES, "order_by", "sorts by anything", enum=None)
_parameter("any-limit", LIST, "limit", "takes any limit", type=None)
_parameter("any-limit", MESSAGES, "limit", "takes any limit", type=None)
_parameter("any-type", MESSAGES, "include_return_message_types", "takes any message type", items={"type": "string"})
_parameter("any-dry-run", RECOMPILE, "dry_run", "takes any dry_run", type=None)
_parameter("any-include-err", MESSAGES, "include_err", "takes any include_err", type=None)
_parameter("no-asc", LIST, "order", "knows no asc", enum=["desc"])
_parameter("no-desc", MESSAGES, "order", "knows no desc", enum=["asc"], default="asc")
_parameter(
    "no-last-run-completion", LIST, "order_by", "knows no last_run_completion", enum=["created_at", "last_message_at"]
)
_parameter("limit-to-99", LIST, "limit", "takes no more than 99", maximum=99)
_parameter("limit-to-50", MESSAGES, "limit", "takes no more than 50", maximum=50)
_parameter("ascii-search", LIST, "summary_search", "searches ASCII only", pattern="^[ -~]*$")
_parameter("agent-pattern", CANCEL, "agent_id", "takes only ids for agent_id", pattern="^agent-")


@mutant("no-event-message", "messages knows no event_message.", "MSG-2", "list_conversation_messages/query-values")
def _(mock: Mock) -> None:
    mock.parameter(
        MESSAGES,
        "include_return_message_types",
        items={"type": "string", "enum": ["user_message", "system_message", "assistant_message"]},
    )


@mutant("agent-id-optional", "create does not ask for agent_id.", "OP-1", "create_conversation/query-values")
def _(mock: Mock) -> None:
    mock.optional(CREATE, "agent_id")
    mock.requests(CREATE, lambda request: replace(request, query={"agent_id": "agent-0", **request.query}))


def _strict_query(operation_id: str) -> None:
    @mutant(
        f"unknown-query-{operation_id}",
        f"{operation_id} refuses unknown query keys.",
        "TOL-11",
        f"{operation_id}/query-values",
    )
    def _(mock: Mock) -> None:
        async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
            if b"no_such" in scope["query_string"]:
                raise Invalid([violation(("query", "no_such"), "extra_forbidden", "Extra inputs are not permitted")])
            return await answering(scope, receive)

        mock.judged(operation_id, judged)


for _operation_id in WITH_QUERY:
    _strict_query(_operation_id)


# -- valid things that are refused ------------------------------------------------------------------------------------


def _closed(operation_id: str) -> None:
    def change(schema: Schema) -> None:
        for whole in objects(schema)[:1]:
            whole["additionalProperties"] = False

    _schema("closed", operation_id, "refuses unknown keys", "DOC-5", change)


for _operation_id in (CREATE, UPDATE, STREAM, COMPACT, SUMMARIZE):
    _closed(_operation_id)


def _no_variant(operation_id: str, rule: str, tag: str, value: str, *steps: str) -> None:
    def change(schema: Schema) -> None:
        for whole in objects(schema, *steps):
            enum = whole["properties"].get(tag, {}).get("enum", [])
            if value in enum:
                whole["properties"][tag]["enum"] = [other for other in enum if other != value] or ["gone"]

    _schema(f"no-{value}-{'.'.join((*steps, tag))}", operation_id, f"knows no {tag} {value}", rule, change)


_PROVIDERS = (
    *("openai", "sglang", "anthropic", "google_ai", "google_vertex", "azure", "xai", "groq", "deepseek", "together"),
    *("bedrock", "openrouter", "zai", "baseten", "chatgpt_oauth"),
)
for _provider in _PROVIDERS:
    _no_variant(CREATE, "MODEL-1", "provider_type", _provider, "model_settings")
for _operation_id, _rule, _name, _value, *_steps in (
    (UPDATE, "MODEL-14", "provider_type", "chatgpt_oauth", "model_settings"),
    (COMPACT, "MODEL-13", "provider_type", "baseten", "compaction_settings", "model_settings"),
    (SEND, "BODY-12", "role", "system", "messages"),
    (SEND, "BODY-12", "role", "assistant", "messages"),
    (SEND, "BODY-16", "type", "image", "messages", "content"),
    (SEND, "BODY-17", "type", "tool_call", "messages", "content"),
    (SEND, "BODY-20", "type", "omitted_reasoning", "messages", "content"),
    (SEND, "BODY-21", "type", "summarized_reasoning", "input"),
    (SEND, "BODY-16", "type", "base64", "messages", "content", "source"),
    (SEND, "BODY-16", "type", "letta", "messages", "content", "source"),
    (SEND, "BODY-14", "type", "tool_return", "messages"),
    (SEND, "BODY-13", "type", "approval", "messages"),
    (SEND, "BODY-22", "status", "error", "messages", "tool_returns"),
    (RECOMPILE, "BODY-8", "mode", "self_compact_all", "compaction_settings"),
    (RECOMPILE, "BODY-8", "mode", "self_compact_sliding_window", "compaction_settings"),
    (CREATE, "MODEL-4", "type", "json_object", "model_settings", "response_format"),
    (CREATE, "MODEL-5", "reasoning_effort", "minimal", "model_settings", "reasoning"),
    (CREATE, "MODEL-7", "verbosity", "high", "model_settings"),
    (CREATE, "MODEL-7", "type", "disabled", "model_settings", "thinking"),
):
    _no_variant(_operation_id, _rule, _name, _value, *_steps)


def _no_nulls(operation_id: str, rule: str, *steps: str) -> None:
    def change(schema: Schema) -> None:
        for part in parts(schema, *steps):
            part.pop("nullable", None)
            if "enum" in part:
                part["enum"] = [value for value in part["enum"] if value is not None]
            if "anyOf" in part:
                part["anyOf"] = [one for one in part["anyOf"] if one.get("enum") != [None]]

    _schema(f"no-null-{'.'.join(steps)}", operation_id, f"refuses null for {'.'.join(steps)}", rule, change)


for _operation_id, _rule, *_steps in (
    (CREATE, "BODY-1", "summary"),
    (CREATE, "BODY-1", "model"),
    (UPDATE, "BODY-2", "summary"),
    (UPDATE, "BODY-2", "last_message_at"),
    (UPDATE, "BODY-2", "model_settings"),
    (SEND, "BODY-3", "client_tools"),
    (SEND, "BODY-3", "top_logprobs"),
    (SEND, "BODY-3", "override_system"),
    (SEND, "BODY-12", "messages", "otid"),
    (STREAM, "BODY-6", "run_id"),
    (STREAM, "BODY-6", "include_pings"),
    (COMPACT, "BODY-7", "agent_id"),
    (RECOMPILE, "BODY-8", "compaction_settings", "prompt"),
    (RECOMPILE, "BODY-8", "compaction_settings", "clip_chars"),
    (CREATE, "MODEL-6", "model_settings", "tool_call_parser"),
    (CREATE, "MODEL-7", "model_settings", "verbosity"),
):
    _no_nulls(_operation_id, _rule, *_steps)


def _bounded(operation_id: str, rule: str, bounds: dict[str, Any], *steps: str) -> None:
    def change(schema: Schema) -> None:
        for part in parts(schema, *steps):
            part.update(bounds)

    keyword = next(iter(bounds))
    _schema(f"{keyword}-{'.'.join(steps)}", operation_id, f"has a {keyword} for {'.'.join(steps)}", rule, change)


_bounded(CREATE, "MODEL-3", {"minimum": 1000}, "model_settings", "max_output_tokens")
_bounded(CREATE, "MODEL-3", {"maximum": 0.1}, "model_settings", "temperature")
_bounded(CREATE, "BODY-1", {"maxLength": 3}, "summary")
_bounded(SEND, "BODY-3", {"minItems": 1}, "client_tools")
_bounded(STREAM, "BODY-6", {"minimum": 5}, "batch_size")


@mutant("both", "send takes messages and input together.", "BODY-4", "send_conversation_message/messages-or-input")
def _(mock: Mock) -> None:
    _says(mock, lambda body: body.get("messages") is not None and body.get("input") is not None)


@mutant("neither", "send takes neither messages nor input.", "BODY-4", "send_conversation_message/messages-or-input")
def _(mock: Mock) -> None:
    _says(mock, lambda body: body.get("messages") is None and body.get("input") is None)


@mutant("no-messages", "send takes an empty list of messages.", "BODY-5", "send_conversation_message/messages-or-input")
def _(mock: Mock) -> None:
    _says(mock, lambda body: body.get("messages") == [])


def _says(mock: Mock, wrong: Callable[[dict[str, Any]], bool]) -> None:
    """Take for an ordinary message what should be refused."""

    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        message = await receive()
        try:
            body = json.loads(message.get("body", b""))
        except ValueError:
            body = None
        if isinstance(body, dict) and wrong(body):
            message["body"] = json.dumps({"input": "Hello."}).encode()
        waiting = [message]

        async def again() -> Message:
            return waiting.pop() if waiting else await receive()

        return await answering(scope, again)

    mock.judged(SEND, judged)


# -- headers ----------------------------------------------------------------------------------------------------------


@mutant("charset", "create refuses JSON that says its charset.", "TOL-11", "create_conversation/body-is-optional")
def _(mock: Mock) -> None:
    async def judged(answering: Answering, scope: Scope, receive: Receive) -> Answer:
        if any(name == b"content-type" and b"charset" in value for name, value in scope["headers"]):
            raise Invalid([violation(("body",), "content_type", "Input should be application/json")])
        return await answering(scope, receive)

    mock.judged(CREATE, judged)


@mutant(
    "accept-500",
    "The server falls over an Accept that it does not know.",
    "STATE-48",
    *(f"{id_}/accept-header" for id_ in EVERY),
)
def _(mock: Mock) -> None:
    async def routed(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        accept = next((value for name, value in scope.get("headers", ()) if name == b"accept"), b"*/*")
        if b"*/*" not in accept and b"json" not in accept and b"event-stream" not in accept:
            await plain(500, "Internal Server Error")(scope, receive, send)
        else:
            await app(scope, receive, send)

    mock.routed(routed)
