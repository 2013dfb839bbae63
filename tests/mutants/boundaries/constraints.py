"""Constraints on a body that are not kept (BODY, MODEL, OP-13)."""

from __future__ import annotations

from ..mock import COMPACT, CREATE, RECOMPILE, SEND, STREAM, SUMMARIZE, UPDATE, Mock, Schema, objects, parts
from .section import mutant, other_schema


def _unchecked(operation_id: str, rule: str, *steps: str) -> None:
    def change(schema: Schema) -> None:
        for part in parts(schema, *steps):
            part.clear()

    other_schema(f"unchecked-{'.'.join(steps)}", operation_id, f"takes anything for {'.'.join(steps)}", rule, change)


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

    other_schema(f"null-{'.'.join(steps)}", operation_id, f"takes null for {'.'.join(steps)}", rule, change)


for _operation_id, _rule, *_steps in (
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
    other_schema(f"optional-{place}", operation_id, f"does not ask for {place}", rule, change)


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

    other_schema(f"one-more-{'.'.join(steps)}", operation_id, f"knows one more {'.'.join(steps)}", rule, change)


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


def _unknown_provider(operation_id: str, *steps: str, tag: str = "no-such-thing", slug: str = "unknown") -> None:
    """What has an unknown tag is kept as it is, as by a union that falls back on an open object."""

    @mutant(
        f"{slug}-provider-{operation_id}",
        f"{operation_id} takes a provider {tag}.",
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
                            "properties": {"provider_type": {"type": "string", "enum": [tag]}},
                        }
                    )

        mock.schema(operation_id, change)


_unknown_provider(CREATE, "model_settings")
_unknown_provider(UPDATE, "model_settings")
_unknown_provider(COMPACT, "compaction_settings", "model_settings")
_unknown_provider(SUMMARIZE, "compaction_settings", "model_settings")
_unknown_provider(UPDATE, "model_settings", tag="constructor", slug="inherited")


@mutant(
    "fractions-starting_after",
    "stream begins anywhere between two numbers.",
    "BODY-6",
    "retrieve_conversation_stream/body-values",
)
def _(mock: Mock) -> None:
    def change(schema: Schema) -> None:
        for part in parts(schema, "starting_after"):
            part["type"] = "number"

    mock.schema(STREAM, change)


@mutant(
    "summarized-content",
    "send takes summarized reasoning in a message.",
    "BODY-21",
    "send_conversation_message/body-values",
)
def _(mock: Mock) -> None:
    def change(schema: Schema) -> None:
        (summarized,) = (
            whole
            for whole in objects(schema, "input")
            if "summarized_reasoning" in whole["properties"]["type"].get("enum", ())
        )
        for part in parts(schema, "messages", "type=message", "content"):
            for whole in part["anyOf"]:
                if whole.get("type") == "array":
                    whole["items"]["oneOf"].append(summarized)

    mock.schema(SEND, change)
