"""Rules about our extensions, `x-when` and `x-event-stream`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from openapi_schema_validator import OAS30Validator

from .event_stream import MEDIA_TYPE
from .lint_schemas import tag_values
from .operation import Operation
from .source import Pointer
from .subject import Found, Subject
from .when import When, properties_of

_NAMES = {"type": "array", "items": {"type": "string"}}
_WHEN = {
    "type": "object",
    "required": ["body", "is"],
    "properties": {
        "body": {"type": "string"},
        "is": {"anyOf": [{"type": "string"}, {"type": "boolean"}, {"type": "integer"}]},
    },
    "additionalProperties": False,
}
_GROUP = {
    "type": "object",
    "required": ["of", "occurs"],
    "properties": {
        "of": {**_NAMES, "minItems": 1},
        "occurs": {"enum": ["once", "any", "optional"]},
        "event": {"type": "string"},
    },
    "additionalProperties": False,
}
_EVENT_STREAM = {
    "type": "object",
    "required": ["events", "terminator", "turns"],
    "properties": {
        "description": {"type": "string"},
        "events": {"type": "object", "required": ["oneOf", "discriminator"]},
        "terminator": {"type": "string", "minLength": 1},
        "anywhere": _NAMES,
        "turns": {"type": "object", "minProperties": 1, "additionalProperties": {"type": "array", "items": _GROUP}},
    },
    "additionalProperties": False,
}


def whens_are_sound(subject: Subject) -> Iterator[Found]:
    """`x-when` stands on every media type of a 200 response or on none, about a body property; one holds by default."""
    for pointer, operation in subject.operations:
        for status, response in operation.raw["responses"].items():
            content = response.get("content", {})
            at = (*pointer, "responses", status, "content")
            conditional = [name for name in content if "x-when" in content[name]]
            for name in conditional:
                for problem in _when_problems(content[name]["x-when"], status, operation):
                    yield subject.found((*at, name, "x-when"), f"{problem}. Mend the x-when.")
                    conditional = []
            if conditional:
                yield from _choice_problems(subject, at, content, operation)


def _when_problems(raw: Any, status: str, operation: Operation) -> Iterator[str]:
    errors = list(OAS30Validator(_WHEN).iter_errors(raw))
    yield from (error.message for error in errors)
    if status != "200":
        yield f"it stands on a {status} response, not on the 200"
    elif not errors and not list(properties_of(operation.body_schema, raw["body"])):
        yield f"the body has no property {raw['body']!r}"


def _choice_problems(subject: Subject, at: Pointer, content: dict[str, Any], operation: Operation) -> Iterator[Found]:
    whens = {name: When.of(media_type) for name, media_type in content.items()}
    for name, when in whens.items():
        if when is None:
            yield subject.found((*at, name), "beside media types with x-when, this has none. Say when it answers.")
    if None in whens.values():
        return
    by_default = [n for n, when in whens.items() if when and when.holds(None, operation.body_schema)]
    if len(by_default) != 1:
        message = (
            f"without the property {len(by_default)} media types answer. Give it a default that one x-when holds for."
        )
        yield subject.found(at, message)


def event_streams_are_sound(subject: Subject) -> Iterator[Found]:
    """`x-event-stream` stands on every `text/event-stream` and nowhere else; its turns name the types of its events."""
    for pointer, media_type in subject.media_types:
        is_stream = pointer[-1] == MEDIA_TYPE
        raw = media_type.get("x-event-stream")
        at = (*pointer, "x-event-stream")
        if is_stream != (raw is not None):
            yield subject.found(pointer, f"x-event-stream belongs on {MEDIA_TYPE}, and there always. Add or remove it.")
        elif raw is not None:
            errors = list(OAS30Validator(_EVENT_STREAM).iter_errors(raw))
            for error in errors:
                yield subject.found((*at, *error.absolute_path), f"{error.message[:200]}. Mend the x-event-stream.")
            if not errors:
                yield from _name_problems(subject, at, raw)


def _name_problems(subject: Subject, at: Pointer, raw: dict[str, Any]) -> Iterator[Found]:
    tag = raw["events"]["discriminator"]["propertyName"]
    types = {name for variant in raw["events"]["oneOf"] for name in tag_values(variant, tag)}
    named: Counter[str] = Counter(raw.get("anywhere", ()))
    for groups in raw["turns"].values():
        named.update(name for group in groups for name in group["of"])
    for name in sorted(set(named) - types):
        yield subject.found(at, f"no event is a {name!r}. Name a type of its events, or add the event.")
    for name in sorted(types - set(named)):
        yield subject.found(at, f"no turn says when a {name!r} comes. Add it to a turn, or to `anywhere`.")
