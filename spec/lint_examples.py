"""Rules about examples: there is one for everything, and each is what it is an example of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from . import sse
from .event_stream import EventStream
from .operation import Schema
from .source import Pointer
from .subject import Found, Subject
from .validation import Validator


def statuses_have_examples(subject: Subject) -> Iterator[Found]:
    """Every media type of every documented response has a named example."""
    for pointer, operation in subject.operations:
        for status, response in operation.raw["responses"].items():
            for name, media_type in response.get("content", {}).items():
                if not media_type.get("examples"):
                    at = (*pointer, "responses", status, "content", name)
                    yield subject.found(at, f"no example of {name} for {status}. Name one below `examples:`.")


def defaults_are_valid(subject: Subject) -> Iterator[Found]:
    """Every default is valid against the schema that it is the default of."""
    validator = Validator()
    for pointer, schema in subject.schemas:
        problem = validator.problem(schema, schema["default"]) if "default" in schema else None
        if problem:
            yield subject.found(
                (*pointer, "default"), f"the default breaks its schema: {problem}. Mend one of the two."
            )


def examples_are_valid(subject: Subject) -> Iterator[Found]:
    """Every example of a body, parameter, header or schema is valid against its schema, formats included."""
    validator = Validator()
    for at, schema, value in _examples(subject):
        problem = validator.problem(schema, value)
        if problem:
            yield subject.found(at, f"the example breaks its schema: {problem}. Mend one of the two.")


def streams_are_valid(subject: Subject) -> Iterator[Found]:
    """Every example of an event stream: each event valid, a documented order, and the terminator once and last."""
    validator = Validator()
    for pointer, media_type in subject.media_types:
        stream = EventStream.of(media_type)
        for name, example in media_type.get("examples", {}).items() if stream else ():
            for problem in stream_problems(stream, example.get("value"), validator) if stream else ():
                yield subject.found(
                    (*pointer, "examples", name), f"the stream breaks the contract: {problem}. Mend it."
                )


def stream_problems(stream: EventStream, text: Any, validator: Validator) -> Iterator[str]:
    """What is wrong with the text of one event stream."""
    events = list(sse.events(text if isinstance(text, str) else ""))
    if not events or events[-1].data != stream.terminator:
        yield f"its last event is not {stream.terminator}"
    types: list[str] = []
    for number, event in enumerate(events, start=1):
        if event.data == stream.terminator:
            if number < len(events):
                yield f"event {number} is {stream.terminator}, and others follow"
            continue
        try:
            payload = json.loads(event.data)
        except ValueError:
            yield f"event {number} is not JSON"
            continue
        problem = validator.problem(stream.events, payload)
        if problem:
            yield f"event {number}: {problem}"
            continue
        types.append(payload[stream.tag])
        if event.name != stream.event_name(types[-1]):
            yield f"event {number}, {types[-1]}, has the event name {event.name}"
    if stream.turn(types) is None:
        yield f"the order {', '.join(types)} is no documented turn"


def _examples(subject: Subject) -> Iterator[tuple[Pointer, Schema, Any]]:
    for node in subject.nodes:
        schema = node.value if node.is_schema else node.value.get("schema")
        if not isinstance(schema, dict):
            continue
        if "example" in node.value:
            yield (*node.pointer, "example"), schema, node.value["example"]
        examples = {} if node.is_schema else node.value.get("examples", {})
        for name, example in examples.items():
            if "value" in example:
                yield (*node.pointer, "examples", name), schema, example["value"]
