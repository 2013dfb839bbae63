"""Valid bodies that are refused (BODY, MODEL, DOC-5)."""

from __future__ import annotations

from typing import Any

from ..mock import COMPACT, CREATE, RECOMPILE, SEND, STREAM, SUMMARIZE, UPDATE, Schema, objects, parts
from .section import other_schema


def _closed(operation_id: str) -> None:
    def change(schema: Schema) -> None:
        for whole in objects(schema)[:1]:
            whole["additionalProperties"] = False

    other_schema("closed", operation_id, "refuses unknown keys", "DOC-5", change)


for _operation_id in (CREATE, UPDATE, STREAM, COMPACT, SUMMARIZE):
    _closed(_operation_id)


def _no_variant(operation_id: str, rule: str, tag: str, value: str, *steps: str) -> None:
    def change(schema: Schema) -> None:
        for whole in objects(schema, *steps):
            enum = whole["properties"].get(tag, {}).get("enum", [])
            if value in enum:
                whole["properties"][tag]["enum"] = [other for other in enum if other != value] or ["gone"]

    other_schema(f"no-{value}-{'.'.join((*steps, tag))}", operation_id, f"knows no {tag} {value}", rule, change)


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

    other_schema(f"no-null-{'.'.join(steps)}", operation_id, f"refuses null for {'.'.join(steps)}", rule, change)


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


def _bounded(operation_id: str, rule: str, bounds: dict[str, Any], *steps: str, case: str = "body-values") -> None:
    def change(schema: Schema) -> None:
        for part in parts(schema, *steps):
            part.update(bounds)

    keyword = next(iter(bounds))
    place = ".".join(steps)
    other_schema(f"{keyword}-{place}", operation_id, f"has a {keyword} for {place}", rule, change, case)


_bounded(CREATE, "MODEL-3", {"minimum": 1000}, "model_settings", "max_output_tokens")
_bounded(CREATE, "MODEL-3", {"maximum": 0.1}, "model_settings", "temperature")
_bounded(CREATE, "BODY-1", {"maxLength": 3}, "summary")
_bounded(SEND, "BODY-3", {"minItems": 1}, "client_tools")
_bounded(STREAM, "BODY-6", {"minimum": 5}, "batch_size")
_bounded(
    *(CREATE, "LEVEL-13", {"minimum": 1000}, "model_settings", "provider_type=moonshot", "max_output_tokens"),
    case="newer-providers",
)
