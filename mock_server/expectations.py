"""What a test arranges in advance: which requests are answered otherwise, how, and how often."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from typing import Any

from jsonschema_rs import Draft202012Validator
from letta_contract.spec import Operation

from .faults import KINDS, Fault
from .json_schema import to_json_schema
from .pattern import Pattern
from .refusal import Invalid
from .reply import EVENT_STREAM, Answer, Reply
from .request import Handler, Request
from .script import Script
from .violations import Violation, violation, violations

SEND = "send_conversation_message"
_LONGEST = 600_000
_TOOL = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {"name": {"type": "string", "pattern": r"^[\w.-]+$"}, "arguments": {"type": "object"}},
}
_SPOKEN = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {
        "text": {"type": "string"},
        "reasoning": {"type": "string"},
        "tool": _TOOL,
        "gap": {"type": "integer", "minimum": 0, "maximum": 60_000},
        "failure": {"type": "integer", "minimum": 400, "maximum": 599},
    },
}
PATTERN = {
    "operationId": {"type": "string"},
    "conversation_id": {"type": "string"},
    "query": {"type": "object"},
    "body": {},
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **PATTERN,
        "times": {"type": "integer", "minimum": 1},
        "delay": {"type": "integer", "minimum": 0, "maximum": _LONGEST},
        "status": {"type": "integer", "minimum": 200, "maximum": 599},
        "answer": {},
        "anyway": {"type": "boolean"},
        "headers": {
            "type": "object",
            "propertyNames": {"pattern": r"^[A-Za-z0-9-]+$"},
            "additionalProperties": {"type": "string", "pattern": r"^[ -~]*$"},
        },
        "reply": {"if": {"type": "string"}, "else": _SPOKEN},
        "fault": {"enum": list(KINDS)},
        "after": {"type": "integer", "minimum": 0},
        "every": {"type": "integer", "minimum": 0, "maximum": 60_000},
    },
}
_EFFECTS = ("status", "reply", "fault", "delay")
_BODILESS = (204, 205, 304)


@dataclass(slots=True)
class Expectation:
    """One arrangement: `left` counts down from `times`, and is None where it holds until it is taken back."""

    number: int
    fields: dict[str, Any]
    pattern: Pattern
    left: int | None
    reply: Reply | None
    """What is answered, in place of what would have been."""
    script: Script | None
    """What the agent says."""
    fault: Fault | None
    delay: float

    @property
    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return {"number": self.number, "left": self.left, **self.fields}

    async def answer(self, handler: Handler, request: Request) -> Answer:
        """The answer to a request that is meant, before the fault. Raises Refusal."""
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.reply is not None:
            return self.reply
        return await handler(request if self.script is None else replace(request, script=self.script))


def expectation(number: int, fields: Any, operations: dict[str, Operation], *, stateful: bool) -> Expectation:
    """Read the JSON of an expectation. Raises Invalid, with all that is wrong with it."""
    validator = Draft202012Validator(SCHEMA)
    wrong = violations(validator.iter_errors(fields), "body") or [*_wrong(fields, operations, stateful=stateful)]
    if wrong:
        raise Invalid(wrong)
    pattern = Pattern.of(fields)
    if "reply" in fields:
        pattern = replace(pattern, operation_id=SEND)
    return Expectation(
        number,
        fields,
        pattern,
        fields.get("times"),
        _reply(fields, operations) if "status" in fields else None,
        _script(fields["reply"]) if "reply" in fields else None,
        Fault(fields["fault"], fields.get("after", 2), fields.get("every", 50) / 1000) if "fault" in fields else None,
        fields.get("delay", 0) / 1000,
    )


def unknown_operation(fields: dict[str, Any], operations: dict[str, Operation]) -> list[Violation]:
    """What is wrong with the operationId of a pattern."""
    id_ = fields.get("operationId")
    if id_ is None or id_ in operations:
        return []
    return [violation(("body", "operationId"), "unknown", f"Input should be one of: {', '.join(operations)}")]


def _wrong(fields: dict[str, Any], operations: dict[str, Operation], *, stateful: bool) -> list[Violation]:
    """What a schema cannot say."""
    wrong = unknown_operation(fields, operations)
    if not any(effect in fields for effect in _EFFECTS):
        wrong.append(violation(("body",), "missing", f"Field required: one of {', '.join(_EFFECTS)}"))
    if "answer" in fields and "status" not in fields:
        wrong.append(violation(("body", "status"), "missing", "Field required beside `answer`"))
    if "reply" in fields:
        if not stateful:
            wrong.append(violation(("body", "reply"), "mode", "Needs an agent that speaks: start with --stateful"))
        if "status" in fields:
            wrong.append(violation(("body", "status"), "conflict", "Give either `status` or `reply`"))
        if fields.get("operationId", SEND) != SEND:
            wrong.append(violation(("body", "operationId"), "conflict", f"With `reply`, it can only be {SEND}"))
    if "answer" in fields and not fields.get("anyway") and not wrong:
        wrong += _undocumented(fields, operations)
    return wrong


def _undocumented(fields: dict[str, Any], operations: dict[str, Operation]) -> list[Violation]:
    """Where an answer is not as the document has it; `anyway` gives it nonetheless."""
    operation = operations.get(fields.get("operationId", ""))
    response = operation.statuses.get(fields["status"], {}) if operation else {}
    schema = response.get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return []
    found = violations(Draft202012Validator(to_json_schema(schema)).iter_errors(fields["answer"]), "body")
    return [
        one | {"loc": ["body", "answer", *one["loc"][1:]], "msg": f'{one["msg"]} (or say `"anyway": true`)'}
        for one in found
    ]


def _reply(fields: dict[str, Any], operations: dict[str, Operation]) -> Reply:
    status = fields["status"]
    headers = [(name.lower().encode(), value.encode()) for name, value in fields.get("headers", {}).items()]
    if status in _BODILESS:
        return Reply(status, b"", headers)
    if "answer" in fields:
        return Reply.json(fields["answer"], status, headers)
    named = operations.get(fields.get("operationId", ""))
    for operation in [named] if named else operations.values():
        for media_type, content in operation.statuses.get(status, {}).get("content", {}).items():
            for example in content.get("examples", {}).values():
                if media_type == "application/json":
                    return Reply.json(example["value"], status, headers)
                return Reply(status, example["value"].encode(), headers, EVENT_STREAM)
    return Reply.json({"detail": f"The mock server was told to answer {status}."}, status, headers)


def _script(reply: str | dict[str, Any]) -> Script:
    if isinstance(reply, str):
        return Script(reply)
    tool = reply.get("tool")
    return Script(
        reply.get("text", ""),
        reply.get("reasoning"),
        (tool["name"], json.dumps(tool.get("arguments", {}))) if tool else None,
        reply.get("gap", 0) / 1000,
        reply.get("failure"),
    )
